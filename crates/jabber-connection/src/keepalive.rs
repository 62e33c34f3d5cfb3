use std::time::Duration;

/// How a peer is found that is gone without a word: a half-open connection.
///
/// It is looked after while the session is ready; before that every step has its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keepalive {
    /// After that long without a byte from the peer something is sent.
    pub idle: Duration,
    /// What is sent.
    pub probe: Probe,
    /// How long a [`Probe::Ping`] waits for any sign of life before the connection counts as dead.
    pub patience: Duration,
}

/// What is sent to a peer that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Probe {
    /// A question that is always answered, if with an error (RFC 6120 §8.2.3): a ping (XEP-0199), by
    /// clients to their server, by components to themselves, through it. Without an answer, or
    /// anything else, in time the connection is dead.
    #[default]
    Ping,
    /// White space between stanzas (RFC 6120 §4.6.1). It is not answered: it keeps addresses
    /// translated on the way, and makes the operating system notice, some day, that nobody is there.
    WhiteSpace,
}

impl Keepalive {
    /// A ping after that long without a byte, and as long for its answer: a dead peer is found within
    /// twice that time.
    #[must_use]
    pub const fn ping(idle: Duration) -> Self {
        Self { idle, probe: Probe::Ping, patience: idle }
    }

    /// White space after that long without a byte.
    #[must_use]
    pub const fn white_space(idle: Duration) -> Self {
        Self { idle, probe: Probe::WhiteSpace, patience: idle }
    }

    /// Another time for the answer.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// What is known of the peer's life while the session is ready.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// When it is time to look again.
    pub(crate) next: Option<Duration>,
    /// The last byte of the peer.
    pub(crate) heard: Duration,
    pub(crate) waiting: Waiting,
    /// The `id` of our pings in this attempt; what has it is an answer, however late.
    pub(crate) id: Option<String>,
    /// The input that was left untaken, so that it does not count twice.
    pub(crate) left: usize,
}

/// For a sign of life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Waiting {
    #[default]
    No,
    /// A ping was sent.
    Answer,
    /// Its time ran out.
    LastChance,
}
