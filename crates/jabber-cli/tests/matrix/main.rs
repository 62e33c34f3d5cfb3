//! Every dialect, at every step of its connections, against a server that misbehaves in every way:
//! in memory, on a virtual clock. What has to come of it stands in `outcomes.txt`.
//!
//! Each run has a fresh session, and is held against the lifecycle's grammar to its end; an observer
//! and the stream of events have to tell the same, and the one request ends exactly once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test")]

#[path = "../../src/connect/cause.rs"]
mod cause;
mod program;
mod secrets;
mod setups;
mod table;

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use jabber::StreamCondition;
use jabber_testkit::misbehaving::{Lie, Misbehaviour, Server, Step};

use crate::{
    program::run,
    setups::{Dialect, SETUPS, Setup},
    table::{Outcome, Table},
};

/// How many differences are shown.
const SHOWN: usize = 40;

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
                let name = format!("{}: {step}: {misbehaviour}", setup.name);
                let Some((expected_name, expected)) = table.expected(*setup, step, &misbehaviour)
                else {
                    wrong.push(format!("{name}\n  no rule"));
                    continue;
                };
                let server = setup.server().misbehaving(step, misbehaviour.clone());
                let mut run = run(*setup, &server).await;
                runs += 1;
                *kinds.entry(misbehaviour.name()).or_insert(0) += 1;
                *exits.entry(run.exit).or_insert(0) += 1;
                *names.entry(expected_name).or_insert(0) += 1;
                let came = Outcome::from(&run);
                if let Some(stanzas) = stanzas(*setup, step, &misbehaviour, &came) {
                    let why = format!("{} stanzas for the user, not {stanzas}", run.stanzas);
                    run.faults.extend((run.stanzas != stanzas).then_some(why));
                }
                if let Misbehaviour::Lie(lie) = misbehaviour {
                    run.faults.extend(secrets::believed(lie, &run));
                }
                if came != expected || !run.faults.is_empty() {
                    let faults = run.faults.join("; ");
                    wrong.push(format!("{name}\n  - {expected}\n  + {came}  {faults}"));
                }
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

/// How many stanzas the user has to be given where all goes well. One that comes once the client is
/// logged in and before it is ready is kept for the user (rule 2); before, nobody knows whose it is.
/// A component of the router is nobody to send to before it has a name.
fn stanzas(setup: Setup, step: Step, misbehaviour: &Misbehaviour, came: &Outcome) -> Option<usize> {
    let logged_in = match step {
        Step::BindFeatures => setup.dialect != Dialect::Jabberd20Component,
        Step::Bind | Step::Session | Step::Stanza | Step::Answer | Step::End => true,
        _ => false,
    };
    match misbehaviour {
        _ if came.exit != 0 => None,
        Misbehaviour::StanzaFirst => Some(1 + usize::from(logged_in)),
        Misbehaviour::ByteByByte | Misbehaviour::SpaceFirst | Misbehaviour::Late(_) => Some(1),
        _ => None,
    }
}

/// A server that does nothing wrong.
#[tokio::test(start_paused = true)]
async fn no_misbehaviour() {
    for setup in SETUPS {
        let run = run(*setup, &setup.server()).await;
        assert_eq!((run.exit, run.status), (0, None), "{}: {run:#?}", setup.name);
        assert_eq!(run.faults, [""; 0], "{}", setup.name);
        assert_eq!(run.stanzas, 1, "{}: {run:#?}", setup.name);
    }
}

/// All that the server can do wrong at that step.
fn misbehaviours(server: &Server, step: Step) -> Vec<Misbehaviour> {
    let refusals = server.refusals(step).iter().skip(1);
    let refusals = refusals.map(|it| Misbehaviour::RefuseWith(Cow::Borrowed(it)));
    let conditions = StreamCondition::ALL.iter().copied();
    let times = [
        Misbehaviour::Late(Duration::from_secs(7)),
        Misbehaviour::Late(Duration::from_secs(22)),
        Misbehaviour::Trickle(Duration::from_secs(3)),
    ];
    let lies = Lie::ALL.iter().copied().map(Misbehaviour::Lie);
    let all = Misbehaviour::PLAIN.iter().cloned().chain(refusals).chain(times).chain(lies);
    let all = all
        .chain(conditions.clone().map(Misbehaviour::StreamError))
        .chain(conditions.map(Misbehaviour::BareStreamError));
    all.filter(|misbehaviour| server.can(step, misbehaviour)).collect()
}

impl Dialect {
    /// As events and the table have it.
    fn name(self) -> &'static str {
        match self {
            Self::Xmpp => "xmpp",
            Self::Legacy => "legacy",
            Self::Component => "component",
            Self::Jabberd20Component => "jabberd20-component",
        }
    }
}
