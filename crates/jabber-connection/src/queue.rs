use std::collections::VecDeque;

use jabber_xml::Element;

use crate::{QueueBounds, RequestId};

/// What waits to be sent, in the order it came. Nothing leaves it by itself: the user purges it or
/// takes it back.
#[derive(Debug)]
pub struct Queue {
    entries: VecDeque<Queued>,
    bytes: usize,
    bounds: QueueBounds,
}

#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) stanza: Element,
    pub(crate) request: Option<RequestId>,
}

impl Queue {
    pub(crate) const fn new(bounds: QueueBounds) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, bounds }
    }

    /// The number of stanzas that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of the stanzas that wait, as they will go over the wire.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The stanzas that wait, the first to go first.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.entries.iter().map(|queued| &queued.stanza)
    }

    /// True where a stanza of that size fits within the bounds.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.entries.len() < self.bounds.stanzas
            && self.bytes.saturating_add(bytes) <= self.bounds.bytes
    }

    pub(crate) fn push(&mut self, stanza: Element, request: Option<RequestId>) {
        self.bytes = self.bytes.saturating_add(stanza.byte_len());
        self.entries.push_back(Queued { stanza, request });
    }

    pub(crate) fn pop(&mut self) -> Option<Queued> {
        let queued = self.entries.pop_front()?;
        self.bytes = self.bytes.saturating_sub(queued.stanza.byte_len());
        Some(queued)
    }

    /// Takes out a request that has ended.
    pub(crate) fn remove(&mut self, request: RequestId) {
        let at = self.entries.iter().position(|queued| queued.request == Some(request));
        if let Some(queued) = at.and_then(|at| self.entries.remove(at)) {
            self.bytes = self.bytes.saturating_sub(queued.stanza.byte_len());
        }
    }
}
