use jabber_security::Untrusted;

use crate::{Mechanism, SHOWN};

/// Why a login was broken off on our side. None of them carries a secret.
///
/// Whatever the server says afterwards, after one of these nobody is authenticated. Trying again
/// with a weaker mechanism would do an attacker's work for him.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SaslError {
    /// A challenge, or the data of a success, above [`MAX_CHALLENGE`](crate::MAX_CHALLENGE).
    #[error("the server sent {bytes} bytes of SASL data at once, more than any mechanism needs")]
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The server went on asking after the mechanism had nothing more to say (RFC 4422 §5).
    #[error("the server sent a challenge that {mechanism} does not have at this point")]
    UnexpectedChallenge {
        /// The mechanism in use.
        mechanism: Mechanism,
    },
    /// The server announced success before it proved itself, or before we had proved anything.
    #[error(
        "the server announced success before the {mechanism} exchange was complete; it may not know the password"
    )]
    SuccessTooEarly {
        /// The mechanism in use.
        mechanism: Mechanism,
    },
    /// A message that does not follow the mechanism's grammar.
    #[error("the server sent a malformed SASL message: {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The server's nonce does not begin with ours (RFC 5802 §5.1, `r`), or adds nothing to it.
    #[error("the server's nonce does not extend ours: it answers another login, or replays one")]
    ForeignNonce,
    /// The server demands an extension that does not exist (RFC 5802 §5.1, `m`).
    #[error("the server demands a SCRAM extension that is not known here")]
    MandatoryExtension,
    /// So few rounds that the proof would give the password away (RFC 7677 §4).
    #[error(
        "the server asks for {iterations} PBKDF2 iterations, which makes the password cheap to guess; the least that is safe is {}",
        crate::MIN_ITERATIONS
    )]
    TooFewIterations {
        /// What the server asked for.
        iterations: u64,
    },
    /// So many rounds that the server only keeps us busy (RFC 5802 §9).
    #[error(
        "the server asks for {iterations} PBKDF2 iterations; the most that is computed is {}",
        crate::MAX_ITERATIONS
    )]
    TooManyIterations {
        /// What the server asked for.
        iterations: u64,
    },
    /// What the server says it offered is not what arrived (XEP-0474).
    #[error(
        "the list of mechanisms or of channel-binding types was changed on its way here (XEP-0474): somebody is in the middle of this connection"
    )]
    Downgraded,
    /// The server refused inside SCRAM (`e=`, RFC 5802 §7).
    #[error("the server refused the login: {}", Untrusted::new(condition).at_most(SHOWN))]
    Refused {
        /// Its value for `e`, such as `channel-bindings-dont-match` (somebody is in the middle).
        condition: String,
    },
    /// Success without the server's signature (RFC 5802 §3) or `rspauth` (RFC 2831 §2.1.3).
    #[error("the server announced success and did not prove that it knows the password")]
    MissingServerProof,
    /// A signature or `rspauth` that does not fit: the server does not know the password.
    #[error(
        "the server's proof is wrong: it does not know the password, or somebody changed the exchange"
    )]
    WrongServerProof,
    /// DIGEST-MD5 with another algorithm than `md5-sess` (RFC 2831 §2.1.1).
    #[error("the server's DIGEST-MD5 challenge names no algorithm or another one than md5-sess")]
    UnsupportedAlgorithm,
    /// DIGEST-MD5 without the quality of protection `auth`, the only one there is in XMPP.
    #[error(
        "the server's DIGEST-MD5 does not offer the protection \"auth\"; the layers it wants are TLS's business"
    )]
    UnsupportedProtection,
    /// DIGEST-MD5 without `charset=utf-8`, and a name or password beyond ISO 8859-1.
    #[error(
        "this server's DIGEST-MD5 has no way to write the user name or password; use another mechanism"
    )]
    Unwritable,
    /// DIGEST-MD5's `stale`: the server has forgotten its nonce (RFC 2831 §2.1.1).
    #[error("the server's DIGEST-MD5 nonce is stale; log in anew")]
    Stale,
    /// A step was taken out of turn: a fault of the calling program.
    #[error("the calling program is at fault: {call} does not belong at this point of {mechanism}")]
    OutOfTurn {
        /// The mechanism in use.
        mechanism: Mechanism,
        /// The method that was called.
        call: &'static str,
    },
    /// The exchange failed before: a fault of the calling program.
    #[error("the calling program is at fault: this SASL exchange has failed already")]
    Ended,
    /// [`derived`](crate::Exchange::derived) got a key that its job did not make, or a job that
    /// failed: a fault of the calling program.
    #[error(
        "the calling program is at fault: the derived key does not have the length of the mechanism's hash"
    )]
    WrongKey,
}

impl SaslError {
    /// True if the same login may succeed when it is begun anew.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Stale)
    }

    /// True if the user name or the password is at fault, so that others may succeed.
    #[must_use]
    pub const fn is_about_credentials(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unwritable)
    }
}
