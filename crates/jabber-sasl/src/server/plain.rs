use std::fmt;

use jabber_security::Secret;

use super::ServerError;
use crate::{prepare::saslprep, scram::attributes::malformed};

/// The content of a PLAIN message (RFC 4616 §2). `Debug` does not show the password.
///
/// # Examples
/// ```
/// use jabber_sasl::server::PlainLogin;
///
/// let login = PlainLogin::parse(b"\0alice\0wonderland")?;
/// assert_eq!(login.username(), "alice");
/// assert!(login.verify(&"wonderland".into()));
/// # Ok::<(), jabber_sasl::server::ServerError>(())
/// ```
#[derive(Clone)]
pub struct PlainLogin {
    authzid: Option<String>,
    username: String,
    password: Secret,
}

impl PlainLogin {
    /// Reads the client's message.
    ///
    /// # Errors
    /// [`ServerError::Malformed`].
    pub fn parse(message: &[u8]) -> Result<Self, ServerError> {
        let text = str::from_utf8(message).map_err(|_| malformed("it is not UTF-8"))?;
        let mut parts = text.split('\0');
        let (Some(authzid), Some(username), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("it does not have three parts").into());
        };
        if username.is_empty() || password.is_empty() {
            return Err(malformed("no user name or no password").into());
        }
        Ok(Self {
            authzid: Some(authzid.to_owned()).filter(|authzid| !authzid.is_empty()),
            username: username.to_owned(),
            password: Secret::from(password),
        })
    }

    /// The name to look up.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The identity that the client asks to act as.
    #[must_use]
    pub fn authzid(&self) -> Option<&str> {
        self.authzid.as_deref()
    }

    /// Compares with the stored password, both prepared with SASLprep, in constant time.
    #[must_use]
    pub fn verify(&self, stored: &Secret) -> bool {
        let (Some(given), Some(stored)) =
            (saslprep(self.password.expose()), saslprep(stored.expose()))
        else {
            return false;
        };
        subtle::ConstantTimeEq::ct_eq(given.as_bytes(), stored.as_bytes()).into()
    }
}

impl fmt::Debug for PlainLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainLogin")
            .field("authzid", &self.authzid)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
