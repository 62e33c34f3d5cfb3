//! Looks for the tests' passwords, and for proofs of them, in all that the tests print.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::context::{Context, Failure};
use crate::metadata::Metadata;

mod forms;
mod junit;
pub(crate) mod list;
mod proofs;
mod search;

use list::List;
use search::Searcher;

/// Where nextest writes what each test printed; `.config/nextest.toml` has it do so.
///
/// # Errors
/// When the workspace's target folder cannot be found out.
pub(crate) fn report(context: &Context) -> Result<PathBuf, Failure> {
    let target = Metadata::read(context, &context.root, None)?.target;
    Ok(target.join("nextest").join("default").join("junit.xml"))
}

/// Looks through the report of each test, where there is one, and through what the runners printed, and
/// says what it has looked through.
///
/// # Errors
/// When a password is in there, or when the list or the report cannot be read.
pub(crate) fn check(
    context: &Context,
    report: Option<&Path>,
    printed: &[String],
) -> Result<String, Failure> {
    let started = Instant::now();
    let list = List::read(&context.root)?;
    let searcher = Searcher::new(&list.passwords, &list.words);
    let cases = report.map_or(Ok(Vec::new()), read)?;
    if report.is_some() {
        stored(&cases, printed)?;
    }
    let runner = junit::Case { name: "the runner".to_owned(), printed: printed.join("\n") };
    let (tests, mut bytes, mut found) = (cases.len(), 0, Vec::new());
    for case in cases.into_iter().chain([runner]) {
        bytes += case.printed.len();
        let leaks = searcher.leaks(&case.printed);
        found.extend(leaks.into_iter().map(|leak| format!("\n  {} printed {leak}", case.name)));
    }
    if found.is_empty() {
        let took = started.elapsed().as_secs_f64();
        let passwords = list.passwords.len() + list.words.len();
        return Ok(format!(
            "{passwords} passwords sought in {} KiB that {tests} tests printed ({took:.1} s)",
            bytes / 1024
        ));
    }
    Err(Failure(format!("passwords of {} were printed:{}", list::FILE, found.concat())))
}

/// A search of nothing finds nothing: what many tests have printed has to be there.
fn stored(cases: &[junit::Case], printed: &[String]) -> Result<(), Failure> {
    // Of a few it may be that none prints.
    const MANY: usize = 50;
    let ran = printed.iter().rev().find_map(|line| {
        let (before, _) = line.split_once(" tests run:")?;
        before.rsplit(' ').next()?.parse::<usize>().ok()
    });
    let bytes: usize = cases.iter().map(|case| case.printed.len()).sum();
    let ran = ran.unwrap_or(cases.len());
    if ran <= MANY || (cases.len() >= ran && bytes > 0) {
        return Ok(());
    }
    Err(Failure(format!(
        "{ran} tests ran, and the report has {bytes} bytes that {} of them printed: nothing could be \
         searched for passwords (.config/nextest.toml, store-success-output)",
        cases.len()
    )))
}

/// The tests of a report. `cargo nextest list` and the like leave none.
fn read(report: &Path) -> Result<Vec<junit::Case>, Failure> {
    match fs::read_to_string(report) {
        Ok(text) => Ok(junit::cases(&text).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Failure(format!("{}: {error}", report.display()))),
    }
}

#[cfg(test)]
mod tests;
