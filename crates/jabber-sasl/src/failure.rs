use std::{convert::Infallible, fmt, str::FromStr};

/// Why a server refused a login: the condition inside `<failure/>` (RFC 6120 §6.5).
///
/// # Examples
/// ```
/// use jabber_sasl::FailureCondition;
///
/// let condition = FailureCondition::from("temporary-auth-failure");
/// assert!(condition.is_temporary());
/// assert!(!FailureCondition::NotAuthorized.is_temporary());
/// assert!(FailureCondition::NotAuthorized.is_about_credentials());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureCondition {
    /// `aborted`: the client's own `<abort/>` (§6.5.1).
    Aborted,
    /// `account-disabled` (§6.5.2).
    AccountDisabled,
    /// `credentials-expired` (§6.5.3).
    CredentialsExpired,
    /// `encryption-required`: the mechanism may not be used without TLS (§6.5.4).
    EncryptionRequired,
    /// `incorrect-encoding`: broken base64 (§6.5.5).
    IncorrectEncoding,
    /// `invalid-authzid` (§6.5.6).
    InvalidAuthzid,
    /// `invalid-mechanism` (§6.5.7).
    InvalidMechanism,
    /// `malformed-request` (§6.5.8).
    MalformedRequest,
    /// `mechanism-too-weak` (§6.5.9).
    MechanismTooWeak,
    /// `not-authorized`: a wrong name or password (§6.5.10).
    NotAuthorized,
    /// `temporary-auth-failure`: a fault of the server that may pass (§6.5.11).
    TemporaryAuthFailure,
    /// One that RFC 6120 does not define, in the server's own words.
    Other(String),
}

impl FailureCondition {
    const DEFINED: [Self; 11] = [
        Self::Aborted,
        Self::AccountDisabled,
        Self::CredentialsExpired,
        Self::EncryptionRequired,
        Self::IncorrectEncoding,
        Self::InvalidAuthzid,
        Self::InvalidMechanism,
        Self::MalformedRequest,
        Self::MechanismTooWeak,
        Self::NotAuthorized,
        Self::TemporaryAuthFailure,
    ];

    /// The name of the element on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Aborted => "aborted",
            Self::AccountDisabled => "account-disabled",
            Self::CredentialsExpired => "credentials-expired",
            Self::EncryptionRequired => "encryption-required",
            Self::IncorrectEncoding => "incorrect-encoding",
            Self::InvalidAuthzid => "invalid-authzid",
            Self::InvalidMechanism => "invalid-mechanism",
            Self::MalformedRequest => "malformed-request",
            Self::MechanismTooWeak => "mechanism-too-weak",
            Self::NotAuthorized => "not-authorized",
            Self::TemporaryAuthFailure => "temporary-auth-failure",
            Self::Other(name) => name,
        }
    }

    /// True if the same login may succeed later, so that trying again makes sense. Whoever repeats
    /// a login after any other condition only hammers the server (RFC 6120 §6.4.5).
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::TemporaryAuthFailure)
    }

    /// True if the user name, the password or the authorization identity is at fault, so that others
    /// may succeed. The other conditions but the temporary ones are about how we logged in, not as
    /// whom: nothing that a user enters cures them (RFC 6120 §6.5).
    #[must_use]
    pub const fn is_about_credentials(&self) -> bool {
        match self {
            Self::AccountDisabled
            | Self::CredentialsExpired
            | Self::InvalidAuthzid
            | Self::NotAuthorized
            // Who knows; servers have their own names for accounts that may not log in.
            | Self::Other(_) => true,
            Self::Aborted
            | Self::EncryptionRequired
            | Self::IncorrectEncoding
            | Self::InvalidMechanism
            | Self::MalformedRequest
            | Self::MechanismTooWeak
            | Self::TemporaryAuthFailure => false,
        }
    }
}

impl fmt::Display for FailureCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<&str> for FailureCondition {
    fn from(name: &str) -> Self {
        let defined = Self::DEFINED.into_iter().find(|condition| condition.as_str() == name);
        defined.unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

impl FromStr for FailureCondition {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(Self::from(name))
    }
}
