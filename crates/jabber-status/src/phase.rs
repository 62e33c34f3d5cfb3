//! Where an attempt stands, coarsely.

use core::fmt;
use core::str::FromStr;

use crate::UnknownName;

/// Where an attempt stands. Every event says it, so that, say, a node of the negotiation can be
/// told from a node of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// `idle`: there is no attempt, or the last one has ended.
    #[default]
    Idle,
    /// `connecting`: from CONNECT to CONNECTED, both included.
    Connecting,
    /// `negotiation`: after CONNECTED, before INIT_FINISHED.
    Negotiation,
    /// `ready`: from INIT_FINISHED on.
    Ready,
    /// `closing`: from SHUTDOWN_START, the peer's stream end or an error, to SOCKETDISCONNECT and
    /// SHUTDOWN_FINISH, both included.
    Closing,
}

impl Phase {
    /// All of them, in the order of an attempt's life.
    pub const ALL: &'static [Self] =
        &[Self::Idle, Self::Connecting, Self::Negotiation, Self::Ready, Self::Closing];

    /// The stable text form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::Negotiation => "negotiation",
            Self::Ready => "ready",
            Self::Closing => "closing",
        }
    }

    /// The phase with this name, which must be written exactly so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|phase| phase.name() == name)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Phase {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_name(text).ok_or_else(|| UnknownName::new("a phase", text))
    }
}
