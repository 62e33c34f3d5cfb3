use jabber_dialect::{Dialect, Endpoint, Memory, Protocol};
use jabber_jid::Jid;
use jabber_login::{Floor, TlsPolicy};
use jabber_sasl::{Credentials, Policy};
use jabber_security::Secret;
use jabber_status::Shape;

use crate::state::Negotiation;

/// Where clients are served (RFC 6120 §3.2.1).
const PORT: u16 = 5222;
/// Where clients are served by direct TLS; registered by nobody, used by everybody (XEP-0368).
const DIRECT_TLS_PORT: u16 = 5223;

/// Who logs in, by what, and under which rules. The defaults are the safe ones.
///
/// `Debug` never shows a password.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) jid: Jid,
    pub(crate) credentials: Credentials,
    pub(crate) policy: Policy,
    pub(crate) tls: TlsPolicy,
    pub(crate) allow_plaintext: bool,
    pub(crate) allow_weaker: bool,
    pub(crate) session: SessionPolicy,
    pub(crate) on_conflict: OnConflict,
    pub(crate) any_jid: bool,
    pub(crate) lang: Option<String>,
}

impl Config {
    /// Logs in as that JID's local part with its password. The JID's resource, if it has one, is
    /// asked for; it is the server's to give (RFC 6120 §7.7).
    #[must_use]
    pub fn new(jid: Jid, secret: impl Into<Secret>) -> Self {
        let credentials = Credentials::new(jid.local().unwrap_or_default(), secret.into());
        Self::of(jid, credentials)
    }

    /// Logs in at that domain as nobody in particular (RFC 4505, XEP-0175); the server gives the
    /// JID.
    #[must_use]
    pub fn anonymous(domain: Jid) -> Self {
        Self::of(domain, Credentials::anonymous())
    }

    /// Logs in by the client certificate that the transport shows in the TLS handshake, as that
    /// bare JID (XEP-0178).
    #[must_use]
    pub fn external(jid: Jid) -> Self {
        let authzid = jid.to_bare().as_str().to_owned();
        Self::of(jid, Credentials::external(Some(authzid)))
    }

    fn of(jid: Jid, credentials: Credentials) -> Self {
        Self {
            jid,
            credentials,
            policy: Policy::default(),
            tls: TlsPolicy::default(),
            allow_plaintext: false,
            allow_weaker: false,
            session: SessionPolicy::default(),
            on_conflict: OnConflict::default(),
            any_jid: false,
            lang: None,
        }
    }

    /// Logs in with these credentials instead, say with a user name that is not the JID's local
    /// part, or with an authorization identity. An authorization identity that is an account's JID
    /// is the one that the server may then bind, instead of ours; another one lets it bind any.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Which SASL mechanisms may be used.
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Whether TLS is required (the default). Direct TLS is the transport's to choose, and takes
    /// place under any policy.
    #[must_use]
    pub const fn with_tls(mut self, tls: TlsPolicy) -> Self {
        self.tls = tls;
        self
    }

    /// Without TLS: logs in over connections that anybody on the way can read and
    /// change, and lets the password itself cross them (RFC 6120 §13.8.3 forbids that).
    #[must_use]
    pub const fn dangerous_allow_plaintext(mut self) -> Self {
        self.allow_plaintext = true;
        self
    }

    /// Lets a later attempt of a session log in by a weaker mechanism than an earlier one did. Without
    /// it such an attempt ends with AUTHFAIL: whoever cuts connections may have shortened the list.
    #[must_use]
    pub const fn dangerous_allow_weaker_login(mut self) -> Self {
        self.allow_weaker = true;
        self
    }

    /// Whether a session is established where the server offers one.
    #[must_use]
    pub const fn with_session(mut self, session: SessionPolicy) -> Self {
        self.session = session;
        self
    }

    /// What happens if the resource is in use.
    #[must_use]
    pub const fn with_on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// Accepts whatever bare JID the server binds. Without it another one than ours ends the
    /// attempt, unless the login was anonymous or had an authorization identity.
    #[must_use]
    pub const fn with_any_jid(mut self) -> Self {
        self.any_jid = true;
        self
    }

    /// The language that we prefer for texts to people, a tag of RFC 5646 (RFC 6120 §4.7.4).
    #[must_use]
    pub fn with_lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = Some(lang.into());
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
        "xmpp"
    }

    fn shape(&self) -> Shape {
        Shape::new().with_tls().with_restart().with_bind().with_session().with_resume()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.jid.to_domain(), PORT).with_direct_tls_port(DIRECT_TLS_PORT)
    }

    fn begin(&self, memory: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Negotiation::new(self.clone(), Floor::recall(memory)))
    }
}

/// Whether a session is established (RFC 3921 §3) where the server offers one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionPolicy {
    /// Always.
    #[default]
    WhenOffered,
    /// Not where the server says that it is optional, which spares a round trip.
    WhenRequired,
}

/// What happens if the resource that was asked for is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnConflict {
    /// A fresh random one is asked for, at most three times (RFC 6120 §7.7.2.2).
    #[default]
    FreshResource,
    /// The bind has failed.
    Fail,
}
