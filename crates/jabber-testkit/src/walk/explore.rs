//! Every state of one case, and every answer at each.

use std::{collections::HashMap, time::Duration};

use super::{
    Bounds, Case,
    alphabet::{Alphabet, Letter},
    node::Node,
    outcome::{Outcome, cause, outline},
    run::{Life, Memory, Place, Run, SILENCE},
};
use crate::Input;

/// What came of a case.
pub(crate) struct Explored {
    pub(crate) states: Vec<State>,
    /// What came of connecting.
    pub(crate) first: Step,
    pub(crate) problems: Vec<String>,
    /// How many states were left as they were found: a bound was reached.
    pub(crate) left: usize,
}

/// A state that was found.
pub(crate) struct State {
    /// A shortest way to it.
    pub(crate) way: Vec<usize>,
    pub(crate) place: Place,
    /// For each letter, what came of it; `None` where it was not taken.
    pub(crate) steps: Vec<Option<Step>>,
    /// Other ways to it.
    pub(crate) others: Vec<Vec<usize>>,
}

/// What came of a letter.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) outcome: Outcome,
    /// Where it leads, if not over.
    pub(crate) to: Option<usize>,
    /// The statuses that were fired, by name.
    pub(crate) statuses: Vec<String>,
    /// It is another one than that of nonsense, and than nothing.
    pub(crate) differs: bool,
    /// Something was sent.
    pub(crate) sends: bool,
    /// What happened, without what may differ on two ways to the same state.
    pub(crate) seen: (Vec<String>, String),
}

pub(crate) struct Explorer<'a> {
    pub(crate) case: &'a Case,
    pub(crate) alphabet: &'a Alphabet,
    bounds: &'a Bounds,
    pub(crate) memory: Memory,
    known: HashMap<String, usize>,
    pub(crate) explored: Explored,
}

impl<'a> Explorer<'a> {
    pub(crate) fn new(case: &'a Case, alphabet: &'a Alphabet, bounds: &'a Bounds) -> Self {
        let first = Step {
            outcome: Outcome::Stays,
            to: None,
            statuses: Vec::new(),
            differs: true,
            sends: false,
            seen: (Vec::new(), String::new()),
        };
        let explored = Explored { states: Vec::new(), first, problems: Vec::new(), left: 0 };
        let (memory, known) = (Memory::of(case), HashMap::new());
        Self { case, alphabet, bounds, memory, known, explored }
    }

    pub(crate) fn explore(mut self) -> Explored {
        self.connect();
        let mut next = 0;
        while next < self.explored.states.len() {
            let state = self.explored.states.get(next);
            let depth = state.map_or(0, |state| state.way.len());
            if depth >= self.bounds.depth || next >= self.bounds.states {
                self.explored.left += 1;
            } else {
                self.expand(next);
            }
            next += 1;
        }
        for state in 0..self.explored.states.len() {
            self.compare(state);
        }
        self.explored
    }

    /// The first state.
    fn connect(&mut self) {
        let mut none = Vec::new();
        let mut run = Run::start(self.case, &mut self.memory, &mut none);
        let lines = run.connected();
        let place = run.place();
        let faults = std::mem::take(&mut run.faults);
        let end = if place.life == Life::Over { run.ended(&lines).err() } else { None };
        drop(run);
        let to = (place.life != Life::Over).then_some(0);
        self.explored.first = Step {
            outcome: if to.is_none() { cause(&lines) } else { Outcome::GoesOn },
            to,
            statuses: statuses(&lines),
            differs: true,
            sends: true,
            seen: (outline(&lines), place.fingerprint.clone()),
        };
        for fault in faults.into_iter().chain(end) {
            self.problem(&[], "connecting", &fault);
        }
        if to.is_some() {
            self.find(place, Vec::new());
        }
    }

    /// The state's number; a new one where it is not known.
    fn find(&mut self, place: Place, way: Vec<usize>) -> usize {
        if let Some(&known) = self.known.get(&place.fingerprint) {
            // What leads back to where it came from is another matter: see `compare`.
            if let Some(state) = self.explored.states.get_mut(known)
                && state.others.len() < self.bounds.second_opinions
                && way.split_last().is_none_or(|(_, before)| before != state.way)
            {
                state.others.push(way);
            }
            return known;
        }
        let number = self.explored.states.len();
        self.known.insert(place.fingerprint.clone(), number);
        self.explored.states.push(State { way, place, steps: Vec::new(), others: Vec::new() });
        number
    }

    /// Every letter.
    fn expand(&mut self, number: usize) {
        let Some(state) = self.explored.states.get(number) else { return };
        let (way, place) = (state.way.clone(), state.place.clone());
        self.end(&way, &place);
        let (_, nonsense) = self.take(&way, &place, &Letter::nonsense());
        let mut steps = Vec::with_capacity(self.alphabet.letters.len());
        for (at, letter) in self.alphabet.letters.iter().enumerate() {
            if letter.once && way.contains(&at) {
                steps.push(None);
                continue;
            }
            let (to, mut step) = self.take(&way, &place, letter);
            let nothing = step.seen.0.is_empty() && step.seen.1 == place.fingerprint;
            // Where nonsense ends the connection, what the server is told of it is no difference.
            step.differs = !nothing
                && match nonsense.outcome {
                    Outcome::Stays => step.seen != nonsense.seen,
                    fatal => step.outcome != fatal || step.statuses != nonsense.statuses,
                };
            if let Some(to) = to {
                let way = way.iter().copied().chain([at]).collect();
                step.to = Some(self.find(to, way));
            }
            steps.push(Some(step));
        }
        if let Some(state) = self.explored.states.get_mut(number) {
            state.steps = steps;
        }
    }

