use std::{error, fmt, sync::Arc};

use jabber_connection::{RequestEnd, RequestEndKind, Returned, SendError, SharedError};
use jabber_dialect::{Retry, StanzaError};
use jabber_status::{ErrorStatus, Phase};
use jabber_xml::Element;

/// Why a connection could not be made, or ended: an error status with its cause.
#[derive(Clone, Debug)]
pub struct Error {
    pub(crate) status: ErrorStatus,
    pub(crate) phase: Phase,
    pub(crate) retry: Retry,
    pub(crate) source: SharedError,
}

impl Error {
    /// What a session that was never connected says.
    pub(crate) fn not_connected() -> Self {
        Self {
            status: ErrorStatus::ConnectFail,
            phase: Phase::Idle,
            retry: Retry::Later,
            source: Arc::new(NotConnected),
        }
    }

    /// The error status that was fired.
    #[must_use]
    pub const fn status(&self) -> ErrorStatus {
        self.status
    }

    /// The phase in which it struck.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether another attempt can succeed.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        self.retry
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{} during {}: {}", self.status, self.phase, self.source);
        let mut source = self.source.source();
        while let Some(cause) = source {
            // Many an error says itself what it comes from.
            let told = cause.to_string();
            if !text.contains(&told) {
                text.push_str(": ");
                text.push_str(&told);
            }
            source = cause.source();
        }
        f.write_str(&text)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// Why a request has no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It was answered with an error.
    #[error("the request was answered with an error: {error}")]
    Answered {
        /// What the error says.
        error: Box<StanzaError>,
        /// The whole answer.
        answer: Element,
    },
    /// It was not accepted for sending.
    #[error("the request was not sent: {0}")]
    Refused(#[source] SendError),
    /// Its time ran out.
    #[error("the request was not answered in time")]
    TimedOut,
    /// The connection was lost. Whether the peer acted on it is not known.
    #[error("the connection was lost before the request was answered")]
    Disconnected,
    /// It was cancelled, or taken out of the queue.
    #[error("the request was cancelled")]
    Cancelled,
    /// The session is gone.
    #[error(transparent)]
    SessionGone(#[from] SessionGone),
}

impl RequestError {
    pub(crate) fn result(end: RequestEnd) -> Result<Element, Self> {
        Err(match end {
            RequestEnd::Answer(answer) => return Ok(answer),
            RequestEnd::Error(answer) => {
                let error = StanzaError::of(answer.root())
                    .or_else(|| of_the_router(&answer))
                    .unwrap_or_else(StanzaError::undefined);
                Self::Answered { error: Box::new(error), answer }
            }
            RequestEnd::Unanswered(RequestEndKind::TimedOut) => Self::TimedOut,
            RequestEnd::Unanswered(RequestEndKind::Disconnected) => Self::Disconnected,
            _ => Self::Cancelled,
        })
    }
}

/// Why a stanza was not written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// It was not accepted for sending.
    #[error("the stanza was not accepted: {0}")]
    Refused(#[source] SendError),
    /// It was accepted, and came back.
    #[error(transparent)]
    Returned(Returned),
    /// The session is gone.
    #[error(transparent)]
    SessionGone(#[from] SessionGone),
}

/// What the jabberd 2.0 router refuses (a bind, an unbind) has a code alone.
fn of_the_router(answer: &Element) -> Option<StanzaError> {
    Some(StanzaError::from_code(answer.attribute("error")?.parse().ok()?))
}

/// The session that a [`Client`](crate::Client) belongs to has ended or was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionGone;

impl fmt::Display for SessionGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the session has ended; build a new one")
    }
}

impl error::Error for SessionGone {}

#[derive(Debug)]
struct NotConnected;

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing is connected; call connect first")
    }
}

impl error::Error for NotConnected {}
