use std::{fmt, sync::Arc};

use jabber_dialect::{Dialect, Identity, Memory, Protocol, Redaction};
use jabber_status::Phase;
use jabber_xml::Element;

use crate::{Config, Queue, RequestId, core::Core};

/// One connection's whole protocol state: framing, a dialect, the queue, the requests. It does no
/// I/O, reads no clock and draws no random number: time comes in as the duration since any start
/// of the driver's choice, and what is to be done goes to [`Effects`](crate::Effects).
///
/// It lives through any number of attempts, one after the other; the queue and its order outlive
/// them.
pub struct Connection {
    pub(crate) core: Core,
    /// There is one from CONNECTED to the end of the attempt.
    pub(crate) dialect: Option<Box<dyn Dialect>>,
    /// What the dialect of the last attempt has left to the next.
    pub(crate) memory: Option<Memory>,
}

impl Connection {
    /// A connection that is idle. Nothing fires before [`connect`](Self::connect).
    #[must_use]
    pub fn new(protocol: Arc<dyn Protocol>, config: Config) -> Self {
        Self { core: Core::new(protocol, config), dialect: None, memory: None }
    }

    /// The dialect's configuration.
    #[must_use]
    pub fn protocol(&self) -> &Arc<dyn Protocol> {
        &self.core.protocol
    }

    /// The phase it is in.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.core.life.phase()
    }

    /// The number of the attempt: 0 before the first, then 1, 2, ….
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.core.attempt
    }

    /// Who we are, while ready or closing after that.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        self.core.identity.as_ref()
    }

    /// What waits to be sent.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        &self.core.queue
    }

    /// The `id` that a request goes out with; `None` once it has ended.
    #[must_use]
    pub fn id_of(&self, request: RequestId) -> Option<&str> {
        self.core.requests.id_of(request)
    }

    /// How many requests have not ended.
    #[must_use]
    pub fn outstanding_requests(&self) -> usize {
        self.core.requests.len()
    }

    /// Gives back memory that only traffic needs. To be called when reading would block.
    pub fn release(&mut self) {
        self.core.outbox.release();
        if !self.core.scanner.mid_item() {
            self.core.scanner.release();
        }
    }
}

/// How observers may see an element: its kind says so, and the dialect knows what it may be wrapped
/// in.
pub(crate) fn redaction_by(dialect: Option<&dyn Dialect>) -> impl Fn(&Element) -> Redaction {
    move |element| dialect.map_or(Redaction::Content, |dialect| dialect.redaction(element))
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("core", &self.core).finish_non_exhaustive()
    }
}

/// `connect` was asked for while an attempt lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlreadyConnected;

impl fmt::Display for AlreadyConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already connecting or connected; shut down first")
    }
}

impl std::error::Error for AlreadyConnected {}

/// `purge_queue` was asked for while the connection is not ready. The queue is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotReady;

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is not ready; purge the queue after INIT_FINISHED")
    }
}

impl std::error::Error for NotReady {}

/// What a purge of the queue came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// How many stanzas were sent.
    pub sent: usize,
    /// How many the dialect has no form for; they are returned, requests among them end as cancelled.
    pub refused: usize,
}
