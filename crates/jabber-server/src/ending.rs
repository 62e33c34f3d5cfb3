//! How a stream comes to its end.

use std::io;

use jabber_xml::{StreamCondition, StreamError, XmlError};

/// Why a stream ends, and so what is still to be written.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The connection is lost: nothing can be written.
    Lost,
    /// In good order: the end tag is all that is missing (RFC 6120 §4.4).
    Closed,
    /// With an error (RFC 6120 §4.9).
    Error(Box<StreamError>),
}

impl Ending {
    /// An error with a text for the person who debugs the peer.
    pub(crate) fn because(condition: StreamCondition, text: &str) -> Self {
        Self::Error(Box::new(StreamError::new(condition).with_text(text)))
    }
}

impl From<StreamCondition> for Ending {
    fn from(condition: StreamCondition) -> Self {
        Self::Error(Box::new(condition.into()))
    }
}

impl From<XmlError> for Ending {
    fn from(error: XmlError) -> Self {
        Self::because(error.condition(), &error.to_string())
    }
}

impl From<io::Error> for Ending {
    fn from(_: io::Error) -> Self {
        Self::Lost
    }
}

impl From<getrandom::Error> for Ending {
    fn from(_: getrandom::Error) -> Self {
        StreamCondition::InternalServerError.into()
    }
}
