//! What all connections have in common.

use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};

/// Counts of all connections.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    ready: AtomicUsize,
    echoed: AtomicUsize,
    /// Since the server's end: how many attempts began in each second.
    attempts: Mutex<Attempts>,
}

/// Attempts by the second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts {
    since: Option<Instant>,
    by_second: Vec<usize>,
}

impl Tally {
    pub(crate) fn ready(&self) -> usize {
        self.ready.load(Relaxed)
    }

    pub(crate) fn is_ready(&self) {
        self.ready.fetch_add(1, Relaxed);
    }

    pub(crate) fn is_lost(&self) {
        self.ready.fetch_sub(1, Relaxed);
    }

    pub(crate) fn echoed(&self) -> usize {
        self.echoed.load(Relaxed)
    }

    pub(crate) fn echo(&self) {
        self.echoed.fetch_add(1, Relaxed);
    }

    /// From now on attempts are counted.
    pub(crate) fn begin_return(&self) {
        let attempts = Attempts { since: Some(Instant::now()), by_second: Vec::new() };
        *self.attempts.lock().expect("nobody panics with it") = attempts;
    }

    pub(crate) fn attempt(&self) {
        let mut attempts = self.attempts.lock().expect("nobody panics with it");
        let Some(since) = attempts.since else { return };
        let second = since.elapsed().as_secs() as usize;
        let seconds = attempts.by_second.len().max(second + 1);
        attempts.by_second.resize(seconds, 0);
        attempts.by_second[second] += 1;
    }

    pub(crate) fn attempts(&self) -> Attempts {
        self.attempts.lock().expect("nobody panics with it").clone()
    }
}

impl Attempts {
    pub(crate) fn by_second(&self) -> &[usize] {
        &self.by_second
    }
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, most) = (self.by_second.iter().sum::<usize>(), self.by_second.iter().max());
        write!(f, "{all}, at most {} in a second; by the second:", most.unwrap_or(&0))?;
        self.by_second.iter().try_for_each(|count| write!(f, " {count}"))
    }
}
