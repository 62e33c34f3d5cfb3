use std::{error::Error, fmt};

use jabber_jid::JidError;
use jabber_xml::{Element, XmlError};

/// A stanza that was not accepted for sending. Nothing of it was sent, and it is handed back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SendError {
    /// The stanza.
    pub stanza: Element,
    /// Why it was not accepted.
    pub reason: SendErrorReason,
}

/// Why a stanza was not accepted for sending.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendErrorReason {
    /// The connection is closing. Connect again, then send.
    #[error("the connection is closing; nothing more is accepted until the next connect")]
    Closing,
    /// The queue is at its bound. Purge it, take it back, or give it a higher bound.
    #[error("the queue is full; purge it or take it back, or raise its bound")]
    QueueFull,
    /// The write buffer is at its bound: the peer does not read as fast as we write. Wait.
    #[error("the server does not read as fast as we write; wait until it does")]
    WouldBlock,
    /// As many requests as may be without an end are so
    /// ([`Config::requests`](crate::Config::requests)). Wait for one to end, or give a higher bound.
    #[error("too many requests have no answer yet; wait for one to end, or raise their bound")]
    TooManyRequests,
    /// Only iq, message and presence of the content namespace can be requests.
    #[error("only an iq, a message or a presence can be a request")]
    NotAStanza,
    /// The request's `to` is no JID, so no answer to it could be recognised.
    #[error("the attribute 'to' is not an address: {0}")]
    To(#[source] JidError),
    /// The stanza cannot be put in the dialect's form.
    #[error("the stanza cannot be sent in this dialect: {0}")]
    Xml(#[source] XmlError),
}

impl SendError {
    /// Hands `stanza` back for that reason.
    #[must_use]
    pub const fn new(stanza: Element, reason: SendErrorReason) -> Self {
        Self { stanza, reason }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.reason.source()
    }
}
