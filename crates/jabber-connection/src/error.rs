use std::{error::Error as StdError, io, sync::Arc};

use jabber_dialect::Retry;
use jabber_status::Phase;
use jabber_xml::{StreamCondition, StreamError, XmlError};

/// An error of a transport or a dialect, kept as it was.
pub type SharedError = Arc<dyn StdError + Send + Sync>;

/// Why a connection could not be made, or ended. It is the
/// [`error`](jabber_status::StatusEvent::error) of the error events that the connection itself
/// fires; a failed step (AUTHFAIL, BINDFAIL, …) has the dialect's own error instead.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The transport could not connect.
    #[error("no connection could be made")]
    Connect(#[source] SharedError),
    /// No connection in time.
    #[error("no connection was made within {} s; is the address right, and does a firewall drop the packets?", .within.as_secs_f32())]
    ConnectTimeout {
        /// The bound that was set.
        within: std::time::Duration,
    },
    /// The TLS handshake failed.
    #[error("the TLS handshake failed")]
    Tls(#[source] SharedError),
    /// The server sent something behind the element that starts TLS (RFC 6120 §5.4.3.3). Somebody
    /// on the way may have injected it.
    #[error(
        "the server sent {count} bytes unencrypted where TLS had to begin; somebody on the way may have injected them"
    )]
    BytesBeforeTls {
        /// How many bytes.
        count: usize,
    },
    /// The socket reported an error.
    #[error("the socket failed at '{call}' while we waited for {awaiting}")]
    Socket {
        /// The call that failed: `read`, `write`.
        call: &'static str,
        /// What we waited for.
        awaiting: &'static str,
        /// The phase in which it struck.
        during: Phase,
        /// The operating system's error.
        #[source]
        source: Arc<io::Error>,
    },
    /// The peer ended the stream or the connection.
    #[error("the server closed the {} while we waited for {awaiting}", if *.orderly { "stream" } else { "connection without ending the stream" })]
    PeerClosed {
        /// True where it ended its stream first, as it should.
        orderly: bool,
        /// What we waited for.
        awaiting: &'static str,
    },
    /// The peer ended the stream with an error.
    #[error("the server ended the stream while we waited for {awaiting}: {error}")]
    Stream {
        /// What the server said.
        #[source]
        error: StreamError,
        /// What we waited for.
        awaiting: &'static str,
        /// Whether another attempt can succeed.
        retry: Retry,
    },
    /// TLS ended without `close_notify` before the peer's stream end (RFC 8446 §6.1): what came
    /// may be cut short.
    #[error(
        "truncated: the TLS connection ended without a close_notify before the stream's end, while we waited for {awaiting}"
    )]
    Truncated {
        /// What we waited for.
        awaiting: &'static str,
    },
    /// The peer sent XML that is refused.
    #[error("the server sent XML that is refused ({})", .0.condition())]
    Xml(#[source] XmlError),
    /// The connection ended within a node.
    #[error("the connection ended in the middle of a node")]
    HalfNode,
    /// The peer's stream header has another content namespace than ours (RFC 6120 §4.8.2).
    #[error(
        "the server's stream is of {} where '{expected}' was asked for; is this the right port?",
        if found.is_empty() { "no content namespace".to_owned() } else { format!("'{found}'") }
    )]
    WrongStream {
        /// The content namespace that the peer has; empty where it declares none.
        found: String,
        /// The one that we asked for.
        expected: String,
    },
    /// Too much came before the session was ready.
    #[error(
        "the server sent more stanzas than {bytes} bytes of memory hold before the session was ready"
    )]
    TooEarly {
        /// The bound on the memory that they take.
        bytes: usize,
    },
    /// A step of the negotiation, or all of it, took too long.
    #[error("no answer in time while we waited for {awaiting}")]
    Deadline {
        /// What we waited for.
        awaiting: &'static str,
    },
    /// The dialect gave up; this is its error, and the condition that the peer was told.
    #[error("{0}")]
    Dialect(SharedError, Retry, Option<StreamCondition>),
    /// The stream end could not be written in time: the peer does not read.
    #[error("the server did not take our stream end in time")]
    NotFlushed,
    /// A shutdown was asked for, and came to its end.
    #[error("closed as asked for")]
    Shutdown,
    /// A shutdown was asked for; the peer did not answer our stream end, but let the time pass, or
    /// closed the connection without its own.
    #[error("closed as asked for; the server did not answer our stream end")]
    ShutdownUnanswered,
    /// The peer has not said anything for as long as it may (see
    /// [`Keepalive`](crate::Keepalive)): it is gone, or the way to it.
    #[error("the server has not said anything for {} s, and did not answer", .heard_before.as_secs_f32())]
    Silent {
        /// When it was heard last.
        heard_before: std::time::Duration,
    },
    /// Another attempt was asked for in its place.
    #[error("closed to connect anew, as asked for")]
    Reconnect,
    /// The connection was dropped at once, as asked for.
    #[error("halted as asked for")]
    Halted,
}

