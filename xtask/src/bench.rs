//! `bench`: what a stanza costs, beside other people's libraries, in one interleaved run.
//!
//! A repetition runs every driver once before any runs again, so that what the machine does meanwhile
//! happens to all of them. Ours runs twice: what lies between the two is what the run cannot tell apart.

mod document;
mod drivers;
mod process;
mod rows;
mod samples;
mod scale;
mod table;

use std::time::Instant;

use crate::bench::drivers::{Driver, Drivers};
use crate::bench::process::Server;
use crate::bench::rows::{ROWS, Row};
use crate::bench::samples::{Cell, Sample, median};
use crate::bench::table::Table;
use crate::context::{Context, Failure, Outcome, Report};
use crate::shell::Run;

/// What is in bench/: outside the workspace, as what it compares with is.
const FOLDER: &str = "bench";

/// `bench`.
pub(crate) fn run(context: &Context, arguments: &[String]) -> Outcome {
    let asked = Asked::parse(arguments)?;
    let mut report = Report::default();
    if asked.rows.is_empty() {
        drivers::build_ours(context)?;
    } else {
        report = compare(context, &asked)?;
    }
    if asked.scale {
        say(context, asked.count(), &asked, scale::NAME);
        scale::run(context, &asked, &mut report)?;
    }
    Ok(report)
}

/// The table.
fn compare(context: &Context, asked: &Asked) -> Outcome {
    let begun = Instant::now();
    let drivers = Drivers::build(context)?;
    let mut server = Server::start(context)?;
    let mut table = Table::default();
    let mut troubles = Vec::new();
    for (number, row) in asked.rows.iter().enumerate() {
        say(context, number + 1, asked, row.name);
        let cells = cells(context, &drivers, &server, row, asked, &mut troubles);
        server.check()?;
        println!("  {}", table::line(context, row, &cells));
        table.rows.push((row, cells));
    }
    println!("\n{}", table.coloured(context));
    let mut report = Report::of(format!(
        "{} rows, {} repetitions, {:.0} s; ours again: {}",
        asked.rows.len(),
        asked.repetitions(),
        begun.elapsed().as_secs_f64(),
        table.resolution(),
    ));
    report.warnings.extend(drivers.missing.iter().cloned());
    if !server.pinned {
        let text = "server and drivers share cores as they please (no taskset, or one core): the rows \
                    of single round trips and of connects depend on that more than on the drivers";
        report.warnings.push(text.to_owned());
    }
    if let Some(trouble) = troubles.iter().find(|trouble| trouble.starts_with("ours")) {
        return Err(Failure(trouble.clone()));
    }
    report.warnings.extend(troubles);
    if asked.has_all_rows() {
        document::write(context, &table, asked, &drivers.missing)?;
        report.detail.push_str(&format!("; written to {}", document::PATH));
    }
    Ok(report)
}

/// Where the run is.
fn say(context: &Context, number: usize, asked: &Asked, name: &str) {
    println!("{} {name}", context.paint("2", &format!("[{number}/{}]", asked.count())));
}

/// All drivers' results of a row.
fn cells(
    context: &Context,
    drivers: &Drivers,
    server: &Server,
    row: &'static Row,
    asked: &Asked,
    troubles: &mut Vec<String>,
) -> Vec<(Driver, Cell)> {
    let mut cells: Vec<_> = Driver::ALL.iter().map(|driver| (*driver, Vec::new())).collect();
    let mut failed = Vec::new();
    for repetition in 0..asked.repetitions() {
        for (driver, values) in &mut cells {
            let Some(program) = drivers.program(*driver, row) else { continue };
            if failed.contains(driver) {
                continue;
            }
            table::progress(context, repetition + 1, asked.repetitions(), *driver);
            match value(program, *driver, server, row, asked.quick) {
                Ok(value) => values.push(value),
                Err(failure) => {
                    let text = format!("{}: {}: {failure}", driver.name(), row.name);
                    table::clear(context);
                    eprintln!("{}", context.paint("1;31", &format!("*** FAILED: {text} ***")));
                    troubles.push(text);
                    failed.push(*driver);
                }
            }
        }
    }
    table::clear(context);
    let cell = |driver: Driver, mut values: Vec<f64>| match median(&mut values) {
        _ if failed.contains(&driver) => Cell::Failed,
        Some(value) => Cell::Value(value),
        None => Cell::Cannot,
    };
    cells.into_iter().map(|(driver, values)| (driver, cell(driver, values))).collect()
}

