//! That states with the same fingerprint have the same future.

use super::{
    explore::{Explorer, Step, replay},
    outcome::{Outcome, outline},
    run::Run,
};

impl Explorer<'_> {
    /// What came of each letter on the first way has to come of it on others, and again behind all
    /// that has changed nothing.
    pub(crate) fn compare(&mut self, number: usize) {
        let Some(state) = self.explored.states.get_mut(number) else { return };
        let (way, others) = (state.way.clone(), std::mem::take(&mut state.others));
        let steps = state.steps.iter().cloned().enumerate();
        let steps: Vec<(usize, Step)> =
            steps.filter_map(|(at, step)| step.map(|step| (at, step))).collect();
        self.repeat(&way, &steps);
        for other in &others {
            self.compare_way(other, &way, &steps);
        }
    }

    /// All that has changed nothing, one after the other, twice.
    fn repeat(&mut self, way: &[usize], steps: &[(usize, Step)]) {
        let mut none = Vec::new();
        let mut run = replay(self.case, self.alphabet, way, &mut self.memory, &mut none);
        let staying = steps.iter().filter(|(_, step)| step.outcome == Outcome::Stays);
        let mut before = way.to_vec();
        let mut found = None;
        for (at, step) in staying.clone().chain(staying) {
            let differs = differs(&mut run, self.alphabet.letters.get(*at), step);
            if let Some(fault) = differs {
                found = Some((*at, fault));
                break;
            }
            before.push(*at);
        }
        drop(run);
        if let Some((at, fault)) = found {
            self.differs(&before, at, way, &fault);
        }
    }

    /// Each letter.
    fn compare_way(&mut self, way: &[usize], first: &[usize], steps: &[(usize, Step)]) {
        for (at, step) in steps {
            let letter = self.alphabet.letters.get(*at);
            if letter.is_some_and(|letter| letter.once) && way.contains(at) {
                continue;
            }
            let mut none = Vec::new();
            let mut run = replay(self.case, self.alphabet, way, &mut self.memory, &mut none);
            let differs = differs(&mut run, letter, step);
            drop(run);
            if let Some(fault) = differs {
                return self.differs(way, *at, first, &fault);
            }
        }
    }

    fn differs(&mut self, way: &[usize], at: usize, first: &[usize], fault: &str) {
        let letter = self.alphabet.letters.get(at).map_or("", |letter| &letter.name);
        let fault =
            format!("something else comes of it than by way of {}:\n{fault}", self.path(first));
        self.problem(way, letter, &fault);
    }
}

/// How what comes of the letter here differs from what came of it there.
fn differs(
    run: &mut Run<'_>,
    letter: Option<&super::alphabet::Letter>,
    there: &Step,
) -> Option<String> {
    let lines = run.say(letter?);
    let (lines, place) = (outline(&lines), run.place().fingerprint);
    let (other_lines, other_place) = &there.seen;
    (lines != *other_lines || place != *other_place)
        .then(|| format!("    {lines:?}\n    {other_lines:?}\n    {place}\n    {other_place}"))
}
