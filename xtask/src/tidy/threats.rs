//! The table of threats in docs/security.md and the tests say the same: a test that shows a defence
//! is called `threat_NN_…` after its row, and the row names the file it stands in.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::File;
use crate::tidy::Finding;

const TABLE: &str = "docs/security.md";
/// How many rows there are.
const ROWS: usize = 40;
const PREFIX: &str = "fn threat_";

/// The files of each row.
type Rows<'a> = BTreeMap<usize, BTreeSet<&'a str>>;

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let Some(table) = files.iter().find(|file| file.path == TABLE) else {
        return vec![Finding::error(TABLE, "is not there")];
    };
    let (told, shown) = (told(&table.text), shown(files));
    let mut findings = Vec::new();
    for row in 1..=ROWS {
        let Some(told) = told.get(&row) else {
            findings.push(Finding::error(TABLE, format!("has no row {row}")));
            continue;
        };
        let empty = BTreeSet::new();
        let shown = shown.get(&row).unwrap_or(&empty);
        if shown.is_empty() {
            findings
                .push(Finding::error(TABLE, format!("row {row} has no test `threat_{row:02}_…`")));
        }
        for file in told.symmetric_difference(shown) {
            let text = if shown.contains(file) {
                format!("row {row} does not name {file}, which has a test of it")
            } else {
                format!("row {row} names {file}, which has no test `threat_{row:02}_…`")
            };
            findings.push(Finding::error(TABLE, text));
        }
    }
    for row in shown.keys().filter(|row| !(1..=ROWS).contains(*row)) {
        findings.push(Finding::error(TABLE, format!("a test is of row {row}, which there is not")));
    }
    findings
}

/// The links in the rows that begin with a number, from the root.
fn told(table: &str) -> Rows<'_> {
    let mut rows = Rows::new();
    for line in table.lines() {
        let number = line.strip_prefix("| ").and_then(|rest| rest.split_once(" |"));
        let Some((Ok(row), rest)) = number.map(|(number, rest)| (number.parse(), rest)) else {
            continue;
        };
        let links = rest.split("](../").skip(1).filter_map(|link| link.split(')').next());
        rows.entry(row).or_default().extend(links.filter(|it| it.ends_with(".rs")));
    }
    rows
}

/// The files that tests of each row stand in.
fn shown(files: &[File]) -> Rows<'_> {
    let mut rows = Rows::new();
    // What a user sees is under crates and tests; the checks of the checks are in xtask.
    let tests =
        files.iter().filter(|file| file.path.ends_with(".rs") && !file.path.starts_with("xtask/"));
    for file in tests {
        for line in file.text.lines() {
            let Some((_, name)) = line.split_once(PREFIX) else { continue };
            let number = name.split('_').next().unwrap_or_default();
            if let (2, Ok(row)) = (number.len(), number.parse()) {
                rows.entry(row).or_default().insert(file.path.as_str());
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: impl Into<String>) -> File {
        File { path: path.to_owned(), text: text.into() }
    }

    /// All rows, of which the first says `first`; every other one is shown in one file.
    fn with_first(first: &str, test: &str) -> Vec<String> {
        let others = 2..=ROWS;
        let table: String =
            others.clone().map(|row| format!("| {row} | t | d | [x](../x.rs) |\n")).collect();
        let tests: String = others.map(|row| format!("fn threat_{row:02}_x() {{}}\n")).collect();
        let files = [
            file(TABLE, format!("| # | threat |\n|---|---|\n{first}\n{table}")),
            file("x.rs", tests),
            file("y.rs", test),
        ];
        check(&files).into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn table_and_tests_agree() {
        let row = "| 1 | t | d | [y](../y.rs) |";
        assert_eq!(with_first(row, "    async fn threat_01_is_met() {}"), Vec::<String>::new());
        assert!(with_first(row, "fn other() {}")[0].contains("has no test `threat_01_"));
        assert!(
            with_first("| 1 | t | d | |", "fn threat_01_x() {}")[0].contains("does not name y.rs")
        );
        assert!(with_first("", "fn threat_01_x() {}")[0].contains("has no row 1"));
        let more = with_first(row, "fn threat_01_x() {}\nfn threat_41_x() {}");
        assert!(more[0].contains("row 41") || more[0].contains("y.rs"), "{more:?}");
    }
}
