use std::fmt;

use jabber_dialect::{Failure, Retry, StanzaCondition, StanzaError, StanzaErrorType};
use jabber_jid::Jid;
use jabber_status::ErrorStatus;
use jabber_xml::{StreamCondition, StreamError, XmlError};

/// Why the login failed. The variant says who is at fault.
///
/// None contains a secret.
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
    /// The configuration or the program around us is at fault.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// How the server broke the protocol.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It confirmed the request for the form, and sent none (XEP-0078 §3).
    #[error("the server did not say what a login consists of")]
    NoForm,
    /// It answered the login with a form instead of an empty result (XEP-0078 §3): nobody is
    /// logged in.
    #[error("the server answered the login with the form again; nobody is logged in")]
    FormAgain,
    /// It answered the login with a result that is not empty, and no form either (XEP-0078 §3).
    #[error("the server's answer to the login is not empty, so it is none; nobody is logged in")]
    NotEmpty,
    /// It logged another account in than ours.
    #[error("the server logged in '{jid}', which is not of the account '{expected}'")]
    ForeignJid {
        /// Whom it addressed.
        jid: Jid,
        /// The bare JID that was to be logged in.
        expected: Jid,
    },
}

/// What the server cannot do.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// No method is left. Nothing secret was sent.
    #[error("no way to log in: {0}")]
    Methods(#[source] NoMethod),
}

/// Why neither method can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest {digest}, and a plaintext password {plaintext}")]
#[non_exhaustive]
pub struct NoMethod {
    /// Why not by digest.
    pub digest: PassedOver,
    /// Why not with the password itself.
    pub plaintext: PassedOver,
}

/// Why a method is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PassedOver {
    /// The configuration forbids it.
    Forbidden,
    /// The server's form does not list it.
    NotOffered,
    /// The stream has no id, which the digest is over (XEP-0078 §3).
    NoStreamId,
    /// Anybody on the way could read it.
    Unprotected,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forbidden => "is not permitted here",
            Self::NotOffered => "is not offered by the server",
            Self::NoStreamId => "cannot be made, as the stream has no id",
            Self::Unprotected => {
                "would cross an unencrypted connection (use direct TLS, or permit plaintext)"
            }
        })
    }
}

/// What the server refused.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// To say what a login consists of: it does not know the account, or this protocol.
    #[error("the server refused to say what a login consists of: {0}")]
    Form(#[source] StanzaError),
    /// The login (XEP-0078 §3): 401 is wrong credentials, 406 something that is missing, 409 a
    /// resource in use.
    #[error("the server refused the login: {0}")]
    Login(#[source] StanzaError),
    /// The login, by a stream error about it.
    #[error("the server ended the stream while we waited for {awaiting}: {error}")]
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
    /// The JID has no local part: there is nobody to log in.
    #[error("the JID to log in as has no local part, such as alice in alice@localhost/desk")]
    NoAccount,
    /// The JID has no resource, which is part of the login here (XEP-0078 §3).
    #[error("the JID to log in as has no resource, such as desk in alice@localhost/desk")]
    NoResource,
    /// The pipe begins with TLS, and the handshake has not taken place: the driver's part.
    #[error("the program is at fault: TLS comes first on this connection")]
    TlsFirst,
    /// A part of the configuration cannot be written as XML.
    #[error("a part of the configuration cannot be written as XML")]
    Unwritable(#[source] XmlError),
}

impl Error {
    /// Whether another attempt can succeed, and what has to change first.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Rejected(Rejection::Form(error) | Rejection::Login(error)) => retry_of(error),
            Self::Rejected(Rejection::Stream { error, .. })
                if error.condition() == StreamCondition::NotAuthorized =>
            {
                Retry::NewCredentials
            }
            _ => Retry::Never,
        }
    }

    /// The failure of the step that this status stands for.
    pub(crate) fn fails(self, step: ErrorStatus) -> Failure {
        let retry = self.retry();
        Failure::new(step, self, retry)
    }
}

/// The condition counts before the type: servers of this protocol are careless with types.
fn retry_of(error: &StanzaError) -> Retry {
    match (&error.condition, error.kind) {
        (StanzaCondition::NotAuthorized | StanzaCondition::Forbidden, _) => Retry::NewCredentials,
        // XEP-0078 §3: the other session with this resource will end one day.
        (StanzaCondition::Conflict, _)
        | (_, Some(StanzaErrorType::Wait))
        | (StanzaCondition::ResourceConstraint | StanzaCondition::InternalServerError, None) => {
            Retry::Later
        }
        (_, Some(StanzaErrorType::Auth)) => Retry::NewCredentials,
        _ => Retry::Never,
    }
}
