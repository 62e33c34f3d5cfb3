use std::error::Error as StdError;

use jabber_dialect::Failure;
use jabber_status::ErrorStatus;
use jabber_xml::StreamError;

use crate::Error;

/// A step has failed. It becomes a [`Failure`] as soon as the error is the dialect's own.
#[derive(Clone, Debug)]
pub struct Failed(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    step: Option<ErrorStatus>,
    error: Error,
    told: Option<StreamError>,
}

impl Failed {
    /// The failure of the step that this status stands for.
    pub fn new(step: ErrorStatus, error: impl Into<Error>) -> Self {
        Self(Box::new(Inner { step: Some(step), error: error.into(), told: None }))
    }

    /// A failure that belongs to no step; the peer is told why (RFC 6120 §4.9).
    pub(crate) fn disconnect(error: impl Into<Error>, told: StreamError) -> Self {
        Self(Box::new(Inner { step: None, error: error.into(), told: Some(told) }))
    }

    /// The failure, with the error as that dialect's.
    #[must_use]
    pub fn into_failure<E>(self) -> Failure
    where
        E: From<Error> + StdError + Send + Sync + 'static,
    {
        let Inner { step, error, told } = *self.0;
        let retry = error.retry();
        let error = E::from(error);
        let failure = match step {
            Some(step) => Failure::new(step, error, retry),
            None => Failure::disconnect(error, retry),
        };
        match told {
            Some(told) => failure.with_stream_error(told),
            None => failure,
        }
    }
}
