//! The states of an attempt.

use core::fmt;

use crate::Phase;

/// Where in the order of statuses an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// No attempt: before the first, or after the end of one.
    Idle,
    /// CONNECT was told, CONNECTING comes next.
    Dialling,
    /// CONNECTED comes next.
    Connecting,
    /// There is a connection; no stream was opened on it yet.
    Connected,
    /// A stream is open, nothing is authenticated.
    Stream,
    /// SSLNEGOTIATE was told, SSLSUCCESS comes next.
    Handshake,
    /// SSLSUCCESS was told, STREAMSTART comes next.
    Encrypted,
    /// AUTHNEGOTIATE was told, AUTHSUCCESS comes next.
    Auth,
    /// AUTHSUCCESS was told; the stream begins anew in shapes with a restart.
    Authenticated,
    /// The stream has begun anew; a bind (or a resumption) comes next in shapes that have it.
    Bind,
    /// BINDNEGOTIATE was told, BINDSUCCESS comes next.
    Binding,
    /// BINDSUCCESS was told; a session may come in shapes that have it.
    Bound,
    /// SESSIONNEGOTIATE was told, SESSIONSUCCESS comes next.
    Session,
    /// All is settled: INIT_FINISHED comes next.
    Established,
    /// INIT_FINISHED was told.
    Ready,
    /// A connection is being ended, for whatever reason.
    Closing,
    /// A shutdown came before there was a connection.
    Cancelled,
    /// All is over but SHUTDOWN_FINISH.
    Finishing,
}

impl State {
    /// The phase it belongs to.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Idle => Phase::Idle,
            Self::Dialling | Self::Connecting => Phase::Connecting,
            Self::Ready => Phase::Ready,
            Self::Closing | Self::Cancelled | Self::Finishing => Phase::Closing,
            _ => Phase::Negotiation,
        }
    }

    /// Its name, as the table of the order has it where it has one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Dialling => "dialling",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Stream => "stream",
            Self::Handshake => "handshake",
            Self::Encrypted => "encrypted",
            Self::Auth => "auth",
            Self::Authenticated => "authenticated",
            Self::Bind => "bind",
            Self::Binding => "binding",
            Self::Bound => "bound",
            Self::Session => "session",
            Self::Established => "established",
            Self::Ready => "ready",
            Self::Closing => "closing",
            Self::Cancelled => "cancelled",
            Self::Finishing => "finishing",
        }
    }

    /// Whether there is a connection that nothing has begun to end.
    pub(super) const fn is_live(self) -> bool {
        matches!(self.phase(), Phase::Negotiation | Phase::Ready)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
