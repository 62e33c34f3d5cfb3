use std::collections::VecDeque;

use jabber_xml::Element;

use crate::Receipt;

/// The stanzas in the write buffer, each with the byte behind its last. Counted are the bytes that an
/// attempt has given to its pipe, in plain text.
///
/// Stream management (XEP-0198) would keep them until they are acknowledged; this is its place.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    written: u64,
    entries: VecDeque<Unwritten>,
}

#[derive(Debug)]
struct Unwritten {
    end: u64,
    receipt: Receipt,
    stanza: Element,
}

impl Outbox {
    /// A stanza that was appended to the write buffer, which has `buffered` bytes now.
    pub(crate) fn push(&mut self, receipt: Receipt, stanza: Element, buffered: usize) {
        let end = self.written.saturating_add(buffered as u64);
        self.entries.push_back(Unwritten { end, receipt, stanza });
    }

    /// So many bytes more were given to the pipe.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.written = self.written.saturating_add(bytes as u64);
    }

    /// One that is written by now.
    pub(crate) fn pop_written(&mut self) -> Option<Receipt> {
        let first = self.entries.front()?;
        if first.end > self.written {
            return None;
        }
        self.entries.pop_front().map(|it| it.receipt)
    }

    /// Gives back the memory of a burst that is over.
    pub(crate) fn release(&mut self) {
        if self.entries.is_empty() {
            self.entries = VecDeque::new();
        }
    }

    /// One that is not written, and will not be. When there is none, the next attempt begins anew.
    pub(crate) fn pop_unwritten(&mut self) -> Option<(Receipt, Element)> {
        match self.entries.pop_front() {
            Some(it) => Some((it.receipt, it.stanza)),
            None => {
                *self = Self::default();
                None
            }
        }
    }
}
