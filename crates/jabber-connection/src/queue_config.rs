use std::time::Duration;

/// What the queue holds while the connection is not ready, for how long, and what becomes of it when
/// a new session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueConfig {
    /// The number of stanzas. Default 10,000. Beyond it a sender gets an error.
    pub stanzas: usize,
    /// Their bytes together. Default 16 MiB. Beyond it a sender gets an error.
    pub bytes: usize,
    /// How long a stanza may wait that was sent without a time of its own. Then it is returned.
    /// Default: for ever. Requests have their time-outs.
    pub time_to_live: Option<Duration>,
    /// What becomes of it at INIT_FINISHED. Default: it stays.
    pub at_ready: AtReady,
}

/// What becomes of the queue when a session is ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AtReady {
    /// It stays until the user purges it or takes it back: nobody else can know whether what was
    /// queued is still valid.
    #[default]
    Hold,
    /// It is purged at once: sent, before anything that is sent later.
    Flush,
    /// It is emptied: stanzas are returned to their senders, requests end as cancelled.
    Drop,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self { stanzas: 10_000, bytes: 16 << 20, time_to_live: None, at_ready: AtReady::Hold }
    }
}

impl QueueConfig {
    /// Other bounds: the number of stanzas, and their bytes together.
    #[must_use]
    pub const fn with_bounds(mut self, stanzas: usize, bytes: usize) -> Self {
        self.stanzas = stanzas;
        self.bytes = bytes;
        self
    }

    /// Stanzas wait that long at most.
    #[must_use]
    pub const fn with_time_to_live(mut self, time: Duration) -> Self {
        self.time_to_live = Some(time);
        self
    }

    /// What becomes of it at INIT_FINISHED.
    #[must_use]
    pub const fn with_at_ready(mut self, at_ready: AtReady) -> Self {
        self.at_ready = at_ready;
        self
    }
}
