//! Whether a path selects anything: nodes are looked for one after the other, down to the first.

use super::ast::{Axis, Expr, Path, Predicate, Step};
use super::memo::{Memo, Seen};
use super::view::{DOCUMENT, NodeId, ROOT, View};

pub(super) fn exists(path: &Path, view: View<'_>, memo: Memo) -> bool {
    Evaluation::new(view, memo).exists(path, ROOT)
}

/// One expression on one stanza.
///
/// Its recursion goes along the expression, never along the stanza.
pub(super) struct Evaluation<'a> {
    pub(super) view: View<'a>,
    memo: Memo,
    /// How many nodes were looked at.
    #[cfg(test)]
    pub(super) work: u64,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(view: View<'a>, mut memo: Memo) -> Self {
        memo.prepare(view.count());
        Self {
            view,
            memo,
            #[cfg(test)]
            work: 0,
        }
    }

    /// Whether the path selects anything from this context node.
    fn exists(&mut self, path: &Path, context: NodeId) -> bool {
        self.leads_on(path, 0, start(path, context))
    }

    /// Whether the steps from this one on select anything from a node.
    fn leads_on(&mut self, path: &Path, at: usize, node: NodeId) -> bool {
        let Some(step) = path.steps.get(at) else { return self.view.is(&path.end, node) };
        if let Some(answer) = self.memo.answer(step, node) {
            return answer;
        }
        let answer = if covers(step) {
            self.search_deep(path, at, step, node)
        } else {
            self.search(path, at, step, node)
        };
        self.memo.keep(step, node, answer);
        answer
    }

    fn search(&mut self, path: &Path, at: usize, step: &Step, node: NodeId) -> bool {
        let mut candidates = Candidates::new(self.view, step, node);
        while let Some(candidate) = candidates.next(self) {
            if self.leads_on(path, at + 1, candidate) {
                return true;
            }
        }
        false
    }

    /// The same for a step that goes down any depth. What it has looked at for one node, it need not
    /// look at for another within that.
    fn search_deep(&mut self, path: &Path, at: usize, step: &Step, node: NodeId) -> bool {
        let axis = self.view.axis(step, node);
        let range = self.view.range(axis, node);
        let mut from = range.start;
        let mut next = range.start;
        if let Some(seen) = self.memo.seen(step)
            && (seen.from..=seen.to).contains(&range.start)
        {
            if seen.found || range.end <= seen.to {
                return seen.found && seen.to < range.end;
            }
            (from, next) = (seen.from, seen.to);
        }
        while let Some(candidate) = self.view.next(axis, next, range.end) {
            self.looked();
            if self.fits(step, candidate) && self.leads_on(path, at + 1, candidate) {
                self.memo.saw(step, Seen { from, to: candidate, found: true });
                return true;
            }
            next = self.view.behind(axis, candidate);
        }
        self.memo.saw(step, Seen { from, to: range.end, found: false });
        false
    }

    /// Whether a node passes a step that counts no positions.
    fn fits(&mut self, step: &Step, node: NodeId) -> bool {
        self.view.passes(step, node)
            && step.predicates.iter().all(|predicate| match predicate {
                Predicate::Holds(expr) => self.holds(expr, node),
                Predicate::Position(_) => false,
            })
    }

    pub(super) fn holds(&mut self, expr: &Expr, node: NodeId) -> bool {
        match expr {
            Expr::All(all) => all.iter().all(|one| self.holds(one, node)),
            Expr::AnyOf(all) => all.iter().any(|one| self.holds(one, node)),
            Expr::Not(one) => !self.holds(one, node),
            Expr::Path(path) => self.exists(path, node),
        }
    }

    pub(super) fn looked(&mut self) {
        #[cfg(test)]
        {
            self.work += 1;
        }
    }
}

/// Where a path starts.
pub(super) const fn start(path: &Path, context: NodeId) -> NodeId {
    if path.absolute { DOCUMENT } else { context }
}

/// The nodes that a step selects from one context node, in document order.
///
/// XPath 1.0 §2.4: predicates are applied one after the other, and each counts positions among the
/// nodes that the ones before it have left.
pub(super) struct Candidates<'s> {
    step: &'s Step,
    axis: Axis,
    next: NodeId,
    end: NodeId,
    /// How many nodes have come to each predicate that is a position, the first few of them.
    counts: [u64; INLINE],
    more: Vec<u64>,
}

/// More positions than that on one step are not needed by anybody; they are counted on the heap.
const INLINE: usize = 4;

impl<'s> Candidates<'s> {
    pub(super) fn new(view: View<'_>, step: &'s Step, node: NodeId) -> Self {
        let axis = view.axis(step, node);
        let range = view.range(axis, node);
        let more = step.predicates.len().saturating_sub(INLINE);
        let more = if step.is_positional() { vec![0; more] } else { Vec::new() };
        Self { step, axis, next: range.start, end: range.end, counts: [0; INLINE], more }
    }

    pub(super) fn next(&mut self, evaluation: &mut Evaluation<'_>) -> Option<NodeId> {
        while let Some(node) = evaluation.view.next(self.axis, self.next, self.end) {
            evaluation.looked();
            self.next = evaluation.view.behind(self.axis, node);
            if evaluation.view.passes(self.step, node) && self.is_left(evaluation, node) {
                return Some(node);
            }
        }
        None
    }

    fn is_left(&mut self, evaluation: &mut Evaluation<'_>, node: NodeId) -> bool {
        for (number, predicate) in self.step.predicates.iter().enumerate() {
            let left = match predicate {
                Predicate::Holds(expr) => evaluation.holds(expr, node),
                Predicate::Position(position) => {
                    let count = self.count(number);
                    if count > *position {
                        // Nobody passes here any more.
                        self.next = self.end;
                    }
                    count == *position
                }
            };
            if !left {
                return false;
            }
        }
        true
    }

    /// Counts a node that has come to this predicate.
    fn count(&mut self, predicate: usize) -> u64 {
        let inline = self.counts.get_mut(predicate);
        let count = match predicate.checked_sub(INLINE) {
            Some(far) => self.more.get_mut(far),
            None => inline,
        };
        // There is always a place.
        count.map_or(0, |count| {
            *count += 1;
            *count
        })
    }
}

/// Whether a step goes down any depth and counts no positions: what it selects from a node that is
/// within another, it selects from that, too.
pub(super) fn covers(step: &Step) -> bool {
    step.axis.is_deep() && !step.is_positional()
}
