use crate::{FailureCondition, SaslError};

/// Why a server refuses a login.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The client's message does not follow the mechanism's grammar.
    #[error("the client sent a malformed SASL message")]
    Malformed(#[source] SaslError),
    /// The proof does not fit: a wrong password, or a changed exchange.
    #[error("the client's proof is wrong")]
    WrongProof,
    /// The client's channel binding is not that of this connection: somebody is in the middle.
    #[error("the client's channel binding is not that of this connection")]
    WrongBinding,
    /// The client uses a channel-binding type that there is no data of here, or none at all with
    /// a `-PLUS` mechanism, or one without.
    #[error("the client's choice of a channel binding does not fit the mechanism or this server")]
    UnsupportedBinding,
    /// The client believes that no `-PLUS` mechanism was offered, but one was (RFC 5802 §6).
    #[error("the client did not see that channel binding was offered: somebody removed the offer")]
    OfferRemoved,
    /// The mechanism is not SCRAM, or the stored keys are of another one: the caller's fault.
    #[error("the calling program is at fault: the mechanism is not SCRAM, or not that of the keys")]
    WrongMechanism,
    /// The stored password, the nonce or the iteration count cannot be used: the caller's fault.
    #[error(
        "the calling program is at fault: this password, nonce or iteration count cannot be used"
    )]
    Unusable,
    /// A step was taken out of turn: the caller's fault.
    #[error("the calling program is at fault: the client's first message comes first, and once")]
    OutOfTurn,
}

impl ServerError {
    /// The condition to refuse the login with (RFC 6120 §6.5).
    #[must_use]
    pub const fn condition(&self) -> FailureCondition {
        match self {
            Self::Malformed(_) | Self::UnsupportedBinding => FailureCondition::MalformedRequest,
            Self::WrongProof | Self::WrongBinding | Self::OfferRemoved => {
                FailureCondition::NotAuthorized
            }
            Self::WrongMechanism | Self::Unusable | Self::OutOfTurn => {
                FailureCondition::TemporaryAuthFailure
            }
        }
    }
}

impl From<SaslError> for ServerError {
    fn from(error: SaslError) -> Self {
        Self::Malformed(error)
    }
}
