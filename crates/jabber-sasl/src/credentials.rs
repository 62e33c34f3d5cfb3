use std::fmt;

use jabber_security::Secret;

/// Who logs in, and by what.
///
/// `Debug` shows the kind and the names, never the password.
///
/// # Examples
/// ```
/// use jabber_sasl::Credentials;
///
/// let alice = Credentials::new("alice", "wonderland".into());
/// assert!(!format!("{alice:?}").contains("wonderland"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    pub(crate) proof: Proof,
    pub(crate) authzid: Option<String>,
}

/// By what an identity is proved.
#[derive(Clone)]
pub(crate) enum Proof {
    Password { username: String, password: Secret },
    Anonymous,
    External,
}

impl Credentials {
    /// A user name (the local part of a JID, as a rule) and its password.
    #[must_use]
    pub fn new(username: impl Into<String>, password: Secret) -> Self {
        let proof = Proof::Password { username: username.into(), password };
        Self { proof, authzid: None }
    }

    /// Nobody in particular (RFC 4505): the server makes up an identity.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { proof: Proof::Anonymous, authzid: None }
    }

    /// The identity that the layer below has proved, a TLS client certificate as a rule
    /// (XEP-0178). `authzid` says which of its identities is meant; with `None` the server takes
    /// it from the certificate.
    #[must_use]
    pub fn external(authzid: Option<String>) -> Self {
        Self { proof: Proof::External, authzid: authzid.filter(|id| !id.is_empty()) }
    }

    /// Asks to act as `authzid` (a bare JID, RFC 6120 §6.3.8) instead of as oneself. An empty one
    /// is the same as none.
    #[must_use]
    pub fn with_authzid(mut self, authzid: impl Into<String>) -> Self {
        self.authzid = Some(authzid.into()).filter(|id| !id.is_empty());
        self
    }

    /// The user name, where there is one.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match &self.proof {
            Proof::Password { username, .. } => Some(username),
            Proof::Anonymous | Proof::External => None,
        }
    }

    /// The identity to act as, where it was given.
    #[must_use]
    pub fn authzid(&self) -> Option<&str> {
        self.authzid.as_deref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.proof {
            Proof::Password { .. } => "password",
            Proof::Anonymous => "anonymous",
            Proof::External => "external",
        };
        f.debug_struct("Credentials")
            .field("kind", &kind)
            .field("username", &self.username())
            .field("authzid", &self.authzid())
            .finish_non_exhaustive()
    }
}
