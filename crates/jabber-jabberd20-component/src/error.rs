use jabber_dialect::{Failure, Retry};
use jabber_jid::Jid;
use jabber_login as login;
pub use jabber_login::{Incompatibility, Misbehaviour, Misuse};
use jabber_sasl::SaslError;
use jabber_security::Untrusted;
use jabber_status::ErrorStatus;
use jabber_xml::Element;

/// Why a step of the negotiation failed. The variant says who is at fault.
///
/// None contains a secret. Texts of the router are shown with control characters escaped.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The router broke the protocol.
    #[error(transparent)]
    PeerMisbehaved(#[from] Misbehaviour),
    /// The router cannot do what we need.
    #[error(transparent)]
    PeerIncompatible(#[from] Incompatibility),
    /// The router refused what we asked for.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The login was broken off on our side, before or after the router said that it succeeded.
    #[error("the login was broken off: {0}")]
    Login(#[from] SaslError),
    /// The configuration or the program around us is at fault.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// What the router refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// TLS, the login, or the bind by a stream error about it.
    #[error(transparent)]
    Login(#[from] login::Rejection),
    /// A name.
    #[error("the router refused to bind '{name}': {error}")]
    Bind {
        /// The name that was to be bound.
        name: Jid,
        /// Why.
        #[source]
        error: BindError,
    },
}

impl Error {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Rejected(Rejection::Login(error)) => error.retry(),
            Self::Rejected(Rejection::Bind { error, .. }) => error.retry(),
            Self::PeerIncompatible(error) => error.retry(),
            Self::Login(error) => login::retry_after(error),
            Self::PeerMisbehaved(_) | Self::Misuse(_) => Retry::Never,
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
            login::Error::PeerMisbehaved(error) => error.into(),
            login::Error::PeerIncompatible(error) => error.into(),
            login::Error::Rejected(error) => Rejection::from(error).into(),
            login::Error::Login(error) => error.into(),
            login::Error::Misuse(error) => error.into(),
        }
    }
}

/// Why the router refused a bind or an unbind: the `error` of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// 400: the name is missing or is none.
    #[error("it has no name, or one that is none (400)")]
    BadRequest,
    /// 401: we are not logged in.
    #[error("we are not logged in (401)")]
    NotAuthorized,
    /// 403: the name is not the user's own and the user may not bind others; or it may not have
    /// copies, or be the default.
    #[error(
        "the router's user may bind no name but its own, may have no copies, or may not be the default (403)"
    )]
    Forbidden,
    /// 404: the name that was to be unbound is not ours.
    #[error("the name is not bound here (404)")]
    NotFound,
    /// 409: the name is taken or an alias, or there is a default already.
    #[error("the name is taken, or there is a default component already (409)")]
    Conflict,
    /// Anything else, as it stands.
    #[error("error '{}'", Untrusted::new(.0))]
    Other(String),
}

impl BindError {
    /// The error of the router's answer to a `<bind/>` or `<unbind/>`; `None` where it confirms.
    #[must_use]
    pub fn of(answer: &Element) -> Option<Self> {
        Some(match &*answer.attribute("error")? {
            "400" => Self::BadRequest,
            "401" => Self::NotAuthorized,
            "403" => Self::Forbidden,
            "404" => Self::NotFound,
            "409" => Self::Conflict,
            other => Self::Other(other.to_owned()),
        })
    }

    /// The code on the wire; `None` where it is no number.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::BadRequest => Some(400),
            Self::NotAuthorized => Some(401),
            Self::Forbidden => Some(403),
            Self::NotFound => Some(404),
            Self::Conflict => Some(409),
            Self::Other(other) => other.parse().ok(),
        }
    }

    const fn retry(&self) -> Retry {
        match self {
            Self::NotAuthorized | Self::Forbidden => Retry::NewCredentials,
            // As a rule it is our own connection of before, which the router still takes for alive.
            Self::Conflict => Retry::Later,
            Self::BadRequest | Self::NotFound | Self::Other(_) => Retry::Never,
        }
    }
}
