//! Very many connections in one process, which `bench/src/bin/scale` opens, and what became of them.

mod numbers;
mod outcome;

use std::time::Duration;

use crate::bench::scale::numbers::Numbers;
use crate::bench::scale::outcome::Outcome;
use crate::bench::{Asked, FOLDER, document};
use crate::context::{Context, Failure, Report};
use crate::shell::Run;

/// What it is called beside the rows.
pub(crate) const NAME: &str = "scale";

/// So many are opened in a second.
const RATE: &str = "2000";

/// It takes about a minute, and gives up by itself where it does not come on.
const LIMIT: Duration = Duration::from_secs(600);

/// Runs it, adds to the report how it went, and writes its section.
pub(crate) fn run(context: &Context, asked: &Asked, report: &mut Report) -> Result<(), Failure> {
    let numbers = if asked.quick { Numbers::QUICK } else { Numbers::ALL };
    let (plain, tls) = (numbers.plain.to_string(), numbers.tls.to_string());
    let (printed, ended) =
        Run::program(context, &context.root.join(FOLDER).join("target/release/scale"))
            .args(["--plain", &plain, "--tls", &tls, "--rate", RATE])
            .tee_some(Some(LIMIT), |line| !line.starts_with('{'));
    // What it was that did not come is the better reason, if there is one.
    let outcome = printed.out.iter().find_map(|line| Outcome::parse(line));
    if let Some(outcome) = &outcome {
        outcome.judge(numbers)?;
    }
    ended?;
    let outcome = outcome.ok_or_else(|| Failure::new("`scale` has printed no result"))?;
    let detail = outcome.detail();
    println!("  {detail}");
    document::write_scale(context, &outcome.markdown(numbers), asked)?;
    for text in [detail.as_str(), "written to docs/performance.md"] {
        if !report.detail.is_empty() {
            report.detail.push_str("; ");
        }
        report.detail.push_str(text);
    }
    Ok(())
}

/// With commas between the thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(
            [0, 999, 1000, 19_900, 1_234_567].map(grouped),
            ["0", "999", "1,000", "19,900", "1,234,567"]
        );
    }
}
