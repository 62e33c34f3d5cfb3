use std::fmt;

use jabber_dialect::{Dialect, Endpoint, Memory, Protocol};
use jabber_jid::Jid;
use jabber_security::Secret;
use jabber_status::Shape;

use crate::{Misuse, state::Negotiation};

/// Where clients are served (RFC 6120 §3.2.1).
const PORT: u16 = 5222;
/// Where clients are served by direct TLS; registered by nobody, used by everybody.
const DIRECT_TLS_PORT: u16 = 5223;

/// Who logs in, by what, and under which rules. The defaults are the safe ones.
///
/// `Debug` never shows the password.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) jid: Jid,
    pub(crate) username: String,
    pub(crate) secret: Secret,
    pub(crate) login: LoginPolicy,
    pub(crate) allow_plaintext: bool,
    pub(crate) version: Option<String>,
}

impl Config {
    /// Logs in as that full JID with its password.
    ///
    /// # Errors
    /// [`Misuse::NoAccount`] or [`Misuse::NoResource`]: both are part of the login (XEP-0078 §3).
    pub fn new(jid: Jid, secret: impl Into<Secret>) -> Result<Self, Misuse> {
        let username = jid.local().ok_or(Misuse::NoAccount)?.to_owned();
        if jid.resource().is_none() {
            return Err(Misuse::NoResource);
        }
        Ok(Self {
            jid,
            username,
            secret: secret.into(),
            login: LoginPolicy::default(),
            allow_plaintext: false,
            version: None,
        })
    }

    /// Logs in by this name instead of the JID's local part.
    #[must_use]
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.username = username.into();
        self
    }

    /// By which methods the login may take place.
    #[must_use]
    pub const fn with_login(mut self, login: LoginPolicy) -> Self {
        self.login = login;
        self
    }

    /// Lets the password itself cross connections that anybody on the way can read (XEP-0078 §3
    /// says that it should not).
    #[must_use]
    pub const fn dangerous_allow_plaintext(mut self) -> Self {
        self.allow_plaintext = true;
        self
    }

    /// Puts a version into the stream header: `1.0`, or `0.9`, which jabberd2 refuses. The default
    /// is none, as before RFC 3920. The stream features that a server sends for `1.0` are nothing
    /// to this dialect, and it does not wait for them: not every server sends any.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Who logs in.
    #[must_use]
    pub const fn jid(&self) -> &Jid {
        &self.jid
    }
}

impl Protocol for Config {
    fn name(&self) -> &'static str {
        "legacy"
    }

    fn shape(&self) -> Shape {
        Shape::new()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.jid.to_domain(), PORT).with_direct_tls_port(DIRECT_TLS_PORT)
    }

    fn begin(&self, _: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Negotiation::new(self.clone()))
    }
}

/// By what the password is proved (XEP-0078 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// SHA-1 over the stream's id and the password.
    Digest,
    /// The password itself.
    Plaintext,
}

/// For people.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digest => "digest",
            Self::Plaintext => "plaintext",
        })
    }
}

/// By which methods a login may take place. Whatever it says, the password itself is sent only
/// where the pipe protects it or [`Config::dangerous_allow_plaintext`] permits it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginPolicy {
    /// By digest where the server offers it, else with the password itself.
    #[default]
    DigestPreferred,
    /// By digest alone.
    DigestOnly,
    /// With the password itself alone.
    PlaintextOnly,
}

impl LoginPolicy {
    pub(crate) const fn allows(self, method: Method) -> bool {
        match method {
            Method::Digest => matches!(self, Self::DigestPreferred | Self::DigestOnly),
            Method::Plaintext => matches!(self, Self::DigestPreferred | Self::PlaintextOnly),
        }
    }
}
