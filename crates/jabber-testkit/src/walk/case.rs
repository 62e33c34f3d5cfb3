use std::sync::Arc;

use jabber_dialect::Protocol;
use jabber_security::Security;

/// One configuration of a dialect on one sort of pipe, to be walked.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) name: String,
    pub(crate) protocol: Arc<dyn Protocol>,
    pub(crate) security: Security,
    pub(crate) password: String,
    pub(crate) crossing: Crossing,
    pub(crate) other_login: bool,
    pub(crate) never_ready: bool,
    pub(crate) drawn: bool,
}

/// What of a login may cross which pipe.
///
/// A *proof* is what shows the server that we are who we say: the elements of a login, with the
/// password in them or without. Whatever it says, none may be sent before the server asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Crossing {
    /// Nothing but an encrypted pipe: TLS is required.
    #[default]
    Encrypted,
    /// A pipe that is encrypted, or private to this machine.
    Protected,
    /// A proof may cross any pipe; the password itself only an encrypted or a private one.
    Proofs,
    /// All may cross any pipe.
    Everything,
}

impl Crossing {
    /// Whether a proof may cross that pipe.
    pub(crate) const fn allows_proof(self, pipe: &Security) -> bool {
        match self {
            Self::Encrypted => pipe.is_encrypted(),
            Self::Protected => pipe.protects_secrets(),
            Self::Proofs | Self::Everything => true,
        }
    }

    /// Whether the password itself may cross that pipe.
    pub(crate) const fn allows_password(self, pipe: &Security) -> bool {
        match self {
            Self::Encrypted => pipe.is_encrypted(),
            Self::Protected | Self::Proofs => pipe.protects_secrets(),
            Self::Everything => true,
        }
    }
}

impl Case {
    /// That dialect on a pipe of that security. The server knows the password that
    /// [`with_password`](Self::with_password) gives.
    #[must_use]
    pub fn new(name: impl Into<String>, protocol: Arc<dyn Protocol>, security: Security) -> Self {
        Self {
            name: name.into(),
            protocol,
            security,
            password: String::new(),
            crossing: Crossing::default(),
            other_login: false,
            never_ready: false,
            drawn: false,
        }
    }

    /// The password that the dialect was given. It should be a word that is nowhere else.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = password.into();
        self
    }

    /// What of the login may cross which pipe; [`Crossing::Encrypted`] where nothing is said.
    #[must_use]
    pub const fn with_crossing(mut self, crossing: Crossing) -> Self {
        self.crossing = crossing;
        self
    }

    /// The dialect's login is none of SASL, XEP-0078 and XEP-0114. Of the rules for logins only that
    /// about the password holds then.
    #[must_use]
    pub const fn with_other_login(mut self) -> Self {
        self.other_login = true;
        self
    }

    /// It has a diagram of its own in the [drawing](super::Walked::drawing).
    #[must_use]
    pub const fn drawn(mut self) -> Self {
        self.drawn = true;
        self
    }

    /// It never gets ready: the configuration forbids it on that pipe.
    #[must_use]
    pub const fn never_ready(mut self) -> Self {
        self.never_ready = true;
        self
    }
}
