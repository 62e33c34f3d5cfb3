use std::{error::Error as StdError, sync::Arc};

use jabber_dialect::Retry;
use jabber_sasl::{ChooseError, LoginRefused, Mechanism, SaslError};
use jabber_security::Untrusted;
use jabber_xml::{StreamCondition, StreamError, XmlError};

use crate::Peer;

/// Why TLS or the login failed. The variant says who is at fault.
///
/// None contains a secret. Texts of the peer are shown with control characters escaped. There will be
/// no further variant, so that a dialect can take each into its own errors.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The peer broke the protocol.
    #[error(transparent)]
    PeerMisbehaved(#[from] Misbehaviour),
    /// The peer cannot do what we need.
    #[error(transparent)]
    PeerIncompatible(#[from] Incompatibility),
    /// The peer refused what we asked for.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The login was broken off on our side, before or after the peer said that it succeeded.
    #[error("the login was broken off: {0}")]
    Login(#[from] SaslError),
    /// The configuration or the program around us is at fault.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// How the peer broke the protocol.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// An element of TLS or SASL where it does not belong.
    #[error("{} sent <{}/> while we waited for {awaiting}", peer.name, Untrusted::new(element))]
    Unexpected {
        /// Who sent it.
        peer: &'static Peer,
        /// Its local name.
        element: String,
        /// What we waited for.
        awaiting: &'static str,
    },
    /// SASL data that is no base64 (RFC 6120 §13.9.1).
    #[error("{} sent SASL data that is not base64", peer.name)]
    Base64 {
        /// Who sent it.
        peer: &'static Peer,
        /// What is wrong with it.
        #[source]
        source: Arc<dyn StdError + Send + Sync>,
    },
}

/// What the peer cannot do.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// The version in its stream header is below 1.0, or there is none (RFC 6120 §4.7.5): no features
    /// will follow.
    #[error(
        "{} {}; 1.0 is needed ({})",
        peer.speaks,
        Untrusted::new(found.as_deref().unwrap_or("before 1.0")),
        peer.if_too_old
    )]
    Version {
        /// Whose header it is.
        peer: &'static Peer,
        /// What its header says.
        found: Option<String>,
    },
    /// TLS is required here, and the peer does not offer it. Somebody on the way may have removed the
    /// offer.
    #[error("TLS is required, and {} does not offer STARTTLS{}", peer.name, peer.without_starttls)]
    NoStartTls {
        /// Who does not offer it.
        peer: &'static Peer,
    },
    /// The peer wants TLS before any login, and it is switched off here.
    #[error("{} offers no login without TLS, and TLS is switched off here; switch it on", peer.name)]
    WantsTls {
        /// Who wants it.
        peer: &'static Peer,
    },
    /// Nothing that it offers is as strong as what an earlier login of this session succeeded by.
    /// Somebody on the way may have cut that connection, and shortened this list.
    #[error(
        "no way to log in: {} let us in by {before}, and the best it offers now is {now}; somebody on \
         the way may have shortened the list (a new session forgets, and the configuration can \
         permit a weaker login)",
        peer.name
    )]
    Weaker {
        /// Who offers it.
        peer: &'static Peer,
        /// The strongest mechanism that a login of this session succeeded by.
        before: Mechanism,
        /// The strongest one now.
        now: Mechanism,
    },
    /// There is no mechanism to log in with.
    #[error("no way to log in: {0}")]
    Mechanisms(#[source] ChooseError),
}

/// What the peer refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// STARTTLS, though it had offered it (RFC 6120 §5.4.2.2).
    #[error("{} offered STARTTLS and then refused it", peer.name)]
    Tls {
        /// Who refused it.
        peer: &'static Peer,
    },
    /// The login (RFC 6120 §6.5).
    #[error("{} refused the login: {refused}", peer.name)]
    Sasl {
        /// Who refused it.
        peer: &'static Peer,
        /// Why.
        #[source]
        refused: LoginRefused,
    },
    /// The step, by a stream error about it.
    #[error("{} ended the stream while we waited for {awaiting}: {error}", peer.name)]
    Stream {
        /// Who ended it.
        peer: &'static Peer,
        /// What it said.
        #[source]
        error: StreamError,
        /// What we waited for.
        awaiting: &'static str,
    },
}

/// What the configuration or the surrounding program did wrong.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// TLS is switched off, and the pipe is open to everybody on the way. Nothing was sent.
    #[error(
        "TLS is switched off, and this connection leaves the machine unencrypted; nothing was sent (switch TLS on, or permit plaintext)"
    )]
    Plaintext,
    /// The transport says that a TLS handshake is complete, and that the pipe is not encrypted.
    #[error("the transport is at fault: the pipe is {security} after the TLS handshake")]
    NotEncrypted {
        /// What the transport says of the pipe.
        security: String,
    },
    /// A part of the configuration cannot be written as XML.
    #[error("a part of the configuration cannot be written as XML")]
    Unwritable(#[source] XmlError),
}

impl Error {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Rejected(rejection) => rejection.retry(),
            Self::PeerIncompatible(incompatibility) => incompatibility.retry(),
            Self::Login(error) => retry_after(error),
            Self::PeerMisbehaved(_) | Self::Misuse(_) => Retry::Never,
        }
    }
}

impl Incompatibility {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Mechanisms(error) if error.is_about_credentials() => Retry::NewCredentials,
            _ => Retry::Never,
        }
    }
}

impl Rejection {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            // RFC 6120 §5.4.2.2: one may connect again.
            Self::Tls { .. } => Retry::Later,
            Self::Sasl { refused, .. } => {
                retry(refused.condition.is_temporary(), refused.condition.is_about_credentials())
            }
            Self::Stream { error, .. } => {
                let about_us = matches!(error.condition(), StreamCondition::NotAuthorized);
                retry(false, about_us)
            }
        }
    }
}

/// Whether another attempt can succeed after a login that was broken off on our side.
#[must_use]
pub const fn retry_after(error: &SaslError) -> Retry {
    retry(error.is_temporary(), error.is_about_credentials())
}

const fn retry(is_temporary: bool, is_about_credentials: bool) -> Retry {
    match (is_temporary, is_about_credentials) {
        (true, _) => Retry::Later,
        (_, true) => Retry::NewCredentials,
        _ => Retry::Never,
    }
}
