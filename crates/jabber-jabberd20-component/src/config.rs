use jabber_dialect::{Dialect, Endpoint, Identity, Memory, Protocol, TlsName};
use jabber_jid::Jid;
use jabber_login::{Floor, TlsPolicy};
use jabber_sasl::{Credentials, Mechanism, Policy};
use jabber_security::Secret;
use jabber_status::Shape;

use crate::state::Negotiation;

/// Where the router listens, unless configured otherwise.
const PORT: u16 = 5347;

/// Which names are served, who logs in to the router, and under which rules. The defaults are the
/// safe ones.
///
/// `Debug` never shows the password.
#[derive(Clone, Debug)]
pub struct Config {
    /// The names to bind; there is always a first.
    pub(crate) names: Vec<Jid>,
    pub(crate) domain: Jid,
    pub(crate) username: String,
    pub(crate) secret: Secret,
    pub(crate) policy: Policy,
    pub(crate) tls: TlsPolicy,
    pub(crate) allow_plaintext: bool,
    pub(crate) allow_weaker: bool,
    pub(crate) options: BindOptions,
}

/// What is asked for with a bind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BindOptions {
    pub(crate) log: bool,
    pub(crate) default: bool,
    pub(crate) multi: bool,
}

impl Config {
    /// Serves `domain`, and logs in to the router as its user of that name, who may bind it without
    /// any further right. Of that JID nothing but its domain counts.
    #[must_use]
    pub fn new(domain: Jid, secret: impl Into<Secret>) -> Self {
        let domain = domain.to_domain();
        Self {
            names: vec![domain.clone()],
            username: domain.domain().to_owned(),
            domain,
            secret: secret.into(),
            policy: Policy::SCRAM.allow(Mechanism::DigestMd5),
            tls: TlsPolicy::default(),
            allow_plaintext: false,
            allow_weaker: false,
            options: BindOptions::default(),
        }
    }

    /// Logs in as another of the router's users (`router-users.xml`). It needs the right to bind
    /// names that are not its own (`<aci/>` in `router.xml`).
    #[must_use]
    pub fn with_username(mut self, username: impl Into<String>) -> Self {
        self.username = username.into();
        self
    }

    /// Serves one name more, on the same connection. They are bound in order; if one is refused, the
    /// attempt has failed.
    #[must_use]
    pub fn with_name(mut self, name: Jid) -> Self {
        let name = name.to_domain();
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        self
    }

    /// Wants a copy of every route that goes from one name to another. It needs a right of its own.
    #[must_use]
    pub const fn with_log(mut self) -> Self {
        self.options.log = true;
        self
    }

    /// Wants the routes to names that nobody has bound. It needs a right of its own, and there can
    /// be one such component only.
    #[must_use]
    pub const fn with_default(mut self) -> Self {
        self.options.default = true;
        self
    }

    /// Shares the names with other connections that bind them so. The router gives a route to one of
    /// them: always the same for a user that stanzas are to, any where they are to the domain.
    #[must_use]
    pub const fn with_multi(mut self) -> Self {
        self.options.multi = true;
        self
    }

    /// Which SASL mechanisms may be used. The default permits DIGEST-MD5 too, as the routers that
    /// there are have nothing else; historic as it is (RFC 6331), it belongs inside TLS.
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Whether TLS is required (the default). Direct TLS is the transport's to choose, and takes
    /// place under any policy. A router offers STARTTLS only if its `<pemfile/>` is set.
    #[must_use]
    pub const fn with_tls(mut self, tls: TlsPolicy) -> Self {
        self.tls = tls;
        self
    }

    /// Without TLS: logs in over connections that anybody on the way can read and change, and lets
    /// the password itself cross them (RFC 6120 §13.8.3 forbids that).
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

    /// The name that is bound first.
    #[must_use]
    pub const fn domain(&self) -> &Jid {
        &self.domain
    }

    /// All names that are bound, in order.
    #[must_use]
    pub fn names(&self) -> &[Jid] {
        &self.names
    }

    /// Who we are once all names are bound.
    pub(crate) fn identity(&self) -> Identity {
        let mut identity = Identity::new(self.domain.clone());
        identity.other_names = self.names.iter().skip(1).cloned().collect();
        identity
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(self.username.clone(), self.secret.clone())
    }
}

impl Protocol for Config {
    fn name(&self) -> &'static str {
        "jabberd20-component"
    }

    fn shape(&self) -> Shape {
        Shape::new().with_tls().with_restart().with_bind()
    }

    fn endpoint(&self) -> Endpoint {
        // The domain is ours: the certificate is that of the router's host.
        Endpoint::new(self.domain.clone(), PORT).with_tls_name(TlsName::Server)
    }

    fn begin(&self, memory: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Negotiation::new(self.clone(), Floor::recall(memory)))
    }
}
