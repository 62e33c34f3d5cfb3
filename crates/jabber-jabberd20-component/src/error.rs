use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    sync::Arc,
};

use jabber_dialect::{Failure, Retry};
use jabber_jid::Jid;
use jabber_sasl::{ChooseError, FailureCondition, SaslError};
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamCondition, StreamError, XmlError};

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

/// How the router broke the protocol.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// An element of the negotiation where it does not belong.
    #[error("the router sent <{}/> while we waited for {awaiting}", Untrusted(element))]
    Unexpected {
        /// Its local name.
        element: String,
        /// What we waited for.
        awaiting: &'static str,
    },
    /// SASL data that is no base64 (RFC 6120 §13.9.1).
    #[error("the router sent SASL data that is not base64")]
    Base64 {
        /// What is wrong with it.
        #[source]
        source: Arc<dyn StdError + Send + Sync>,
    },
}

/// What the router cannot do.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// Its header has no version, or one below 1.0: it will send no features.
    #[error(
        "the router's stream is of version {}; 1.0 is needed (it may be served by another dialect)",
        Untrusted(found.as_deref().unwrap_or("before 1.0"))
    )]
    Version {
        /// What its header says.
        found: Option<String>,
    },
    /// TLS is required here, and the router does not offer it. Somebody on the way may have removed
    /// the offer.
    #[error(
        "TLS is required, and the router does not offer STARTTLS: it has no certificate (<pemfile/>), or somebody on the way has removed the offer"
    )]
    NoStartTls,
    /// The router wants TLS before any login, and it is switched off here.
    #[error("the router offers no login without TLS, and TLS is switched off here; switch it on")]
    WantsTls,
    /// There is no mechanism to log in with.
    #[error("no way to log in: {0}")]
    Mechanisms(#[source] ChooseError),
}

/// What the router refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// STARTTLS, though it had offered it (RFC 6120 §5.4.2.2).
    #[error("the router offered STARTTLS and then refused it")]
    Tls,
    /// The login (RFC 6120 §6.5).
    #[error("the router refused the login: {condition}{}", Text(text.as_deref()))]
    Login {
        /// Why.
        condition: FailureCondition,
        /// The router's explanation, for people.
        text: Option<String>,
    },
    /// A name.
    #[error("the router refused to bind '{name}': {error}")]
    Bind {
        /// The name that was to be bound.
        name: Jid,
        /// Why.
        #[source]
        error: BindError,
    },
    /// The step, by a stream error about it.
    #[error(
        "the router ended the stream while we waited for {awaiting}: {}",
        Untrusted(&.error.to_string())
    )]
    Stream {
        /// What the router said.
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
    pub fn retry(&self) -> Retry {
        match self {
            Self::Rejected(rejection) => rejection.retry(),
            Self::PeerIncompatible(Incompatibility::Mechanisms(
                ChooseError::Username | ChooseError::Password | ChooseError::Authzid,
            ))
            | Self::Login(SaslError::Refused { .. } | SaslError::Unwritable) => {
                Retry::NewCredentials
            }
            Self::Login(SaslError::Stale) => Retry::Later,
            _ => Retry::Never,
        }
    }

    /// The failure of the step that this status stands for.
    pub(crate) fn fails(self, step: ErrorStatus) -> Failure {
        let retry = self.retry();
        Failure::new(step, self, retry)
    }
}

impl Rejection {
    fn retry(&self) -> Retry {
        match self {
            // RFC 6120 §5.4.2.2: one may connect again.
            Self::Tls => Retry::Later,
            Self::Login { condition, .. } if condition.is_temporary() => Retry::Later,
            Self::Login { .. } => Retry::NewCredentials,
            Self::Bind { error, .. } => error.retry(),
            Self::Stream { error, .. } if error.condition() == StreamCondition::NotAuthorized => {
                Retry::NewCredentials
            }
            Self::Stream { .. } => Retry::Never,
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
    #[error("error '{}'", Untrusted(.0))]
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

/// `: ` and the text, if there is one.
struct Text<'a>(Option<&'a str>);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |text| write!(f, ": {}", Untrusted(text)))
    }
}

/// What the router wrote, without what would confuse a terminal or a log.
struct Untrusted<'a>(&'a str);

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\'' | '"' | '\\' => f.write_char(character),
            other => other.escape_debug().try_for_each(|escaped| f.write_char(escaped)),
        })
    }
}
