use std::time::Duration;

use jabber_security::Entropy;
use tokio::time::Instant;

/// Time since the session was made; tokio's clock, so that tests can pause it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now(self) -> Duration {
        self.0.elapsed()
    }

    /// A time that is further away than the clock goes is as far as anybody can wait.
    pub(crate) fn instant(self, at: Duration) -> Instant {
        const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
        self.0.checked_add(at).unwrap_or_else(|| self.0 + FAR)
    }
}

/// The operating system's random number generator.
#[derive(Debug)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        // Without randomness no nonce is safe and nothing may go on; it never fails on a system
        // that has started. A fixed value would be the worst of all answers.
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
