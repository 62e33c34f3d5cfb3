use std::time::Duration;

use jabber_xml::Limits;

/// What one connection may cost, in time and memory. The defaults are safe.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// Limits on what is taken in.
    pub limits: Limits,
    /// How long each phase may take.
    pub deadlines: Deadlines,
    /// How much may wait in the queue.
    pub queue: QueueBounds,
}

impl Config {
    /// Other limits on what is taken in.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Other deadlines.
    #[must_use]
    pub const fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Other bounds for the queue.
    #[must_use]
    pub const fn with_queue(mut self, bounds: QueueBounds) -> Self {
        self.queue = bounds;
        self
    }
}

/// How long each phase of an attempt may take.
///
/// Every step has its own deadline, which only its completion moves (a byte now and then does
/// not), and [`ready`](Self::ready) bounds the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// From CONNECT to CONNECTED. Default 30 s. Missed: CONNECTFAIL.
    pub connecting: Duration,
    /// For each step of the negotiation: one answer of the server, the TLS handshake. Default
    /// 30 s. Missed: `connection-timeout`.
    pub step: Duration,
    /// From CONNECT to INIT_FINISHED. Default 60 s. Missed: `connection-timeout`.
    pub ready: Duration,
    /// For the peer's stream end after ours. Default 5 s. Missed: the connection is closed all the
    /// same.
    pub closing: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connecting: Duration::from_secs(30),
            step: Duration::from_secs(30),
            ready: Duration::from_secs(60),
            closing: Duration::from_secs(5),
        }
    }
}

impl Deadlines {
    /// Another bound for CONNECT to CONNECTED.
    #[must_use]
    pub const fn with_connecting(mut self, bound: Duration) -> Self {
        self.connecting = bound;
        self
    }

    /// Another bound for each step of the negotiation.
    #[must_use]
    pub const fn with_step(mut self, bound: Duration) -> Self {
        self.step = bound;
        self
    }

    /// Another bound for CONNECT to INIT_FINISHED.
    #[must_use]
    pub const fn with_ready(mut self, bound: Duration) -> Self {
        self.ready = bound;
        self
    }

    /// Another bound for the peer's stream end.
    #[must_use]
    pub const fn with_closing(mut self, bound: Duration) -> Self {
        self.closing = bound;
        self
    }
}

/// How much the queue holds while the connection is not ready. Beyond it a sender gets an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueBounds {
    /// The number of stanzas. Default 10,000.
    pub stanzas: usize,
    /// Their bytes together. Default 16 MiB.
    pub bytes: usize,
}

impl Default for QueueBounds {
    fn default() -> Self {
        Self { stanzas: 10_000, bytes: 16 << 20 }
    }
}

impl QueueBounds {
    /// These bounds.
    #[must_use]
    pub const fn new(stanzas: usize, bytes: usize) -> Self {
        Self { stanzas, bytes }
    }
}
