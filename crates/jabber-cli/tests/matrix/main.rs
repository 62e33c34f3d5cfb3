//! Every dialect, at every step of its connections, against a server that misbehaves in every way:
//! in memory, on a virtual clock. What has to come of it stands in `outcomes.txt`.
//!
//! The same over real sockets and real TLS: tests/hostile, which takes its setups, its program and its
//! table from here.
//!
//! Each run has a fresh session, and is held against the lifecycle's grammar to its end; an observer
//! and the stream of events have to tell the same, and the one request ends exactly once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test")]

#[path = "../../src/connect/cause.rs"]
mod cause;
mod judge;
mod program;
mod secrets;
mod setups;
mod table;

use std::collections::BTreeMap;

use jabber_testkit::misbehaving::Server;

use crate::{
    judge::{judge, misbehaviours},
    program::{Run, run},
    setups::{SETUPS, Setup},
    table::Table,
};

/// How many differences are shown.
const SHOWN: usize = 40;

async fn in_memory(setup: Setup, server: &Server) -> Run {
    let transport = server.transport();
    let mut run = run(setup, transport.clone(), None, 1).await;
    run.hear(transport.heard());
    run
}

#[tokio::test(start_paused = true)]
async fn every_misbehaviour_at_every_step() {
    let table = Table::read();
    let mut wrong = Vec::new();
    let (mut runs, mut places, mut kinds) = (0, 0, BTreeMap::new());
    let (mut exits, mut names) = (BTreeMap::new(), BTreeMap::new());
    for setup in SETUPS {
        for step in setup.steps() {
            places += 1;
            for misbehaviour in misbehaviours(&setup.server(), step) {
                let server = setup.server().misbehaving(step, misbehaviour.clone());
                let run = in_memory(*setup, &server).await;
                runs += 1;
                *kinds.entry(misbehaviour.name()).or_insert(0) += 1;
                *exits.entry(run.exit).or_insert(0) += 1;
                let judged = judge(&table, *setup, step, &misbehaviour, &run, 0);
                *names.entry(judged.expected).or_insert(0) += 1;
                let why = judged.wrong();
                wrong.extend(why.map(|why| format!("{}: {step}: {misbehaviour}{why}", setup.name)));
            }
        }
    }
    println!("{runs} runs: {} setups, {places} steps in all", SETUPS.len());
    println!("misbehaviours: {kinds:?}");
    println!("exit statuses: {exits:?}");
    println!("outcomes: {names:?}");
    wrong.extend(table.unmet().iter().map(|rule| format!("a rule that no run meets: {rule}")));
    let shown = wrong.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {runs} are wrong:\n{shown}", wrong.len());
}

/// A server that does nothing wrong.
#[tokio::test(start_paused = true)]
async fn no_misbehaviour() {
    for setup in SETUPS {
        let run = in_memory(*setup, &setup.server()).await;
        assert_eq!((run.exit, run.status), (0, None), "{}: {run:#?}", setup.name);
        assert_eq!(run.faults, [""; 0], "{}", setup.name);
        assert_eq!(run.stanzas, 1, "{}: {run:#?}", setup.name);
    }
}
