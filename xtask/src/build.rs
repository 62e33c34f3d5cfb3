//! The steps that are one call of another program: formatting, clippy, tests, documentation, wasm32,
//! spelling.

use std::path::Path;

use crate::context::{Context, Failure, Outcome, Report};
use crate::layers::{self, Purity};
use crate::leaks;
use crate::setup;
use crate::shell::Run;

/// `fmt`.
pub(crate) fn fmt(context: &Context, args: &[String]) -> Outcome {
    let fix = args.iter().any(|arg| arg == "--fix");
    let run = Run::new(context, "cargo fmt --all");
    let run = if fix { run } else { run.arg("--check") };
    run.run().map_err(|failure| Failure(format!("{failure}; `cargo xtask fmt --fix` formats")))?;
    Ok(Report::of(if fix { "formatted" } else { "as rustfmt would" }))
}

/// `clippy`.
pub(crate) fn clippy(context: &Context, _args: &[String]) -> Outcome {
    Run::new(context, "cargo clippy --workspace --all-targets --all-features --locked")
        .args(["--", "-D", "warnings"])
        .run()?;
    Ok(Report::of("no warnings"))
}

/// `doc`.
pub(crate) fn doc(context: &Context, _args: &[String]) -> Outcome {
    // xtask and the tests are programs of this workspace alone: nobody reads their API.
    Run::new(context, "cargo doc --workspace --exclude xtask --exclude jabber-tests")
        .args(["--no-deps", "--all-features", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    Ok(Report::of("no warnings"))
}

/// `test`.
pub(crate) fn test(context: &Context, args: &[String]) -> Outcome {
    let nextest = Run::new(context, "cargo nextest --version").succeeds();
    let runner = if nextest { "cargo nextest run --no-tests=pass" } else { "cargo test" };
    let runs = if args.is_empty() {
        // Every failure is wanted, not the first alone. nextest runs no doctests.
        let all = ["--workspace", "--all-features", "--locked", "--no-fail-fast"];
        let doctests = nextest.then(|| Run::new(context, "cargo test --doc").args(all));
        doctests.into_iter().chain([Run::new(context, runner).args(all)]).collect()
    } else {
        vec![Run::new(context, runner).args(args)]
    };
    let report = if nextest { Some(leaks::report(context)?) } else { None };
    // One of an earlier run says nothing of this one.
    let _ = report.as_ref().map(std::fs::remove_file);
    let (mut lines, mut failures) = (Vec::new(), Vec::new());
    for run in runs {
        let (printed, ended) = run.tee(None);
        // nextest reports on standard error, cargo test on standard output.
        lines.extend(printed.err.into_iter().chain(printed.out).map(|line| plain(&line)));
        failures.extend(ended.err().map(|failure| failure.0));
    }
    let tally = Tally::of(&lines);
    let searched = leaks::check(context, report.as_deref(), &lines);
    failures.extend(searched.as_ref().err().map(|failure| failure.0.clone()));
    if !failures.is_empty() {
        return Err(Failure(format!("{tally}; {}", failures.join("; "))));
    }
    // `cargo test` ends with the result of a binary that may well have no tests.
    let says_something = |line: &String| is_result(line) && !line.contains(". 0 passed; 0 failed");
    let closing = lines.into_iter().rfind(says_something);
    Ok(Report { closing, ..Report::of(format!("{tally}; {}", searched.unwrap_or_default())) })
}

/// `typos`.
pub(crate) fn typos(context: &Context, _args: &[String]) -> Outcome {
    let program = match setup::tool_or(context, "typos") {
        Ok(program) => program,
        Err(outcome) => return outcome,
    };
    Run::program(context, &program).run().map_err(|failure| {
        Failure(format!("{failure}; a word that is right goes into typos.toml"))
    })?;
    Ok(Report::of("no misspelt words"))
}

/// `wasm`.
pub(crate) fn wasm(context: &Context, _args: &[String]) -> Outcome {
    let target = "wasm32-unknown-unknown";
    let libraries = Run::new(context, "rustc --print target-libdir --target").arg(target).read();
    if !libraries.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        // Not a warning: tidy's purity rule stands in for it.
        return Ok(Report::of(format!("{target} is not installed; tidy's purity rule stands in")));
    }
    let pure: Vec<_> = layers::rules().filter(|rule| rule.purity == Purity::Pure).collect();
    let present = pure.iter().filter(|rule| context.root.join("crates").join(rule.name).is_dir());
    let packages = present.flat_map(|rule| ["-p", rule.name]);
    Run::new(context, "cargo check --locked --target").arg(target).args(packages).run()?;
    Ok(Report::of("the protocol crates build"))
}

/// Whether the line is a runner's own result: `test result: ok. 3 passed; …`, or nextest's
/// `Summary [ 1.2s] 3 tests run: 3 passed, 0 skipped`.
fn is_result(line: &str) -> bool {
    // nextest indents what a failed test printed, results of its own harness among it.
    let summary = line.trim_start().starts_with("Summary [") && line.contains(" run: ");
    summary || line.starts_with("test result: ")
}

/// Passed and failed tests over all the runners' results.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    fn of(lines: &[String]) -> Tally {
        let mut tally = Tally::default();
        for line in lines.iter().filter(|line| is_result(line)) {
            let words: Vec<&str> = line.split([' ', ';', ',']).filter(|w| !w.is_empty()).collect();
            for pair in words.windows(2) {
                let [count, what] = pair else { continue };
                let Ok(count) = count.parse::<u64>() else { continue };
                match *what {
                    "passed" => tally.passed += count,
                    "failed" => tally.failed += count,
                    "ignored" | "skipped" => tally.skipped += count,
                    _ => {}
                }
            }
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The line without ANSI styles.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        text.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_counted() {
        let lines = [
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished",
            "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m7\u{1b}[0m tests run: \u{1b}[1m5\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 2 failed, 4 skipped",
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "10 passed in a line of a test's own",
        ]
        .map(plain);
        assert_eq!(Tally::of(&lines), Tally { passed: 8, failed: 2, skipped: 5 });
    }
}
