//! What is wrong with a walk as a whole.

use std::collections::BTreeSet;

use super::{Bounds, Walked, run::Life, table::Table};

/// All that must never be, and was.
pub(crate) fn problems(walked: &Walked, bounds: &Bounds) -> Vec<String> {
    let mut problems = Vec::new();
    for (case, explored) in &walked.cases {
        problems.extend(explored.problems.iter().cloned());
        if explored.left > 0 {
            let left = explored.left;
            problems.push(format!("{}: a bound was reached with {left} states left", case.name));
        }
        let ready = explored.states.iter().any(|state| state.place.life == Life::Ready);
        if ready == case.never_ready {
            let said = if ready { "it gets ready" } else { "it never gets ready" };
            problems.push(format!("{}: {said}", case.name));
        }
    }
    if bounds.depth < walked.happy() + 2 {
        let happy = walked.happy();
        problems.push(format!("the bound is not two beyond the longest happy path, {happy}"));
    }
    problems.extend(states(walked));
    let missing = Table::of(walked);
    let missing = missing.missing();
    problems.extend(missing.map(|(name, node)| format!("never taken in '{node}': {name}")));
    problems.extend(letters(walked));
    problems
}

/// The states that are named have to be those that were found.
fn states(walked: &Walked) -> Vec<String> {
    let named: BTreeSet<&str> = walked.alphabet.states.iter().map(|name| &**name).collect();
    let negotiating = walked.all_states().filter(|it| it.place.life == Life::Negotiating);
    let found: BTreeSet<&str> = negotiating.map(|it| &*it.place.node.awaiting).collect();
    let missing = named.difference(&found).map(|it| format!("a state was never reached: {it}"));
    let strange =
        found.difference(&named).map(|it| format!("a state is not in the alphabet: {it}"));
    missing.chain(strange).collect()
}

/// Each answer makes a difference somewhere, but for those that are said to make none.
fn letters(walked: &Walked) -> Vec<String> {
    let differ: BTreeSet<usize> =
        walked.steps().filter(|(.., step)| step.differs).map(|(_, letter, _)| letter).collect();
    let letters = walked.alphabet.letters.iter().enumerate();
    let wrong = letters.filter(|(at, letter)| letter.ignored == differ.contains(at));
    let fault = |ignored: bool| match ignored {
        true => "an answer that is said to be ignored makes a difference",
        false => "an answer never makes a difference",
    };
    wrong.map(|(_, letter)| format!("{}: {}", fault(letter.ignored), letter.name)).collect()
}
