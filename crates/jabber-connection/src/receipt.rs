use jabber_xml::{Element, XmlError};

use crate::queue::Ticket;

/// Names one stanza that was accepted for sending; never used twice.
///
/// An accepted stanza has one of two fates, and has it once:
/// - **written**: all its bytes were given to the pipe ([`Effects::written`](crate::Effects::written)).
///   What the peer made of it is not known; only a request's answer tells that.
/// - **returned**: it was not, and never will be ([`Effects::returned`](crate::Effects::returned)).
///   The peer has not had all of it. It is handed back, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Receipt(pub(crate) Ticket);

/// What became of a stanza when it was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Accepted {
    pub(crate) receipt: Receipt,
    pub(crate) queued: bool,
}

impl Accepted {
    /// What names the stanza from now on.
    #[must_use]
    pub const fn receipt(self) -> Receipt {
        self.receipt
    }

    /// True where it waits in the queue (NODEQUEUED); false where it is on its way to the pipe
    /// (NODESENT).
    #[must_use]
    pub const fn is_queued(self) -> bool {
        self.queued
    }
}

/// A stanza that was accepted for sending and has not been written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the stanza was not sent: {reason}")]
#[non_exhaustive]
pub struct Returned {
    /// The stanza.
    pub stanza: Element,
    /// Why.
    #[source]
    pub reason: ReturnReason,
}

/// Why an accepted stanza comes back.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReturnReason {
    /// The connection was lost before all of it was given to the pipe.
    #[error("the connection was lost before it was written")]
    Disconnected,
    /// It has waited in the queue for longer than it may.
    #[error("it has waited in the queue for as long as it may")]
    Expired,
    /// The queue is emptied when a new session is ready, as configured.
    #[error("the queue was emptied when the new session was ready")]
    Dropped,
    /// It was taken back with the queue, by whoever has it now.
    #[error("it was taken back with the queue")]
    Taken,
    /// The dialect has no form for it, which shows when the queue is purged.
    #[error("it cannot be sent in this dialect: {0}")]
    Xml(#[source] XmlError),
}
