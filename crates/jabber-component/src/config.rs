use jabber_dialect::{Dialect, Endpoint, Memory, Protocol, TlsName};
use jabber_jid::Jid;
use jabber_security::Secret;
use jabber_status::Shape;

use crate::state::Negotiation;

/// Where servers wait for components, as a rule; XEP-0114 names none.
const PORT: u16 = 5347;

/// Which domain is served, and the secret shared with the server.
///
/// `Debug` never shows the secret.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) domain: Jid,
    pub(crate) secret: Secret,
    pub(crate) version: Option<String>,
}

impl Config {
    /// Serves `domain`. Of that JID nothing but its domain counts. The secret may be empty, if the
    /// server's is.
    #[must_use]
    pub fn new(domain: Jid, secret: impl Into<Secret>) -> Self {
        Self { domain: domain.to_domain(), secret: secret.into(), version: None }
    }

    /// Puts a version into the stream header. XEP-0114 has none, and needs none.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The domain that is served.
    #[must_use]
    pub const fn domain(&self) -> &Jid {
        &self.domain
    }
}

impl Protocol for Config {
    fn name(&self) -> &'static str {
        "component"
    }

    fn shape(&self) -> Shape {
        Shape::new()
    }

    fn endpoint(&self) -> Endpoint {
        // The domain is ours: the certificate is that of the server we connect to.
        Endpoint::new(self.domain.clone(), PORT).with_tls_name(TlsName::Server)
    }

    fn begin(&self, _: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Negotiation::new(self.clone()))
    }
}
