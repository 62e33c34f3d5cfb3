use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    sync::Arc,
};

use jabber_dialect::{Failure, Retry, StanzaCondition, StanzaError, StanzaErrorType};
use jabber_jid::Jid;
use jabber_sasl::{ChooseError, FailureCondition, SaslError};
use jabber_status::ErrorStatus;
use jabber_xml::{StreamCondition, StreamError, XmlError};

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
    /// An element of the negotiation where it does not belong.
    #[error("the server sent <{}/> while we waited for {awaiting}", Untrusted(element))]
    Unexpected {
        /// Its local name.
        element: String,
        /// What we waited for.
        awaiting: &'static str,
    },
    /// SASL data that is no base64 (RFC 6120 §13.9.1).
    #[error("the server sent SASL data that is not base64")]
    Base64 {
        /// What is wrong with it.
        #[source]
        source: Arc<dyn StdError + Send + Sync>,
    },
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
    /// Its version of XMPP is below 1.0, or none (RFC 6120 §4.7.5).
    #[error(
        "the server speaks XMPP {}; 1.0 is needed (an old server may be served by another dialect)",
        Untrusted(found.as_deref().unwrap_or("before 1.0"))
    )]
    Version {
        /// What its header says.
        found: Option<String>,
    },
    /// TLS is required here, and the server does not offer it. Somebody on the way may have removed
    /// the offer.
    #[error(
        "TLS is required, and the server does not offer STARTTLS; somebody on the way may have removed the offer (try direct TLS)"
    )]
    NoStartTls,
    /// The server wants TLS before any login, and it is switched off here.
    #[error("the server offers no login without TLS, and TLS is switched off here; switch it on")]
    WantsTls,
    /// There is no mechanism to log in with.
    #[error("no way to log in: {0}")]
    Mechanisms(#[source] ChooseError),
    /// No resource can be bound (RFC 6120 §7.4 makes it mandatory).
    #[error("the server offers no resource binding")]
    NoBind,
}

/// What the server refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// STARTTLS, though it had offered it (RFC 6120 §5.4.2.2).
    #[error("the server offered STARTTLS and then refused it")]
    Tls,
    /// The login (RFC 6120 §6.5).
    #[error("the server refused the login: {condition}{}", Text(text.as_deref()))]
    Login {
        /// Why.
        condition: FailureCondition,
        /// The server's explanation, for people.
        text: Option<String>,
    },
    /// The resource binding (RFC 6120 §7.6.2, §7.7.2).
    #[error("the server refused to bind the resource: {}", Untrusted(&.0.to_string()))]
    Bind(#[source] StanzaError),
    /// The session (RFC 3921 §3).
    #[error("the server refused the session: {}", Untrusted(&.0.to_string()))]
    Session(#[source] StanzaError),
    /// The step, by a stream error about it.
    #[error(
        "the server ended the stream while we waited for {awaiting}: {}",
        Untrusted(&.error.to_string())
    )]
    Stream {
        /// What the server said.
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
            // RFC 6120 §6.5: these are about how we logged in, not as whom.
            Self::Login {
                condition:
                    FailureCondition::Aborted
                    | FailureCondition::EncryptionRequired
                    | FailureCondition::IncorrectEncoding
                    | FailureCondition::InvalidMechanism
                    | FailureCondition::MalformedRequest
                    | FailureCondition::MechanismTooWeak,
                ..
            } => Retry::Never,
            Self::Login { .. } => Retry::NewCredentials,
            Self::Bind(error) | Self::Session(error) => retry_of(error),
            Self::Stream { error, .. } if error.condition() == StreamCondition::NotAuthorized => {
                Retry::NewCredentials
            }
            Self::Stream { .. } => Retry::Never,
        }
    }
}

/// RFC 6120 §8.3.2 says what each type lets the sender do; where there is none the condition does.
fn retry_of(error: &StanzaError) -> Retry {
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

/// `: ` and the text, if there is one.
struct Text<'a>(Option<&'a str>);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |text| write!(f, ": {}", Untrusted(text)))
    }
}

/// What the server wrote, without what would confuse a terminal or a log.
struct Untrusted<'a>(&'a str);

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\'' | '"' | '\\' => f.write_char(character),
            other => other.escape_debug().try_for_each(|escaped| f.write_char(escaped)),
        })
    }
}