/// One value of one driver: of one run, or of two that are compared.
fn value(
    program: &drivers::Program,
    driver: Driver,
    server: &Server,
    row: &Row,
    quick: bool,
) -> Result<f64, Failure> {
    let one = |work: &rows::Work| -> Result<f64, Failure> {
        let n = work.n(driver, quick);
        let printed = process::read(&mut server.command(program, row, work, n))?;
        let sample = Sample::parse(&printed)?;
        if work.is_checked() && driver != Driver::Floor {
            sample.check()?;
        }
        sample.value(row.unit)
    };
    let value = one(&row.work)?;
    Ok(match &row.against {
        None => value,
        Some((rows::Against::Minus, other)) => value - one(other)?,
        Some((rows::Against::Over, other)) => value / one(other)?,
    })
}

/// What the command line asks for.
#[derive(Debug)]
struct Asked {
    quick: bool,
    rows: Vec<&'static Row>,
    /// Whether very many connections are opened too.
    scale: bool,
}

impl Asked {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let quick = arguments.iter().any(|argument| argument == "--quick");
        let words: Vec<_> = arguments.iter().filter(|argument| *argument != "--quick").collect();
        let is_meant =
            |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
        let known: Vec<_> = ROWS.iter().map(|row| row.name).chain([scale::NAME]).collect();
        for word in &words {
            if !known.iter().any(|name| name.contains(word.as_str())) {
                return Err(Failure(format!(
                    "no row has `{word}` in its name; there are:\n  {}",
                    known.join("\n  ")
                )));
            }
        }
        let rows = ROWS.iter().filter(|row| is_meant(row.name)).collect();
        Ok(Self { quick, rows, scale: is_meant(scale::NAME) })
    }

    const fn repetitions(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    /// How much is measured.
    fn count(&self) -> usize {
        self.rows.len() + usize::from(self.scale)
    }

    /// Whether all that the document's table has is measured.
    fn has_all_rows(&self) -> bool {
        self.rows.len() == ROWS.len()
    }
}

/// `rig`: that what is outside the workspace still builds, and that its own tests pass.
pub(crate) fn check(context: &Context, _arguments: &[String]) -> Outcome {
    let folder = context.root.join(FOLDER);
    let target = crate::metadata::Metadata::read(context, &context.root, None)?.target;
    Run::new(context, "cargo fmt --check").folder(&folder).run()?;
    for check in ["cargo clippy --all-targets --locked -- -D warnings", "cargo test --locked"] {
        Run::new(context, check)
            .env("CARGO_TARGET_DIR", target.join("rig"))
            .folder(&folder)
            .run()?;
    }
    Ok(Report::of("no warnings, and its tests pass"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Asked, Failure> {
        Asked::parse(&arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn rows_are_chosen_by_a_part_of_their_name() {
        let all = parse(&[]).unwrap();
        assert!(all.has_all_rows() && all.scale);
        assert_eq!(all.repetitions(), 5);
        let some = parse(&["--quick", "vcard"]).unwrap();
        assert_eq!((some.rows.len(), some.repetitions(), some.has_all_rows()), (1, 2, false));
        assert!(!some.scale);
        assert!(parse(&["--quik"]).is_err());
    }

    #[test]
    fn many_connections_are_chosen_as_a_row_is() {
        let alone = parse(&["scale"]).unwrap();
        assert_eq!((alone.rows.len(), alone.scale, alone.count()), (0, true, 1));
        let both = parse(&["vcard", "scale"]).unwrap();
        assert_eq!((both.rows.len(), both.scale, both.count()), (1, true, 2));
        assert!(parse(&["connections"]).is_ok_and(|some| !some.scale));
    }
}
