//! What a session costs: a message received or sent, a request and its answer, a negotiation.

use std::collections::BTreeMap;
use std::path::Path;

use crate::context::{Context, Failure};
use crate::shell::Run;

use super::{Cost, Known};

const BASELINE: &str = "crates/jabber/ratchet.toml";
const HEADER: &str = "\
# What a session costs, with a peer in memory: a message received or sent, a request with its
# answer (alone, and among 5,000 that wait for theirs), from nothing to ready (all of them of a
# component). Written by
";
/// What is done, and how often at first.
pub(super) const WORK: [(&str, u32); 5] = [
    ("receive", 2000),
    ("send", 2000),
    ("request", 500),
    ("request-among", 500),
    ("negotiate", 200),
];

/// What was measured.
pub(super) struct Sessions(BTreeMap<String, Cost>);

impl Sessions {
    /// Builds the programs, and counts.
    pub(super) fn measured(context: &Context) -> Result<Self, Failure> {
        // Not with what only the tests need, such as another clock.
        Run::new(context, "cargo build --release -p jabber --features component")
            .args(["--example", "session_allocations"])
            .args(["--example", "session_cost"])
            .run()?;
        let folder = super::target(context).join("release/examples");
        let allocations = super::allocations(context, &folder.join("session_allocations"))?;
        let mut costs = BTreeMap::new();
        for (work, count) in WORK {
            let allocations = allocations.get(work).copied();
            let allocations =
                allocations.ok_or_else(|| Failure(format!("no allocations for {work}")))?;
            let instructions = instructions(context, &folder, work, count)?;
            println!(
                "session: {work}: {instructions:.0} instructions, {allocations:.3} allocations"
            );
            costs.insert(format!("{work} ours"), Cost { instructions, allocations });
        }
        println!();
        Ok(Self(costs))
    }

    /// Holds it against the file, or writes it there; the file's name.
    pub(super) fn judge(&self, context: &Context, bless: bool) -> Result<&'static str, Failure> {
        let names = WORK.map(|(work, _)| work);
        Known::read(context, BASELINE).judge(HEADER, &names, &self.0, bless)
    }
}

fn instructions(context: &Context, folder: &Path, work: &str, count: u32) -> Result<f64, Failure> {
    super::each(context, &folder.join("session_cost"), &[work], count)
}
