use std::time::Duration;

use jabber_status::{ErrorStatus, Phase};

use crate::Error;

/// Where a connection's life stands.
#[derive(Debug, Default)]
pub(crate) enum Life {
    #[default]
    Idle,
    Connecting {
        deadline: Duration,
        /// How long that was from its beginning.
        within: Duration,
    },
    Negotiating {
        /// For the step that is waited for.
        deadline: Duration,
    },
    Ready,
    Closing(Closing),
}

/// How a connection ends.
#[derive(Debug)]
pub(crate) struct Closing {
    /// What SOCKETDISCONNECT tells.
    pub(crate) why: Error,
    /// The error status that told the cause.
    pub(crate) cause: Option<ErrorStatus>,
    /// The peer's stream end is worth waiting for, and has not come.
    pub(crate) awaits_peer: bool,
    /// It was ready before; stanzas that still come are the user's.
    pub(crate) delivers: bool,
    pub(crate) deadline: Duration,
}

/// Our side of the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stream {
    /// None is open: before the first header, during a TLS handshake, on a broken pipe.
    #[default]
    None,
    Open,
    /// The end is in the write buffer.
    Ending,
    /// The end is flushed.
    Ended,
}

/// The TLS handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Handshake {
    #[default]
    None,
    /// The dialect has asked for it.
    Requested,
    /// The driver does it.
    Running,
}

impl Life {
    pub(crate) const fn phase(&self) -> Phase {
        match self {
            Self::Idle => Phase::Idle,
            Self::Connecting { .. } => Phase::Connecting,
            Self::Negotiating { .. } => Phase::Negotiation,
            Self::Ready => Phase::Ready,
            Self::Closing(_) => Phase::Closing,
        }
    }
}
