//! `deny`: cargo-deny, with a loud word where the advisories cannot be had.

use std::time::Duration;

use crate::context::{Context, Outcome, Report};
use crate::setup;
use crate::shell::Run;

/// How long getting the advisories may take.
const FETCH: Duration = Duration::from_secs(120);

/// `deny`.
pub(crate) fn run(context: &Context, _args: &[String]) -> Outcome {
    let program = match setup::tool_or(context, "cargo-deny") {
        Ok(program) => program,
        Err(outcome) => return outcome,
    };
    let deny = |line: &str| Run::program(context, &program).args(line.split_whitespace());
    // Duplicates are warnings; what brings them in would be hundreds of lines (`cargo tree -d`).
    let check = "--workspace --all-features --locked check --hide-inclusion-graph";
    deny(&format!("{check} bans licenses sources")).run()?;
    // A network that swallows packets must not hold up the rest.
    let (_, fetched) = deny("fetch db").tee(Some(FETCH));
    if fetched.is_ok() {
        deny("--workspace --all-features --locked check advisories").run()?;
        return Ok(Report::of("licences, bans, sources, advisories"));
    }
    let warning = "ADVISORIES WERE NOT CHECKED: the advisory database cannot be reached from here";
    println!("{}", context.paint("1;33", &format!("*** {warning} ***")));
    Ok(Report::of("licences, bans, sources").warn(warning))
}
