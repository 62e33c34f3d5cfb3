use jabber_dialect::{Failure, Retry, StanzaCondition, StanzaError, StanzaErrorType};
use jabber_jid::Jid;
use jabber_login as login;
pub use jabber_login::Misuse;
use jabber_sasl::SaslError;
use jabber_status::ErrorStatus;

/// Why a step of the negotiation failed. The variant says who is at fault.
///
/// None contains a secret. Texts of the server are shown with control characters escaped.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server broke the protocol.
    #[error(transparent)]
    PeerMisbehaved(#[from] Misbehaviour),
    /// The server cannot do what we need.
    #[error(transparent)]
    PeerIncompatible(#[from] Incompatibility),
    /// The server refused what we asked for.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The login was broken off on our side, before or after the server said that it succeeded.
    #[error("the login was broken off: {0}")]
    Login(#[from] SaslError),
    /// The configuration or the program around us is at fault.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// How the server broke the protocol.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// In TLS or SASL, or by an element of theirs in a later step.
    #[error(transparent)]
    Login(#[from] login::Misbehaviour),
    /// The answer to the bind holds no full JID (RFC 6120 §7.6.1).
    #[error("the server confirmed the bind without a valid full JID")]
    BindWithoutJid,
    /// Another account than ours was bound (RFC 6120 §7.6.1). Configure another JID, or accept any.
    #[error("the server bound '{bound}', which is not of the account '{expected}'")]
    ForeignJid {
        /// What the server bound.
        bound: Jid,
        /// The bare JID that was to be bound.
        expected: Jid,
    },
}

/// What the server cannot do.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// XMPP 1.0, TLS, or a login that we have.
    #[error(transparent)]
    Login(#[from] login::Incompatibility),
    /// No resource can be bound (RFC 6120 §7.4 makes it mandatory).
    #[error("the server offers no resource binding")]
    NoBind,
}

/// What the server refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// TLS, the login, or a later step by a stream error about it.
    #[error(transparent)]
    Login(#[from] login::Rejection),
    /// The resource binding (RFC 6120 §7.6.2, §7.7.2).
    #[error("the server refused to bind the resource: {0}")]
    Bind(#[source] StanzaError),
    /// The session (RFC 3921 §3).
    #[error("the server refused the session: {0}")]
    Session(#[source] StanzaError),
}

impl Error {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Rejected(Rejection::Login(error)) => error.retry(),
            Self::Rejected(Rejection::Bind(error) | Rejection::Session(error)) => retry_of(error),
            Self::PeerIncompatible(Incompatibility::Login(error)) => error.retry(),
            Self::Login(error) => login::retry_after(error),
            Self::PeerMisbehaved(_) | Self::PeerIncompatible(_) | Self::Misuse(_) => Retry::Never,
        }
    }

    /// The failure of the step that this status stands for.
    pub(crate) fn fails(self, step: ErrorStatus) -> Failure {
        let retry = self.retry();
        Failure::new(step, self, retry)
    }
}

impl From<login::Error> for Error {
    fn from(error: login::Error) -> Self {
        match error {
            login::Error::PeerMisbehaved(error) => Misbehaviour::from(error).into(),
            login::Error::PeerIncompatible(error) => Incompatibility::from(error).into(),
            login::Error::Rejected(error) => Rejection::from(error).into(),
            login::Error::Login(error) => error.into(),
            login::Error::Misuse(error) => error.into(),
        }
    }
}

/// RFC 6120 §8.3.2 says what each type lets the sender do; where there is none the condition does.
const fn retry_of(error: &StanzaError) -> Retry {
    match (error.kind, &error.condition) {
        (Some(StanzaErrorType::Wait), _)
        | (None, StanzaCondition::ResourceConstraint | StanzaCondition::InternalServerError) => {
            Retry::Later
        }
        (Some(StanzaErrorType::Auth), _) | (None, StanzaCondition::NotAuthorized) => {
            Retry::NewCredentials
        }
        _ => Retry::Never,
    }
}