/// Which side ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Party {
    /// We did.
    Us,
    /// The peer did.
    Peer,
    /// What lies between did: the operating system or the network.
    Network,
}

impl Error {
    /// Who ended it.
    #[must_use]
    pub const fn by(&self) -> Party {
        match self {
            Self::PeerClosed { .. } | Self::Stream { .. } | Self::Truncated { .. } => Party::Peer,
            Self::Connect(_) | Self::ConnectTimeout { .. } | Self::Tls(_) | Self::Socket { .. } => {
                Party::Network
            }
            _ => Party::Us,
        }
    }

    /// True where we have asked for the end: it is no failure.
    #[must_use]
    pub const fn was_asked_for(&self) -> bool {
        matches!(self, Self::Shutdown | Self::ShutdownUnanswered | Self::Reconnect | Self::Halted)
    }

    /// The stream error condition that stands for it: the one the peer sent, or the one it was
    /// sent (RFC 6120 §4.9.3).
    #[must_use]
    pub fn condition(&self) -> Option<StreamCondition> {
        Some(match self {
            Self::Stream { error, .. } => error.condition(),
            Self::Xml(error) => error.condition(),
            Self::HalfNode => StreamCondition::NotWellFormed,
            Self::WrongStream { .. } => StreamCondition::InvalidNamespace,
            Self::TooEarly { .. } => StreamCondition::PolicyViolation,
            Self::Deadline { .. } | Self::Silent { .. } => StreamCondition::ConnectionTimeout,
            Self::Dialect(_, _, told) => return *told,
            _ => return None,
        })
    }

    /// Whether another attempt can succeed.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Dialect(_, retry, _) => *retry,
            Self::Shutdown
            | Self::ShutdownUnanswered
            | Self::Halted
            | Self::Reconnect
            | Self::WrongStream { .. } => Retry::Never,
            Self::Tls(error) if is_loss(&**error) => Retry::Later,
            // A certificate that fails does so again.
            Self::Tls(_) | Self::BytesBeforeTls { .. } => Retry::Never,
            Self::Stream { retry, .. } => *retry,
            _ => Retry::Later,
        }
    }
}

/// Whether a handshake failed because the connection was lost: another may stand. What TLS itself
/// has to say comes as an [`io::Error`] too, but as one of invalid data.
fn is_loss(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    let mut chain = std::iter::from_fn(|| {
        let error = next?;
        next = error.source();
        Some(error)
    });
    let error = chain.find_map(<dyn StdError>::downcast_ref::<io::Error>);
    error.is_some_and(|error| {
        use io::ErrorKind::{
            BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof,
        };
        let lost = [UnexpectedEof, ConnectionReset, ConnectionAborted, BrokenPipe, TimedOut];
        error.raw_os_error().is_some() || lost.contains(&error.kind())
    })
}

/// Whether another attempt can succeed after the peer has ended the stream with this condition,
/// where no step makes it mean something else.
pub(crate) const fn retry_after(condition: StreamCondition) -> Retry {
    match condition {
        StreamCondition::SeeOtherHost => Retry::OtherHost,
        StreamCondition::NotAuthorized => Retry::NewCredentials,
        StreamCondition::Conflict
        | StreamCondition::HostUnknown
        | StreamCondition::HostGone
        | StreamCondition::UnsupportedVersion
        | StreamCondition::InvalidNamespace => Retry::Never,
        _ => Retry::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("no TLS")]
    struct NoTls(#[source] Option<io::Error>);

    #[test]
    fn a_handshake_that_lost_its_connection_may_be_tried_again() {
        let retry = |cause: Option<io::Error>| Error::Tls(Arc::new(NoTls(cause))).retry();
        assert_eq!(retry(Some(io::ErrorKind::UnexpectedEof.into())), Retry::Later);
        assert_eq!(retry(Some(io::ErrorKind::ConnectionReset.into())), Retry::Later);
        // No route to host, on Linux.
        assert_eq!(retry(Some(io::Error::from_raw_os_error(113))), Retry::Later);
        assert_eq!(retry(Some(io::ErrorKind::InvalidData.into())), Retry::Never);
        assert_eq!(retry(None), Retry::Never);
        let itself = Error::Tls(Arc::new(io::Error::from(io::ErrorKind::UnexpectedEof)));
        assert_eq!(itself.retry(), Retry::Later);
    }
}
