use std::{collections::BTreeMap, fmt};

use super::{
    Alphabet, Case,
    explore::{Explored, State, Step},
    node::Node,
    outcome::Outcome,
    run::Life,
    table::Table,
};

/// What a walk has found.
pub struct Walked {
    pub(crate) alphabet: Alphabet,
    pub(crate) cases: Vec<(Case, Explored)>,
    /// The states as people know them, in the order in which they were found.
    pub(crate) nodes: Vec<Node>,
}

impl Walked {
    pub(crate) fn new(alphabet: &Alphabet, cases: &[Case], explored: Vec<Explored>) -> Self {
        let cases: Vec<_> = cases.iter().cloned().zip(explored).collect();
        let mut nodes: Vec<Node> = Vec::new();
        let mut last = Vec::new();
        for state in cases.iter().flat_map(|(_, explored)| &explored.states) {
            let node = &state.place.node;
            let nodes = match state.place.life {
                Life::Negotiating => &mut nodes,
                _ => &mut last,
            };
            if !nodes.contains(node) {
                nodes.push(node.clone());
            }
        }
        // Ready, then closing.
        last.sort_by(|a, b| b.cmp(a));
        nodes.append(&mut last);
        Self { alphabet: alphabet.clone(), cases, nodes }
    }

    /// How many states were found, those of each case counted apart.
    #[must_use]
    pub fn states(&self) -> usize {
        self.all_states().count()
    }

    /// How many pairs of state and answer were taken.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.all_states().map(|state| state.steps.iter().flatten().count()).sum()
    }

    /// The longest happy path: how many answers the last state takes that first gets ready.
    #[must_use]
    pub fn happy(&self) -> usize {
        let steps = self.steps();
        let ready = steps.filter(|(_, _, step)| step.outcome == Outcome::Ready);
        ready.map(|(state, ..)| state.way.len() + 1).max().unwrap_or_default()
    }

    /// How many answers the state takes that lies deepest.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.all_states().map(|state| state.way.len()).max().unwrap_or_default()
    }

    pub(crate) fn all_states(&self) -> impl Iterator<Item = &State> {
        self.cases.iter().flat_map(|(_, explored)| &explored.states)
    }

    /// Each step that was taken, with its state and its letter.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&State, usize, &Step)> {
        self.all_states().flat_map(|state| {
            let steps = state.steps.iter().enumerate();
            steps.filter_map(move |(letter, step)| Some((state, letter, step.as_ref()?)))
        })
    }

    /// The number of a state as people know it.
    pub(crate) fn number(&self, node: &Node) -> Option<usize> {
        self.nodes.iter().position(|known| known == node)
    }

    /// How many states each node stands for.
    pub(crate) fn sizes(&self) -> BTreeMap<&Node, usize> {
        let mut sizes = BTreeMap::new();
        for state in self.all_states() {
            *sizes.entry(&state.place.node).or_default() += 1;
        }
        sizes
    }
}

/// The counts, and the table of states and answers.
impl fmt::Display for Walked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} states in {} cases, {} answers: {} pairs taken; \
             the longest happy path has {} answers, the longest way {}",
            self.states(),
            self.cases.len(),
            self.alphabet.letters.len(),
            self.pairs(),
            self.happy(),
            self.depth()
        )?;
        for (case, explored) in &self.cases {
            let ready = explored.states.iter().any(|state| state.place.life == Life::Ready);
            let ready = if ready { "" } else { ", never ready" };
            writeln!(f, "  {}: {} states{ready}", case.name, explored.states.len())?;
        }
        write!(f, "{}", Table::of(self))
    }
}

impl fmt::Debug for Walked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walked").field("states", &self.states()).finish_non_exhaustive()
    }
}
