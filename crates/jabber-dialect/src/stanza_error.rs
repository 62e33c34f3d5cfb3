use std::{error::Error, fmt};

use jabber_security::Untrusted;
use jabber_xml::{ElementRef, ns};

/// The error that a stanza of type `error` carries (RFC 6120 §8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StanzaError {
    /// What went wrong.
    pub condition: StanzaCondition,
    /// What the sender may do, where the peer says so.
    pub kind: Option<StanzaErrorType>,
    /// The peer's explanation, for people.
    pub text: Option<String>,
    /// The code of older servers (XEP-0086), such as 401.
    pub code: Option<u16>,
}

impl StanzaError {
    /// Reads the `<error/>` of a stanza. `None` where it has none.
    ///
    /// Servers before RFC 3920 give a code and a text alone; the condition is then derived from
    /// the code (XEP-0086 §2).
    #[must_use]
    pub fn of(stanza: ElementRef<'_>) -> Option<Self> {
        // RFC 6120 §8.3.2: it is in the namespace that the stanza is in.
        let error = stanza.child("error", stanza.namespace())?;
        let code = error.attribute("code").and_then(|code| code.parse().ok());
        let condition = error
            .children()
            .find(|child| child.namespace() == ns::STANZA_ERRORS && child.name() != "text")
            .map(|child| StanzaCondition::from_name(child.name()))
            .or_else(|| code.map(StanzaCondition::from_code))
            .unwrap_or(StanzaCondition::UndefinedCondition);
        let text = match error.child("text", ns::STANZA_ERRORS) {
            Some(text) => text.text(),
            None => error.text(),
        };
        let text = text.trim();
        Some(Self {
            condition,
            kind: error.attribute("type").and_then(|kind| StanzaErrorType::from_name(&kind)),
            text: (!text.is_empty()).then(|| text.to_owned()),
            code,
        })
    }

    /// The error of a stanza that says it is one and does not say which.
    #[must_use]
    pub const fn undefined() -> Self {
        Self { condition: StanzaCondition::UndefinedCondition, kind: None, text: None, code: None }
    }

    /// The error that a code alone stands for (XEP-0086 §2).
    #[must_use]
    pub fn from_code(code: u16) -> Self {
        let condition = StanzaCondition::from_code(code);
        Self { condition, code: Some(code), ..Self::undefined() }
    }
}

impl fmt::Display for StanzaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Untrusted::new(self.condition.as_str()).fmt(f)?;
        if let Some(code) = self.code {
            write!(f, " (code {code})")?;
        }
        match &self.text {
            Some(text) => write!(f, ": {}", Untrusted::new(text)),
            None => Ok(()),
        }
    }
}

impl Error for StanzaError {}

/// What the sender of a failed stanza may do (RFC 6120 §8.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StanzaErrorType {
    /// Try again after providing credentials.
    Auth,
    /// Do not try again.
    Cancel,
    /// Go on; it was only a warning.
    Continue,
    /// Change what was sent, then try again.
    Modify,
    /// Try again after waiting.
    Wait,
}

impl StanzaErrorType {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Cancel => "cancel",
            Self::Continue => "continue",
            Self::Modify => "modify",
            Self::Wait => "wait",
        }
    }

    /// The type of that name; `None` where RFC 6120 defines none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Auth, Self::Cancel, Self::Continue, Self::Modify, Self::Wait]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

macro_rules! conditions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// A stanza error's defined condition (RFC 6120 §8.3.3).
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum StanzaCondition {
            $($(#[$doc])* $variant,)*
            /// A condition that RFC 6120 does not define, by its name.
            Other(String),
        }

        impl StanzaCondition {
            /// The condition's name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }

            /// The condition of that name; an unknown one is kept as [`Other`](Self::Other).
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }

            /// The condition that an old server's code stands for (XEP-0086 §3).
            #[must_use]
            pub fn from_code(code: u16) -> Self {
                match code {
                    302 => Self::Redirect,
                    400 => Self::BadRequest,
                    401 | 402 => Self::NotAuthorized,
                    403 => Self::Forbidden,
                    404 => Self::ItemNotFound,
                    405 => Self::NotAllowed,
                    406 => Self::NotAcceptable,
                    407 => Self::RegistrationRequired,
                    408 | 504 => Self::RemoteServerTimeout,
                    409 => Self::Conflict,
                    500 => Self::InternalServerError,
                    501 => Self::FeatureNotImplemented,
                    502 | 503 | 510 => Self::ServiceUnavailable,
                    _ => Self::UndefinedCondition,
                }
            }
        }
    };
}

conditions! {
    /// The stanza is malformed.
    BadRequest = "bad-request";
    /// Access is refused because a resource of that name or address exists.
    Conflict = "conflict";
    /// The feature is not implemented.
    FeatureNotImplemented = "feature-not-implemented";
    /// The permissions do not suffice.
    Forbidden = "forbidden";
    /// The recipient has gone to another address.
    Gone = "gone";
    /// The server had a fault of its own.
    InternalServerError = "internal-server-error";
    /// The addressed JID or item does not exist.
    ItemNotFound = "item-not-found";
    /// An address in the stanza is malformed.
    JidMalformed = "jid-malformed";
    /// The stanza does not meet the recipient's criteria.
    NotAcceptable = "not-acceptable";
    /// Nobody is allowed to do this.
    NotAllowed = "not-allowed";
    /// Credentials are missing or wrong.
    NotAuthorized = "not-authorized";
    /// A local policy is violated.
    PolicyViolation = "policy-violation";
    /// The recipient is not available for now.
    RecipientUnavailable = "recipient-unavailable";
    /// Requests of this kind go to another address.
    Redirect = "redirect";
    /// A registration is required first.
    RegistrationRequired = "registration-required";
    /// A remote server does not exist or cannot be reached.
    RemoteServerNotFound = "remote-server-not-found";
    /// A remote server was not reached in time.
    RemoteServerTimeout = "remote-server-timeout";
    /// The server lacks the resources for now.
    ResourceConstraint = "resource-constraint";
    /// The service is not provided.
    ServiceUnavailable = "service-unavailable";
    /// A subscription is required first.
    SubscriptionRequired = "subscription-required";
    /// The condition is none of the defined ones.
    UndefinedCondition = "undefined-condition";
    /// The stanza was not expected now.
    UnexpectedRequest = "unexpected-request";
}

impl fmt::Display for StanzaCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
