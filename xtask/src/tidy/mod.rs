//! `tidy`: the rules of the workspace that no compiler knows.

use std::fmt;

use crate::context::{Context, Failure, Outcome, Report};
use crate::metadata::Metadata;
use crate::shell::Run;
use crate::source;

mod exposure;
mod layers;
mod lengths;
mod manifests;
mod passwords;
mod paths;
mod purity;
mod threats;

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Whether it is only to be looked at.
    pub(crate) warning: bool,
    /// A file, with a line where there is one, or a crate.
    pub(crate) place: String,
    /// What is wrong, and what to do.
    pub(crate) text: String,
}

impl Finding {
    pub(crate) fn error(place: impl Into<String>, text: impl Into<String>) -> Finding {
        Finding { warning: false, place: place.into(), text: text.into() }
    }

    pub(crate) fn warning(place: impl Into<String>, text: impl Into<String>) -> Finding {
        Finding { warning: true, ..Finding::error(place, text) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// `tidy`.
pub(crate) fn run(context: &Context, _args: &[String]) -> Outcome {
    let findings = check(context)?;
    let (warnings, errors): (Vec<_>, Vec<_>) = findings.iter().partition(|f| f.warning);
    for finding in &errors {
        println!("{} {finding}", context.paint("1;31", "error:"));
    }
    if !errors.is_empty() {
        for finding in &warnings {
            println!("{} {finding}", context.paint("1;33", "warning:"));
        }
        return Err(Failure(format!("{} errors, {} warnings", errors.len(), warnings.len())));
    }
    let warnings = warnings.iter().map(ToString::to_string).collect();
    Ok(Report { warnings, ..Report::of("the rules are kept") })
}

/// All that is wrong with the workspace.
///
/// # Errors
/// When the workspace cannot be read, as with a lock file that is not up to date.
pub(crate) fn check(context: &Context) -> Result<Vec<Finding>, Failure> {
    let metadata = Metadata::read(context, &context.root, None)?;
    let files = source::files(&context.root, "")?;
    let mut findings = layers::check(&metadata);
    findings.extend(manifests::check(&metadata, &context.root, &files));
    findings.extend(purity::check(&files));
    findings.extend(exposure::check(&files));
    findings.extend(lengths::check(&files));
    findings.extend(paths::check(&files));
    findings.extend(passwords::check(&files));
    findings.extend(threats::check(&files));
    findings.extend(lock_file(context));
    // A group of imports on one line says the same several times.
    findings.dedup();
    Ok(findings)
}

/// In CI the lock file is the committed one. `cargo xtask` itself brings a stale one up to date before
/// any `--locked` could complain.
fn lock_file(context: &Context) -> Option<Finding> {
    let git = |line| Run::new(context, line).succeeds();
    let stale = context.strict
        && git("git rev-parse --verify HEAD")
        && !git("git diff --quiet HEAD -- Cargo.lock");
    stale.then(|| Finding::error("Cargo.lock", "is not up to date in the commit: commit it"))
}
