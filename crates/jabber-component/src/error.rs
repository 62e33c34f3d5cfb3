use jabber_dialect::{Failure, Retry};
use jabber_status::ErrorStatus;
use jabber_xml::{StreamError, XmlError};

/// Why the handshake failed. The variant says who is at fault.
///
/// None contains a secret.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server broke the protocol.
    #[error(transparent)]
    PeerMisbehaved(#[from] Misbehaviour),
    /// The server refused the handshake.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The configuration or the program around us is at fault.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// How the server broke the protocol.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Its header has no `id`, which the handshake's digest is over (XEP-0114 §3).
    #[error("the server's stream header has no id, so there is no handshake")]
    NoStreamId,
}

/// How the server refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The handshake is wrong, or that domain may not be served (XEP-0114 §3).
    #[error("the server refused the handshake, check the secret and the domain: {0}")]
    Handshake(#[source] StreamError),
}

/// What the configuration or the surrounding program did wrong.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// The pipe begins with TLS, and the handshake has not taken place: the driver's part.
    #[error("the program is at fault: TLS comes first on this connection")]
    TlsFirst,
    /// The handshake cannot be written as XML.
    #[error("the handshake cannot be written as XML")]
    Unwritable(#[source] XmlError),
}

impl Error {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Rejected(_) => Retry::NewCredentials,
            Self::PeerMisbehaved(_) | Self::Misuse(_) => Retry::Never,
        }
    }

    /// The failure of the step that this status stands for.
    pub(crate) fn fails(self, step: ErrorStatus) -> Failure {
        let retry = self.retry();
        Failure::new(step, self, retry)
    }
}
