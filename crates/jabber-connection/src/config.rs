use std::time::Duration;

use jabber_xml::Limits;

use crate::{Keepalive, QueueConfig, Reconnect};

/// What one connection may cost, in time and memory. The defaults are safe.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Limits on what is taken in.
    pub limits: Limits,
    /// How long each phase may take.
    pub deadlines: Deadlines,
    /// What may wait in the queue, and what becomes of it.
    pub queue: QueueConfig,
    /// How many requests may be without an end at once, those in the queue included. Default 10,000.
    /// Beyond it an asker gets [`TooManyRequests`](crate::SendErrorReason::TooManyRequests).
    pub requests: usize,
    /// Whether and when a connection that was lost is made anew. Default: never.
    pub reconnect: Option<Reconnect>,
    /// How often in a row see-other-host is followed (RFC 6120 §4.9.3.19), to the same name and under
    /// the same rules for TLS. Default 5; 0: never.
    pub redirects: u32,
    /// How a peer is found that is gone without a word. Default: not at all.
    pub keepalive: Option<Keepalive>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            deadlines: Deadlines::default(),
            queue: QueueConfig::default(),
            requests: 10_000,
            reconnect: None,
            redirects: 5,
            keepalive: None,
        }
    }
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

    /// Another queue.
    #[must_use]
    pub const fn with_queue(mut self, queue: QueueConfig) -> Self {
        self.queue = queue;
        self
    }

    /// Another bound for the requests that have no end yet.
    #[must_use]
    pub const fn with_requests(mut self, requests: usize) -> Self {
        self.requests = requests;
        self
    }

    /// Makes a connection that was lost anew.
    #[must_use]
    pub const fn with_reconnect(mut self, reconnect: Reconnect) -> Self {
        self.reconnect = Some(reconnect);
        self
    }

    /// Another bound for redirects in a row.
    #[must_use]
    pub const fn with_redirects(mut self, redirects: u32) -> Self {
        self.redirects = redirects;
        self
    }

    /// Looks after a peer that says nothing.
    #[must_use]
    pub const fn with_keepalive(mut self, keepalive: Keepalive) -> Self {
        self.keepalive = Some(keepalive);
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
