//! All that a path selects: the nodes of each step as a set, in document order.

use super::ast::Path;
use super::exists::{Candidates, Evaluation, covers, start};
use super::memo::Memo;
use super::view::{NodeId, ROOT, View};

pub(super) fn collect(path: &Path, view: View<'_>, memo: Memo) -> Vec<NodeId> {
    all(path, &mut Evaluation::new(view, memo))
}

fn all(path: &Path, evaluation: &mut Evaluation<'_>) -> Vec<NodeId> {
    let mut nodes = vec![start(path, ROOT)];
    for step in &path.steps {
        let mut found = Vec::new();
        let mut covered = 0;
        for &node in &nodes {
            let range = evaluation.view.range(step.axis, node);
            if covers(step) && range.end <= covered {
                continue;
            }
            covered = range.end;
            let mut candidates = Candidates::new(evaluation.view, step, node);
            while let Some(candidate) = candidates.next(evaluation) {
                found.push(candidate);
            }
        }
        if !found.is_sorted() {
            found.sort_unstable();
        }
        found.dedup();
        nodes = found;
    }
    nodes.retain(|&node| evaluation.view.is(&path.end, node));
    nodes
}

#[cfg(test)]
mod tests;
