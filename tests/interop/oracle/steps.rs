//! What is compared: statuses, and what kind of node they are about.

use jabber::Kind;

use super::{
    recording::{Line, Recording},
    rules::{self, ACCIDENTS, RULES},
};

/// A status without `PCJ_`; what kind of node was sent, received, asked or queued, or, of a refused
/// connection, by which call and with which code.
pub(crate) type Step = (String, String);

impl Recording {
    pub(crate) fn steps(&self) -> Vec<Step> {
        self.statuses().map(step).collect()
    }

    /// What PCJ told, after all differences but those.
    pub(crate) fn into_ours_but(mut self, left_out: &[&str]) -> Self {
        let rules = RULES.iter().chain(ACCIDENTS);
        rules.filter(|rule| !left_out.contains(&rule.name)).for_each(|it| (it.apply)(&mut self));
        self
    }

    /// What we told, after what cannot be compared.
    pub(crate) fn comparable(mut self) -> Self {
        ACCIDENTS.iter().for_each(|rule| (rule.apply)(&mut self));
        self
    }
}

fn step(line: &Line) -> Step {
    let about = match line.name.as_str() {
        "PCJ_NODESENT" | "PCJ_NODERECEIVED" | "PCJ_NODEQUEUED" | "PCJ_RTS_START"
        | "PCJ_RTS_FINISH" => line.node(),
        "PCJ_CONNECTFAIL" => line.args.iter().take(2).cloned().collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    (line.name.trim_start_matches("PCJ_").to_owned(), about)
}

/// What a run of the program told, which logs in by another mechanism than PCJ did.
pub(crate) fn told(recording: &str, trace: impl Iterator<Item = (Kind, String)>) -> Vec<Step> {
    let lines = trace.map(|(kind, node)| Line::new(kind.name(), &[node])).collect();
    let mut ours = Recording { name: recording.to_owned(), lines };
    rules::mechanisms_differ_in_nodes(&mut ours);
    ours.comparable().steps()
}

/// What PCJ told, to be compared with it.
pub(crate) fn recorded(name: &str) -> Vec<Step> {
    let mut theirs = Recording::of(name).into_ours_but(&[]);
    rules::the_program_queues_before_it_connects(&mut theirs);
    theirs.steps()
}
