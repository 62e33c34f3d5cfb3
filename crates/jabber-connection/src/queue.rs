use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use jabber_xml::Element;

use crate::{QueueConfig, Receipt, RequestId};

/// What waits to be sent, in the order it came. Nothing leaves it by itself, unless its configuration
/// says so: the user purges it or takes it back.
#[derive(Debug)]
pub struct Queue {
    /// In the order of their tickets.
    entries: VecDeque<Queued>,
    bytes: usize,
    config: QueueConfig,
    /// Of the stanzas that may not wait for ever.
    expiries: BTreeSet<(Duration, Ticket)>,
}

/// What names a stanza or a request; they are counted together, so the queue is in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) stanza: Element,
    pub(crate) what: What,
    expires: Option<Duration>,
}

/// How a stanza was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Stanza(Receipt),
    Request(RequestId),
}

impl What {
    pub(crate) const fn ticket(self) -> Ticket {
        match self {
            Self::Stanza(receipt) => receipt.0,
            Self::Request(request) => request.0,
        }
    }
}

impl Queue {
    pub(crate) const fn new(config: QueueConfig) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, config, expiries: BTreeSet::new() }
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
    #[must_use]
    pub fn has_room(&self, bytes: usize) -> bool {
        self.entries.len() < self.config.stanzas
            && self.bytes.saturating_add(bytes) <= self.config.bytes
    }

    pub(crate) const fn config(&self) -> &QueueConfig {
        &self.config
    }

    pub(crate) fn push(&mut self, stanza: Element, what: What, expires: Option<Duration>) {
        self.bytes = self.bytes.saturating_add(stanza.byte_len());
        if let Some(expires) = expires {
            self.expiries.insert((expires, what.ticket()));
        }
        self.entries.push_back(Queued { stanza, what, expires });
    }

    pub(crate) fn pop(&mut self) -> Option<Queued> {
        let queued = self.entries.pop_front()?;
        self.forget(&queued);
        Some(queued)
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, ticket: Ticket) -> Option<Queued> {
        let at = self.entries.binary_search_by_key(&ticket, |it| it.what.ticket()).ok()?;
        let queued = self.entries.remove(at)?;
        self.forget(&queued);
        Some(queued)
    }

    /// Takes one out whose time has run out.
    pub(crate) fn expired(&mut self, now: Duration) -> Option<Queued> {
        let &(expires, ticket) = self.expiries.first()?;
        (expires <= now).then(|| self.remove(ticket)).flatten()
    }

    pub(crate) fn next_expiry(&self) -> Option<Duration> {
        self.expiries.first().map(|&(expires, _)| expires)
    }

    fn forget(&mut self, queued: &Queued) {
        self.bytes = self.bytes.saturating_sub(queued.stanza.byte_len());
        if let Some(expires) = queued.expires {
            self.expiries.remove(&(expires, queued.what.ticket()));
        }
    }
}
