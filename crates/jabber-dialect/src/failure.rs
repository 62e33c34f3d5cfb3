use std::{error::Error, fmt, sync::Arc};

use jabber_status::ErrorStatus;
use jabber_xml::StreamError;

/// The end of an attempt, found by its dialect.
///
/// It becomes an event of kind [`cause`](Self::cause), whose
/// [`error`](jabber_status::StatusEvent::error) is the dialect's own typed error.
#[derive(Clone, Debug)]
pub struct Failure(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    cause: Option<ErrorStatus>,
    error: Arc<dyn Error + Send + Sync>,
    stream_error: Option<StreamError>,
    retry: Retry,
}

impl Failure {
    /// The failure of a step: AUTHFAIL, SSLFAIL, BINDFAIL or SESSIONFAIL.
    pub fn new(
        cause: ErrorStatus,
        error: impl Error + Send + Sync + 'static,
        retry: Retry,
    ) -> Self {
        Self(Box::new(Inner {
            cause: Some(cause),
            error: Arc::new(error),
            stream_error: None,
            retry,
        }))
    }

    /// A failure that belongs to no step: it shows in SOCKETDISCONNECT alone.
    pub fn disconnect(error: impl Error + Send + Sync + 'static, retry: Retry) -> Self {
        Self(Box::new(Inner { cause: None, error: Arc::new(error), stream_error: None, retry }))
    }

    /// Tells the peer why, before our stream end (RFC 6120 §4.9).
    #[must_use]
    pub fn with_stream_error(mut self, error: StreamError) -> Self {
        self.0.stream_error = Some(error);
        self
    }

    /// Which error status fires; `None` where it is SOCKETDISCONNECT alone.
    #[must_use]
    pub fn cause(&self) -> Option<ErrorStatus> {
        self.0.cause
    }

    /// The dialect's own error.
    #[must_use]
    pub fn error(&self) -> &Arc<dyn Error + Send + Sync> {
        &self.0.error
    }

    /// What the peer is told.
    #[must_use]
    pub fn stream_error(&self) -> Option<&StreamError> {
        self.0.stream_error.as_ref()
    }

    /// Whether another attempt can succeed.
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.0.retry
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.error.source()
    }
}

/// Whether another attempt can succeed, and what has to change first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// Not without another configuration or another server.
    Never,
    /// Perhaps, after a pause: the fault passes.
    Later,
    /// With other credentials.
    NewCredentials,
    /// On the host that the server named.
    OtherHost,
}
