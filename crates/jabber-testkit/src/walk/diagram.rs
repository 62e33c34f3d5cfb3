//! The way of one case as a Mermaid diagram.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jabber_status::ErrorStatus;

use super::{
    Walked,
    explore::{Explored, State, Step},
    outcome::Outcome,
    run::Life,
};

/// How many answers an arrow names.
const NAMED: usize = 2;

/// What a case's diagram shows: the way up, and the failures of the steps on it. That every state
/// can lose its connection goes without saying.
pub(crate) struct Diagram<'a> {
    walked: &'a Walked,
    explored: &'a Explored,
    /// Answers, by where they lead from, where to, and what is told.
    arrows: BTreeMap<(usize, To, Vec<String>), BTreeSet<usize>>,
    /// How many answers change nothing.
    stays: BTreeMap<usize, BTreeSet<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Node(usize),
    Failure(ErrorStatus),
}

impl<'a> Diagram<'a> {
    pub(crate) fn of(walked: &'a Walked, explored: &'a Explored) -> Self {
        let (arrows, stays) = (BTreeMap::new(), BTreeMap::new());
        let mut diagram = Self { walked, explored, arrows, stays };
        for state in explored.states.iter().filter(|it| it.place.life == Life::Negotiating) {
            let steps = state.steps.iter().enumerate();
            for (letter, step) in steps.filter_map(|(at, step)| Some((at, step.as_ref()?))) {
                diagram.add(state, letter, step);
            }
        }
        diagram
    }

    fn add(&mut self, state: &State, letter: usize, step: &Step) {
        let Some(from) = self.walked.number(&state.place.node) else { return };
        let to = match step.outcome {
            Outcome::Stays => {
                self.stays.entry(from).or_default().insert(letter);
                return;
            }
            Outcome::Fails(ErrorStatus::SocketDisconnect | ErrorStatus::SocketFail) => return,
            Outcome::Fails(error) => To::Failure(error),
            Outcome::Shutdown => return,
            Outcome::GoesOn | Outcome::Ready => {
                let to = step.to.and_then(|to| self.explored.states.get(to));
                let Some(to) = to.and_then(|to| self.walked.number(&to.place.node)) else { return };
                // What is only kept for later leads nowhere.
                if to == from && !step.sends {
                    return;
                }
                To::Node(to)
            }
        };
        let told = match to {
            To::Node(_) => step.statuses.clone(),
            To::Failure(_) => Vec::new(),
        };
        self.arrows.entry((from, to, told)).or_default().insert(letter);
    }

    fn names(&self, letters: &BTreeSet<usize>) -> String {
        let names = letters.iter().filter_map(|at| self.walked.alphabet.letters.get(*at));
        let named: Vec<_> = names.take(NAMED).map(|letter| plain(&letter.name)).collect();
        match letters.len().saturating_sub(NAMED) {
            0 => named.join(" or "),
            more => format!("{} or {more} more", named.join(" or ")),
        }
    }

    /// The states that arrows lead to or from.
    fn nodes(&self) -> BTreeSet<usize> {
        let first = self.explored.states.first();
        let first = first.and_then(|state| self.walked.number(&state.place.node));
        let arrows = self.arrows.keys().flat_map(|(from, to, _)| match to {
            To::Node(to) => vec![*from, *to],
            To::Failure(_) => vec![*from],
        });
        arrows.chain(first).collect()
    }
}

impl fmt::Display for Diagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "stateDiagram-v2")?;
        for node in self.nodes() {
            let label = self.walked.nodes.get(node).map(|it| it.among(&self.walked.nodes));
            let label = plain(&label.unwrap_or_default());
            writeln!(f, "    state \"{}. {label}\" as s{}", node + 1, node + 1)?;
        }
        let failures = self.arrows.keys().filter_map(|(_, to, _)| match to {
            To::Failure(error) => Some(*error),
            To::Node(_) => None,
        });
        let failures: BTreeSet<_> = failures.collect();
        let first = self.explored.states.first();
        if let Some(first) = first.and_then(|state| self.walked.number(&state.place.node)) {
            let told = self.explored.first.statuses.join(", ");
            writeln!(f, "    [*] --> s{} : connect / {told}", first + 1)?;
        }
        for ((from, to, told), letters) in &self.arrows {
            let to = match to {
                To::Node(to) => format!("s{}", to + 1),
                To::Failure(error) => Outcome::Fails(*error).name().to_owned(),
            };
            let told =
                if told.is_empty() { String::new() } else { format!(" / {}", told.join(", ")) };
            writeln!(f, "    s{} --> {to} : {}{told}", from + 1, self.names(letters))?;
        }
        for (node, letters) in &self.stays {
            if self.nodes().contains(node) {
                writeln!(
                    f,
                    "    note right of s{} : {} answers change nothing",
                    node + 1,
                    letters.len()
                )?;
            }
        }
        failures
            .iter()
            .try_for_each(|error| writeln!(f, "    {} --> [*]", Outcome::Fails(*error).name()))
    }
}

/// Without what Mermaid would take for its own.
fn plain(text: &str) -> String {
    text.replace([':', ';', '"', '#', '<', '>'], " ")
}
