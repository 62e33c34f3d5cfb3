//! `fuzz`: builds the fuzz targets and lets each look for inputs that break what must hold.

mod stats;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::context::{Context, Failure, Outcome, Report};
use crate::metadata::Metadata;
use crate::shell::Run;

const TARGETS: [&str; 12] = [
    "scanner",
    "header",
    "second_opinion",
    "element",
    "filter",
    "features",
    "sasl",
    "digest_md5",
    "jid",
    "address",
    "certificates",
    "connection",
];

/// What `cargo fuzz` passes too, but for the sanitizer, for which there is nothing to find without
/// `unsafe`. All of it is stable.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
                     -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What one input may cost; more is a finding.
const LIMITS: [&str; 4] =
    ["-max_len=2048", "-timeout=20", "-rss_limit_mb=1024", "-malloc_limit_mb=128"];

/// How long all targets have together where nothing else is asked for, as in CI.
const IN_ALL: u64 = 60;

/// How long a run may take longer than asked for.
const GRACE: Duration = Duration::from_secs(120);

/// `fuzz`.
pub(crate) fn run(context: &Context, arguments: &[String]) -> Outcome {
    let asked = Asked::parse(arguments)?;
    let host = match host(context) {
        Ok(host) => host,
        Err(why) => return Ok(cannot(context, &why.0)),
    };
    let folder = context.root.join("fuzz");
    let target = Metadata::read(context, &context.root, None)?.target.join("fuzz");
    if let Err(failure) = build(context, &folder, &target, &host) {
        return Ok(cannot(context, &failure.0));
    }
    let artifacts = target.join("artifacts");
    let mut table = Vec::new();
    for name in &asked.targets {
        let program = target.join(&host).join("release").join(name);
        let found = target.join("corpus").join(name);
        std::fs::create_dir_all(&found)?;
        std::fs::create_dir_all(&artifacts)?;
        let seconds = asked.seconds();
        let (printed, ended) = Run::program(context, &program)
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/{name}-", artifacts.display()))
            .arg(format!("-dict={}", folder.join("xml.dict").display()))
            .arg("-print_final_stats=1")
            .args([found, folder.join("corpus").join(name)])
            .tee_some(Some(Duration::from_secs(seconds) + GRACE), is_news);
        ended.map_err(|failure| {
            let place = artifacts.display();
            Failure(format!("{failure}\nThe input is in {place}: make a regression test of it"))
        })?;
        table.push(stats::row(name, &printed.err));
    }
    println!("\n{}\n{}", context.paint("1", stats::HEAD), table.join("\n"));
    let targets = asked.targets.len();
    Ok(Report::of(format!("{targets} targets, {} s each, nothing found", asked.seconds())))
}

/// What of libFuzzer's words is worth a line on a terminal: not each input that it keeps.
fn is_news(line: &str) -> bool {
    let noise = ["NEW", "REDUCE", "RELOAD", "# Uses", "dictionary. ###", "stat::", "INFO: "];
    !noise.iter().any(|noise| line.contains(noise))
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    /// For each; `None`: [`IN_ALL`].
    minutes: Option<u64>,
    targets: Vec<&'static str>,
}

impl Asked {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut asked = Self { minutes: None, targets: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--minutes" {
                // 0 would mean without end to libFuzzer.
                asked.minutes = rest.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
                if asked.minutes.is_none() {
                    return Err(Failure::new("--minutes: at least 1"));
                }
            } else if let Some(name) = TARGETS.iter().find(|name| *name == argument) {
                asked.targets.push(name);
            } else {
                let known = TARGETS.join(", ");
                return Err(Failure(format!("no target `{argument}`; there are {known}")));
            }
        }
        if asked.targets.is_empty() {
            asked.targets.extend(TARGETS);
        }
        Ok(asked)
    }

    /// How long each target has.
    fn seconds(&self) -> u64 {
        let share = IN_ALL / self.targets.len().max(1) as u64;
        self.minutes.map_or(share.max(1), |minutes| minutes * 60)
    }
}

/// The toolchain's own triple: with it, build scripts are built without [`FLAGS`].
fn host(context: &Context) -> Result<String, Failure> {
    let version = Run::new(context, "rustc -vV").read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not say its host"))
}

fn build(context: &Context, folder: &Path, target: &PathBuf, host: &str) -> Result<(), Failure> {
    Run::new(context, "cargo build --release --locked --target")
        .arg(host)
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", target)
        .folder(folder)
        .run()
}

/// Said so that nobody takes it for a run without findings.
fn cannot(context: &Context, why: &str) -> Report {
    let text = "NOT FUZZED: the targets cannot be built here (a C++ compiler is needed, and a \
                toolchain with LLVM's coverage pass). The tests over the corpora and over random \
                inputs of a fixed length run without.";
    eprintln!("{}", context.paint("1;33", &format!("*** {text} ***")));
    Report::of("not fuzzed").warn(format!("{text}\n{why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Asked, Failure> {
        Asked::parse(&arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_asked_for_is_understood_or_refused() {
        let all = Asked { minutes: None, targets: TARGETS.to_vec() };
        assert_eq!(parse(&[]).unwrap(), all);
        assert_eq!(all.seconds() * TARGETS.len() as u64, IN_ALL);
        let one = Asked { minutes: Some(7), targets: vec!["element"] };
        assert_eq!((one.seconds(), parse(&["--minutes", "7", "element"]).unwrap()), (420, one));
        for wrong in [&["--minutes"][..], &["--minutes", "0"], &["elements"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_finding_is_shown() {
        assert!(is_news("thread panicked at src/sasl.rs:87:5:"));
        assert!(is_news("#1048576\tpulse  cov: 695 ft: 2270"));
        assert!(!is_news("#1701272\tREDUCE cov: 695 ft: 2270"));
    }
}
