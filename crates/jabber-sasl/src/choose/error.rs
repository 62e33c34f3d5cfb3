use std::fmt;

use super::reason::{PassedOver, list};

/// Why no mechanism could be chosen. Nothing secret has been sent then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChooseError {
    /// The server's list is empty.
    #[error("the server offers no SASL mechanism; it may want TLS first, or has no login at all")]
    NothingOffered,
    /// None of the offered mechanisms can be used here.
    #[error("none of the offered SASL mechanisms can be used ({security}): {}", Refusals(refused))]
    NoneUsable {
        /// What was offered, and why each is refused.
        refused: Vec<PassedOver>,
        /// How the connection is protected, for people.
        security: String,
    },
    /// The pipe starts with a TLS handshake, which has not taken place: a fault of the caller.
    #[error("the calling program is at fault: TLS comes before the login on this connection")]
    TlsFirst,
    /// The user name is empty or holds a character that SASLprep prohibits (RFC 4013).
    #[error("the user name is empty or has a character that no user name may have (RFC 4013)")]
    Username,
    /// The password is empty or holds a character that SASLprep prohibits (RFC 4013).
    #[error("the password is empty or has a character that no password may have (RFC 4013)")]
    Password,
    /// The authorization identity holds a NUL (RFC 4422 §3.4.1).
    #[error("the authorization identity contains a NUL character")]
    Authzid,
}

impl ChooseError {
    /// True if the user name, the password or the authorization identity is at fault, so that others
    /// may succeed.
    #[must_use]
    pub const fn is_about_credentials(&self) -> bool {
        matches!(self, Self::Username | Self::Password | Self::Authzid)
    }
}

struct Refusals<'a>(&'a [PassedOver]);

impl fmt::Display for Refusals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(self.0, f)?;
        let mut hints: Vec<_> = self.0.iter().filter_map(|entry| entry.cause().hint()).collect();
        hints.sort_unstable();
        hints.dedup();
        for (index, hint) in hints.into_iter().enumerate() {
            f.write_str(if index == 0 { "; try: " } else { ", or " })?;
            f.write_str(hint)?;
        }
        Ok(())
    }
}
