//! What has to come of it: the reviewed file, read.

use std::{cell::Cell, collections::BTreeMap, fmt};

use jabber::Retry;
use jabber_testkit::misbehaving::{Misbehaviour, Step};

use crate::{program::Run, setups::Setup};

const FILE: &str = include_str!("outcomes.txt");

pub(crate) struct Table {
    outcomes: BTreeMap<&'static str, Outcome>,
    retries: BTreeMap<&'static str, &'static str>,
    rules: Vec<Rule>,
}

/// A line of the outcomes, or what came of a run in its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) exit: u8,
    end: String,
    status: String,
    condition: String,
    by: String,
    retry: String,
    told: String,
    after: u64,
}

impl Outcome {
    /// The same, if up to `slack` seconds later.
    pub(crate) fn is(&self, expected: &Self, slack: u64) -> bool {
        let late = self.after.checked_sub(expected.after);
        let timely = Self { after: expected.after, ..self.clone() };
        late.is_some_and(|late| late <= slack) && timely == *expected
    }
}

struct Rule {
    dialect: Option<&'static str>,
    place: &'static str,
    misbehaviour: &'static str,
    outcome: &'static str,
    met: Cell<bool>,
}

impl Table {
    pub(crate) fn read() -> Self {
        let mut table =
            Self { outcomes: BTreeMap::new(), retries: BTreeMap::new(), rules: Vec::new() };
        let mut section = "";
        let lines = FILE.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<&'static str> = line.split_whitespace().collect();
            match (section, &*words) {
                (_, [head]) => section = head,
                ("[outcomes]", [name, exit, end, status, condition, by, retry, told, after]) => {
                    let outcome = Outcome {
                        exit: exit.parse().unwrap(),
                        end: (*end).into(),
                        status: (*status).into(),
                        condition: (*condition).into(),
                        by: (*by).into(),
                        retry: (*retry).into(),
                        told: (*told).into(),
                        after: after.parse().unwrap(),
                    };
                    assert!(table.outcomes.insert(name, outcome).is_none(), "{name} twice");
                }
                ("[retry]", [condition, retry]) => {
                    table.retries.insert(condition, retry);
                }
                ("[rules]", [place, misbehaviour, outcome]) => {
                    let (dialect, place) = match place.split_once(':') {
                        Some((dialect, place)) => (Some(dialect), place),
                        None => (None, *place),
                    };
                    assert!(table.outcomes.contains_key(outcome), "no outcome: {line}");
                    let met = Cell::new(false);
                    table.rules.push(Rule { dialect, place, misbehaviour, outcome, met });
                }
                _ => panic!("not a line of the table: {line}"),
            }
        }
        table
    }

    /// What has to come of that; its name, too.
    pub(crate) fn expected(
        &self,
        setup: Setup,
        step: Step,
        misbehaviour: &Misbehaviour,
    ) -> Option<(&'static str, Outcome)> {
        let with_parameter = misbehaviour.to_string();
        let groups = groups(step);
        let closeness = |rule: &Rule| {
            let dialect = rule.dialect.is_some();
            if dialect && rule.dialect != Some(setup.dialect.name()) {
                return None;
            }
            let place = groups.iter().position(|group| *group == rule.place)?;
            let parameter = rule.misbehaviour == with_parameter;
            let fits = parameter || rule.misbehaviour == misbehaviour.name();
            // A refusal by another condition than the usual one is another refusal.
            let other = rule.misbehaviour == "refuse" && with_parameter != "refuse";
            (fits && !other).then(|| (usize::MAX - place, parameter, dialect))
        };
        let (_, rule) = self
            .rules
            .iter()
            .filter_map(|rule| closeness(rule).map(|closeness| (closeness, rule)))
            .max_by_key(|(closeness, _)| *closeness)?;
        rule.met.set(true);
        let mut outcome = self.outcomes.get(rule.outcome)?.clone();
        let condition = condition(setup, step, misbehaviour);
        if outcome.retry == "$" {
            outcome.retry = (*self.retries.get(&*condition).unwrap_or(&"later")).to_owned();
        }
        if outcome.condition == "$" {
            outcome.condition = condition;
        }
        Some((rule.outcome, outcome))
    }

    /// Rules that no run has met.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let unmet = self.rules.iter().filter(|rule| !rule.met.get());
        unmet.map(|rule| format!("{} {}", rule.place, rule.misbehaviour)).collect()
    }
}

/// The step itself, then the groups that it is in, the closest first.
fn groups(step: Step) -> Vec<&'static str> {
    let mut groups = vec![step.as_str()];
    if step.is_header() {
        groups.push("header");
    }
    match step {
        Step::Handshake | Step::End => {}
        Step::Stanza | Step::Answer => groups.push("ready"),
        _ => groups.push("negotiation"),
    }
    groups
}

/// The condition that a misbehaviour brings with it; the router's codes stand for some (XEP-0086).
fn condition(setup: Setup, step: Step, misbehaviour: &Misbehaviour) -> String {
    let condition = match misbehaviour {
        Misbehaviour::StreamError(it) | Misbehaviour::BareStreamError(it) => it.as_str(),
        Misbehaviour::RefuseWith(it) => it,
        Misbehaviour::Lie(lie) if lie.as_str().starts_with("redirect-") => "see-other-host",
        Misbehaviour::Refuse => setup.server().refusals(step).first().unwrap(),
        _ => "-",
    };
    match condition {
        "400" => "bad-request",
        "401" => "not-authorized",
        "403" => "forbidden",
        "404" => "item-not-found",
        "409" => "conflict",
        "500" => "internal-server-error",
        other => other,
    }
    .to_owned()
}

impl From<&Run> for Outcome {
    fn from(run: &Run) -> Self {
        let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let status = run.status.map(|status| status.to_string().replace("PCJ_", ""));
        let retry = run.retry.map(|retry| match retry {
            Retry::Never => "never",
            Retry::Later => "later",
            Retry::NewCredentials => "new-credentials",
            Retry::OtherHost => "other-host",
            _ => "?",
        });
        Self {
            exit: run.exit,
            end: or_none(run.end),
            status: or_none(status.as_deref()),
            condition: or_none(run.condition.as_deref()),
            by: or_none(run.by),
            retry: or_none(retry),
            told: or_none(run.told.as_deref()),
            after: run.elapsed.as_secs(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exit, end, status, condition, by, retry, told, after } = self;
        write!(
            f,
            "{exit:<3} {end:10} {status:17} {condition:20} {by:8} {retry:16} {told:20} {after}"
        )
    }
}
