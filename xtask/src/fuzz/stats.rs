//! What a run has come to, as a line of a table.

pub(super) const HEAD: &str =
    "target            executions   a second   edges   features   inputs   found";

/// A row, from what libFuzzer has printed.
pub(super) fn row(name: &str, printed: &[String]) -> String {
    let stat = |stat: &str| {
        let line =
            printed.iter().rev().find_map(|line| line.strip_prefix(&format!("stat::{stat}:")));
        line.map_or("?", str::trim).to_owned()
    };
    let last = printed.iter().rev().find(|line| line.starts_with('#') && line.contains(" cov: "));
    let of = |word: &str| {
        let rest = last.and_then(|line| line.split_once(word)).map(|(_, rest)| rest);
        let number = rest.and_then(|rest| rest.split([' ', '/']).next());
        number.unwrap_or("?").to_owned()
    };
    format!(
        "{name:<16}{:>12}{:>11}{:>8}{:>11}{:>9}{:>8}",
        stat("number_of_executed_units"),
        stat("average_exec_per_sec"),
        of(" cov: "),
        of(" ft: "),
        of(" corp: "),
        stat("new_units_added"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts() {
        let printed = [
            "#2\tINITED cov: 1 ft: 2 corp: 3/4b exec/s: 0",
            "#99\tDONE   cov: 695 ft: 2270 corp: 843/138Kb lim: 2048 exec/s: 9 rss: 35Mb",
            "stat::number_of_executed_units: 99",
            "stat::average_exec_per_sec:     9",
            "stat::new_units_added:          7",
        ];
        let row = row("digest_md5", &printed.map(str::to_owned));
        let words: Vec<_> = row.split_whitespace().collect();
        assert_eq!(words, ["digest_md5", "99", "9", "695", "2270", "843", "7"]);
    }
}
