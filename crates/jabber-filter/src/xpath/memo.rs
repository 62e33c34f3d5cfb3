//! What an evaluation has found out and may be asked again.

use super::ast::Step;
use super::view::NodeId;

/// The answers of steps to nodes, two bits each, and how far steps that go down have looked.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// How many steps there are; 0 if nothing is kept.
    steps: usize,
    nodes: usize,
    /// Whether there is an answer, then which.
    bits: Vec<u64>,
    seen: Vec<Option<Seen>>,
}

/// A step that goes down has looked at the nodes from `from` up to `to`, and that one is what it was
/// looking for, or none was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) found: bool,
}

impl Memo {
    pub(super) const fn new(steps: usize) -> Self {
        Self { steps, nodes: 0, bits: Vec::new(), seen: Vec::new() }
    }

    /// To be called first: how many nodes there are.
    pub(super) fn prepare(&mut self, nodes: u32) {
        if self.steps > 0 && self.bits.is_empty() {
            self.nodes = nodes as usize;
            let bits = self.steps.saturating_mul(self.nodes).saturating_mul(2);
            self.bits = vec![0; bits.div_ceil(64)];
            self.seen = vec![None; self.steps];
        }
    }

    pub(super) fn answer(&self, step: &Step, node: NodeId) -> Option<bool> {
        let (word, shift) = self.place(step, node)?;
        let bits = self.bits.get(word)? >> shift;
        (bits & 1 != 0).then_some(bits & 2 != 0)
    }

    pub(super) fn keep(&mut self, step: &Step, node: NodeId, answer: bool) {
        if let Some((word, shift)) = self.place(step, node)
            && let Some(bits) = self.bits.get_mut(word)
        {
            *bits |= (1 | u64::from(answer) << 1) << shift;
        }
    }

    pub(super) fn seen(&self, step: &Step) -> Option<Seen> {
        self.seen.get(step.number).copied().flatten()
    }

    pub(super) fn saw(&mut self, step: &Step, seen: Seen) {
        if let Some(place) = self.seen.get_mut(step.number) {
            *place = Some(seen);
        }
    }

    fn place(&self, step: &Step, node: NodeId) -> Option<(usize, u32)> {
        let at = step.number.checked_mul(self.nodes)?.checked_add(node as usize)?;
        // 32 answers a word.
        (self.nodes > 0).then_some((at / 32, (at % 32) as u32 * 2))
    }
}