    /// One letter: where it leads, and what came of it.
    fn take(&mut self, way: &[usize], from: &Place, letter: &Letter) -> (Option<Place>, Step) {
        let first = self.first();
        let mut none = Vec::new();
        let mut run = replay(self.case, self.alphabet, way, &mut self.memory, &mut none);
        let lines = run.say(letter);
        let place = run.place();
        let mut faults = std::mem::take(&mut run.faults);
        let seen = (outline(&lines), place.fingerprint.clone());
        let told = statuses(&lines);
        let (is_over, mut end) = (place.life == Life::Over, lines);
        if !is_over {
            // Whatever came before, with the end of the pipe it is over.
            end.append(&mut end_now(&mut run));
        }
        faults.extend(run.ended(&end).err());
        if let (true, Some(first)) = (is_over, &first) {
            faults.extend(run.begins_anew(first).err());
        }
        faults.append(&mut run.faults);
        drop(run);
        let unread = from.deaf && letter.is_said();
        if letter.ends && !unread && matches!(place.life, Life::Negotiating | Life::Ready) {
            faults.push("the connection goes on".into());
        }
        for fault in &faults {
            self.problem(way, &letter.name, fault);
        }
        let outcome = match place.life {
            Life::Negotiating | Life::Ready if seen.1 == from.fingerprint => Outcome::Stays,
            Life::Negotiating => Outcome::GoesOn,
            Life::Ready if from.life == Life::Ready => Outcome::GoesOn,
            Life::Ready => Outcome::Ready,
            Life::Closing if from.life == Life::Closing && seen.1 == from.fingerprint => {
                Outcome::Stays
            }
            Life::Closing | Life::Over => cause(&end),
        };
        let sends = seen.0.iter().any(|line| line.starts_with("C "));
        let step = Step { outcome, to: None, statuses: told, differs: true, sends, seen };
        ((!is_over).then_some(place), step)
    }

    /// From every state the attempt comes to an end: by silence, by what the user does.
    fn end(&mut self, way: &[usize], place: &Place) {
        let shutdown = [Input::Shutdown, Input::Wait(SILENCE)];
        let ways: [(&str, &[Input]); 3] = [
            ("silence", &[Input::Wait(SILENCE)]),
            ("shutdown, then silence", &shutdown),
            ("halt", &[Input::Halt]),
        ];
        for (name, inputs) in ways {
            let mut none = Vec::new();
            let mut run = replay(self.case, self.alphabet, way, &mut self.memory, &mut none);
            let mut lines = Vec::new();
            for input in inputs {
                run.feed(input);
                lines.append(&mut run.connected());
            }
            let mut faults = std::mem::take(&mut run.faults);
            // Who is ready may be silent for ever.
            if name != "silence" || place.life != Life::Ready {
                faults.extend(run.ended(&lines).err());
            }
            let finished = lines.iter().any(|line| line == "! PCJ_SHUTDOWN_FINISH");
            if name.starts_with("shutdown") && !finished {
                faults.push("no SHUTDOWN_FINISH".into());
            }
            drop(run);
            for fault in faults {
                self.problem(way, name, &fault);
            }
        }
    }

    fn first(&self) -> Option<Node> {
        self.explored.states.first().map(|state| state.place.node.clone())
    }

    pub(crate) fn path(&self, way: &[usize]) -> String {
        let names = way.iter().filter_map(|at| self.alphabet.letters.get(*at));
        names.map(|letter| &*letter.name).collect::<Vec<_>>().join(" > ")
    }

    pub(crate) fn problem(&mut self, way: &[usize], letter: &str, fault: &str) {
        let path = self.path(way);
        self.explored.problems.push(format!("{}: {path} > {letter}: {fault}", self.case.name));
    }
}

/// A fresh connection that has gone that way.
pub(crate) fn replay<'a>(
    case: &'a Case,
    alphabet: &Alphabet,
    way: &[usize],
    memory: &'a mut Memory,
    none: &'a mut Vec<jabber_security::DerivedKey>,
) -> Run<'a> {
    let mut run = Run::start(case, memory, none);
    run.checks = false;
    run.connected();
    for letter in way.iter().filter_map(|at| alphabet.letters.get(*at)) {
        run.say(letter);
    }
    run.checks = true;
    run
}

fn end_now(run: &mut Run<'_>) -> Vec<String> {
    run.feed(&Input::End);
    let mut lines = run.connected();
    run.feed(&Input::Wait(Duration::ZERO));
    lines.append(&mut run.connected());
    lines
}

/// The names of the statuses among the lines, without `PCJ_`; nodes apart.
fn statuses(lines: &[String]) -> Vec<String> {
    let told = lines.iter().filter_map(|line| line.strip_prefix("! PCJ_"));
    let names = told.map(|line| line.split(' ').next().unwrap_or_default());
    names.filter(|name| !name.starts_with("NODE")).map(str::to_owned).collect()
}
