//! `ci`: all that CI runs, step by step, with a table of results at the end.

use std::time::{Duration, Instant};

use crate::context::{Context, Failure, Outcome, Report};
use crate::tasks::TASKS;

/// The steps in order: what is quick and often wrong comes first.
const STEPS: &[&str] = &[
    "setup",
    "fmt",
    "tidy",
    "unused",
    "typos",
    "links",
    "clippy",
    "test",
    "doc",
    "wasm",
    "features",
    "deny",
    "trees",
    "outsiders",
    "rig",
    "ratchet",
    "fuzz",
];

/// Runs the steps that `args` name, or all.
pub(crate) fn run(context: &Context, args: &[String]) -> Outcome {
    let (fail_fast, steps) = parse(args)?;
    let started = Instant::now();
    let mut rows = Vec::new();
    for step in steps {
        println!("\n{}", context.paint("1;36", &format!("==> {step}")));
        let begun = Instant::now();
        let task = TASKS.iter().find(|task| task.name == step);
        let outcome = task
            .map_or_else(|| Err(Failure::new("no such command")), |task| (task.run)(context, &[]));
        if let Err(failure) = &outcome {
            eprintln!("{} {failure}", context.paint("1;31", &format!("{step} failed:")));
        }
        // Without what the checks need, their results would mean nothing.
        let stop = outcome.is_err() && (fail_fast || step == "setup");
        rows.push(Row { step, took: begun.elapsed(), outcome });
        if stop {
            break;
        }
    }
    conclude(context, rows, started.elapsed())
}

/// The steps, for the help.
pub(crate) fn list(context: &Context) -> String {
    let lines = STEPS.iter().filter_map(|step| TASKS.iter().find(|task| task.name == *step));
    let line = |task: &crate::tasks::Task| {
        format!("  {} {}\n", context.paint("1;36", &format!("{:<11}", task.name)), task.summary)
    };
    format!("\nSteps, in order:\n{}", lines.map(line).collect::<String>())
}

struct Row {
    step: &'static str,
    took: Duration,
    outcome: Outcome,
}

fn parse(args: &[String]) -> Result<(bool, Vec<&'static str>), Failure> {
    let mut fail_fast = false;
    let mut steps = Vec::new();
    for arg in args {
        match STEPS.iter().find(|step| *step == arg) {
            Some(step) => steps.push(*step),
            None if arg == "--fail-fast" => fail_fast = true,
            None => {
                let known = STEPS.join(", ");
                return Err(Failure(format!("no step `{arg}`; the steps are {known}")));
            }
        }
    }
    Ok((fail_fast, if steps.is_empty() { STEPS.to_vec() } else { steps }))
}

fn conclude(context: &Context, rows: Vec<Row>, total: Duration) -> Outcome {
    println!("\n{}", context.paint("1", "Summary"));
    let mut closing = None;
    let mut failed = Vec::new();
    let mut warnings = Vec::new();
    for Row { step, took, outcome } in rows {
        let (mark, detail) = match outcome {
            Ok(report) => {
                let mark = if report.warnings.is_empty() {
                    context.paint("1;32", "ok     ")
                } else {
                    context.paint("1;33", "warning")
                };
                warnings.extend(report.warnings.into_iter().map(|text| format!("{step}: {text}")));
                closing = report.closing.or(closing);
                (mark, report.detail)
            }
            Err(failure) => {
                failed.push(step);
                let first = failure.0.lines().next().unwrap_or_default().to_owned();
                (context.paint("1;31", "FAILED "), first)
            }
        };
        println!("  {mark}  {step:<10} {:>8}  {detail}", seconds(took));
    }
    println!("  {:7}  {:<10} {:>8}", "", "total", seconds(total));
    for warning in &warnings {
        println!("{} {warning}", context.paint("1;33", "warning:"));
    }
    if !failed.is_empty() {
        return Err(Failure(format!("failed: {}", failed.join(", "))));
    }
    Ok(Report { closing, ..Report::of("every step passed") })
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_a_command() {
        for step in STEPS {
            assert!(TASKS.iter().any(|task| task.name == *step), "{step}");
        }
    }

    #[test]
    fn unknown_steps_are_refused() {
        assert!(parse(&["fmt".to_owned()]).is_ok());
        assert!(parse(&["formatting".to_owned()]).is_err());
    }

    #[test]
    fn one_failure_fails_the_run() {
        let context = Context { root: ".".into(), strict: false, colour: false };
        let row = |outcome| Row { step: "fmt", took: Duration::ZERO, outcome };
        assert!(conclude(&context, vec![row(Ok(Report::of("")))], Duration::ZERO).is_ok());
        let rows = vec![row(Err(Failure::new("no"))), row(Ok(Report::of("")))];
        assert!(conclude(&context, rows, Duration::ZERO).is_err());
    }
}
