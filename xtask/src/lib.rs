//! The workspace's own commands: `cargo xtask help` lists them.
//!
//! CI runs `cargo xtask ci` and nothing else, so whatever CI finds can be seen at home. Each of its
//! steps is a command too. Facts about the workspace stand in tables, once: the layers in
//! `layers.rs`, what must be installed in `setup.rs`, the commands in `tasks.rs`.

// This program talks to people on its standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

mod bench;
mod build;
mod ci;
mod context;
mod deny;
mod features;
mod fuzz;
mod layers;
mod leaks;
mod links;
mod metadata;
mod outsiders;
mod ratchet;
mod servers;
mod setup;
mod shell;
mod source;
mod tasks;
mod tidy;
mod trees;
mod unused;

use context::Context;
use tasks::TASKS;

/// Runs the command line's task; `args` are without the program's name.
pub fn main(args: Vec<String>) -> ExitCode {
    let context = Context::from_env();
    let Some((name, rest)) = args.split_first() else {
        print!("{}", tasks::overview(&context));
        return ExitCode::from(2);
    };
    let asks_help = |arg: &String| matches!(arg.as_str(), "-h" | "--help" | "help");
    if asks_help(name) {
        return help(&context, rest.first());
    }
    let Some(task) = TASKS.iter().find(|task| task.name == *name) else {
        return unknown(&context, name);
    };
    // After `--` the arguments are another program's.
    if rest.iter().take_while(|arg| *arg != "--").any(asks_help) {
        return help(&context, Some(name));
    }
    match (task.run)(&context, rest) {
        Ok(report) => {
            for warning in &report.warnings {
                eprintln!("{} {warning}", context.paint("1;33", "warning:"));
            }
            if !report.detail.is_empty() {
                println!("{} {}", context.paint("1;32", &format!("{name}:")), report.detail);
            }
            if let Some(closing) = report.closing {
                println!("{closing}");
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{} {failure}", context.paint("1;31", &format!("{name}:")));
            ExitCode::FAILURE
        }
    }
}

/// All that `tidy` calls an error in this workspace.
///
/// # Errors
/// When the workspace cannot be read, as with a lock file that is not up to date.
pub fn untidy() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let findings = tidy::check(&Context::from_env())?;
    let errors = findings.iter().filter(|finding| !finding.warning);
    Ok(errors.map(ToString::to_string).collect())
}

fn help(context: &Context, about: Option<&String>) -> ExitCode {
    match about {
        None => print!("{}", tasks::overview(context)),
        Some(name) => match TASKS.iter().find(|task| task.name == *name) {
            Some(task) => print!("{}", task.help(context)),
            None => return unknown(context, name),
        },
    }
    ExitCode::SUCCESS
}

fn unknown(context: &Context, name: &str) -> ExitCode {
    let near = TASKS.iter().min_by_key(|task| distance(task.name, name));
    let near = near.filter(|task| distance(task.name, name) <= 2);
    let hint = near.map(|task| format!("; did you mean `{}`?", task.name)).unwrap_or_default();
    eprintln!("{} no command `{name}`{hint}\n", context.paint("1;31", "error:"));
    print!("{}", tasks::overview(context));
    ExitCode::from(2)
}

/// How many letters must be added, removed or replaced to make one name of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut costs: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.bytes().enumerate() {
        let mut next = vec![row + 1];
        for ((b, over), diagonal) in other.bytes().zip(costs.iter().skip(1)).zip(&costs) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(a != b)).min(over + 1).min(left + 1));
        }
        costs = next;
    }
    costs.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_near() {
        assert_eq!(distance("clippy", "clipy"), 1);
        assert_eq!(distance("fmt", "ftm"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("deny", "setup"), 4);
    }
}
