//! `servers`: the real servers of the tests, for experiments by hand.

use crate::context::{Context, Outcome, Report};
use crate::shell::Run;

/// `servers`: the program that does it belongs to the tests, whose harness it uses.
pub(crate) fn run(context: &Context, args: &[String]) -> Outcome {
    Run::new(context, "cargo run --quiet --package jabber-tests --bin servers --")
        .args(args)
        .run()?;
    Ok(Report::default())
}
