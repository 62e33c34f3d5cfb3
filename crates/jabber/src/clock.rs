use std::{cell::RefCell, time::Duration};

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

/// How much is drawn at once: a system call for each request's id would cost more than the rest of it.
const DRAWN: usize = 1536;

thread_local! {
    /// What was drawn and not given out yet, at the end. Each byte is given out once, and wiped then.
    static DRAW: RefCell<([u8; DRAWN], usize)> = const { RefCell::new(([0; DRAWN], 0)) };
}

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        DRAW.with_borrow_mut(|(drawn, left)| {
            if bytes.len() > DRAWN / 32 {
                return draw(bytes);
            }
            if *left < bytes.len() {
                draw(drawn);
                *left = DRAWN;
            }
            let start = *left - bytes.len();
            if let Some(given) = drawn.get_mut(start..*left) {
                bytes.copy_from_slice(given);
                given.fill(0);
            }
            *left = start;
        });
    }
}

fn draw(bytes: &mut [u8]) {
    // Without randomness no nonce is safe and nothing may go on; it never fails on a system
    // that has started. A fixed value would be the worst of all answers.
    if getrandom::fill(bytes).is_err() {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nothing_is_given_out_twice() {
        let mut seen = HashSet::new();
        for length in [12, 24, 12, 47, 48, 49, 200].into_iter().cycle().take(2000) {
            let mut bytes = vec![0; length];
            SystemEntropy.fill(&mut bytes);
            for part in bytes.chunks_exact(12) {
                assert!(seen.insert(part.to_vec()), "{part:?}");
            }
        }
    }
}
