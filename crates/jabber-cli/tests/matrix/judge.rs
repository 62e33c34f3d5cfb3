//! What a server can do wrong at a step, and whether what came of it is what has to.

use std::{borrow::Cow, time::Duration};

use jabber::StreamCondition;
use jabber_testkit::misbehaving::{Lie, Misbehaviour, Server, Step};

use crate::{
    program::Run,
    secrets,
    setups::{Dialect, Setup},
    table::{Outcome, Table},
};

/// All that the server can do wrong at that step.
pub(crate) fn misbehaviours(server: &Server, step: Step) -> Vec<Misbehaviour> {
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

/// What is wrong with a run, as far as it is.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Another outcome than the table's, in words.
    pub(crate) differs: Option<String>,
    /// What must never be.
    pub(crate) faults: Vec<String>,
    /// The name of the outcome that it has to have.
    pub(crate) expected: &'static str,
}

impl Judgement {
    /// All of it, in words.
    pub(crate) fn wrong(&self) -> Option<String> {
        let differs = self.differs.as_deref().unwrap_or_default();
        let wrong = self.differs.is_some() || !self.faults.is_empty();
        wrong.then(|| format!("{differs}  {}", self.faults.join("; ")))
    }
}

/// Holds a run against the table. The time it took may be up to `slack` seconds more than it says.
pub(crate) fn judge(
    table: &Table,
    setup: Setup,
    step: Step,
    misbehaviour: &Misbehaviour,
    run: &Run,
    slack: u64,
) -> Judgement {
    let Some((name, expected)) = table.expected(setup, step, misbehaviour) else {
        return Judgement { differs: Some("\n  no rule".to_owned()), ..Judgement::default() };
    };
    let came = Outcome::from(run);
    let mut faults = run.faults.clone();
    if let Some(stanzas) = stanzas(setup, step, misbehaviour, &came) {
        let why = format!("{} stanzas for the user, not {stanzas}", run.stanzas);
        faults.extend((run.stanzas != stanzas).then_some(why));
    }
    if let Misbehaviour::Lie(lie) = misbehaviour {
        faults.extend(secrets::believed(*lie, run));
    }
    if came.exit == 12 && run.trace.iter().any(|line| line.starts_with("PCJ_AUTHSUCCESS")) {
        faults.push("the login has failed, and was told as a success".to_owned());
    }
    let differs = !came.is(&expected, slack);
    let differs = differs.then(|| format!("\n  - {expected}\n  + {came}"));
    Judgement { differs, faults, expected: name }
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
