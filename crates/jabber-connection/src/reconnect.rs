use std::time::Duration;

use jabber_security::Entropy;

/// When a connection is made anew that was lost or could not be made.
///
/// The pauses grow with every failure, from [`first`](Self::first) by a factor of two up to
/// [`longest`](Self::longest), and a random part of each is left out, so that clients that lost
/// their server together do not come back together (RFC 6120 §3.3). What cannot get better ends it:
/// a refused login, a refused bind, a certificate that fails, `conflict`, `host-unknown` and their
/// like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reconnect {
    /// The longest that the first pause may be. Default 5 s.
    pub first: Duration,
    /// The longest that any pause may be. Default 5 min.
    pub longest: Duration,
    /// How much of a pause is left to chance, in percent: 100 is all of it, 0 nothing. Default 100.
    pub jitter: u8,
    /// How many attempts in a row, after the first. Default: no bound.
    pub attempts: u32,
    /// A session that was ready for that long makes the count and the pauses begin anew. Default 60 s.
    pub stable: Duration,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_secs(300),
            jitter: 100,
            attempts: u32::MAX,
            stable: Duration::from_secs(60),
        }
    }
}

impl Reconnect {
    /// Other bounds for the pauses.
    #[must_use]
    pub const fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// Another part that is left to chance, in percent; above 100 is 100.
    #[must_use]
    pub const fn with_jitter(mut self, percent: u8) -> Self {
        self.jitter = if percent > 100 { 100 } else { percent };
        self
    }

    /// So many attempts in a row at most, after the first.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Another time after which a session counts as stable.
    #[must_use]
    pub const fn with_stable(mut self, stable: Duration) -> Self {
        self.stable = stable;
        self
    }

    /// The pause after so many failures in a row, from 0.
    pub(crate) fn pause(&self, failures: u32, entropy: &mut dyn Entropy) -> Duration {
        let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(factor).min(self.longest);
        let mut random = [0; 4];
        entropy.fill(&mut random);
        let open = (full / 100 * u32::from(self.jitter)).as_micros();
        let cut = (open * u128::from(u32::from_le_bytes(random))) >> 32;
        let cut = Duration::from_micros(u64::try_from(cut).unwrap_or(u64::MAX));
        full.saturating_sub(cut)
    }
}

/// Why there is no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// It would fail in the same way.
    #[error("another attempt would fail in the same way")]
    Hopeless,
    /// There were as many as there may be.
    #[error("there were as many attempts as there may be")]
    Attempts,
    /// see-other-host was followed as often as it may be.
    #[error("the server has sent us elsewhere too often")]
    Redirects,
}

/// The attempts of a connection that is made again and again.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// In a row.
    pub(crate) failures: u32,
    /// In a row.
    pub(crate) redirects: u32,
    /// When the session became ready.
    pub(crate) ready: Option<Duration>,
    /// The next one is due then.
    pub(crate) due: Option<Duration>,
    /// It is due, and what it will tell finds no room.
    pub(crate) held_up: bool,
    /// The user wants one as soon as this one has ended.
    pub(crate) again: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = Reconnect::default().with_pauses(SECOND, 20 * SECOND).with_jitter(0);
        let pauses: Vec<_> = (0..7).map(|n| policy.pause(n, &mut Fixed(0xff)).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 20, 20]);
        assert_eq!(policy.pause(u32::MAX, &mut Fixed(0)), 20 * SECOND);
        let longest = policy.with_pauses(Duration::MAX, Duration::MAX);
        assert_eq!(longest.pause(40, &mut Fixed(0)), Duration::MAX);
    }

    #[test]
    fn chance_takes_what_jitter_leaves_to_it() {
        let policy = Reconnect::default().with_pauses(8 * SECOND, 8 * SECOND);
        assert_eq!(policy.pause(0, &mut Fixed(0)), 8 * SECOND);
        let shortest = policy.pause(0, &mut Fixed(0xff));
        assert!(shortest < SECOND / 100, "{shortest:?}");
        let half = policy.with_jitter(50);
        let shortest = half.pause(0, &mut Fixed(0xff));
        assert!((4 * SECOND..4 * SECOND + SECOND / 100).contains(&shortest), "{shortest:?}");
        assert_eq!(policy.with_jitter(200).jitter, 100);
    }
}
