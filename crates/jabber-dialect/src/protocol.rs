use core::fmt::Debug;

use jabber_jid::Jid;
use jabber_status::Shape;

use crate::{Dialect, Memory};

/// A dialect's configuration: all that an attempt needs, and what makes one.
pub trait Protocol: Debug + Send + Sync {
    /// The dialect's name as events carry it: `xmpp`, `component`.
    fn name(&self) -> &'static str;

    /// Which parts of the lifecycle the dialect has.
    fn shape(&self) -> Shape;

    /// Where the service is to be found.
    fn endpoint(&self) -> Endpoint;

    /// Makes the state of a fresh attempt. `memory` is what the dialect of the attempt before has
    /// left ([`Dialect::memory`]).
    fn begin(&self, memory: Option<Memory>) -> Box<dyn Dialect>;
}

impl<P: Protocol + ?Sized> Protocol for std::sync::Arc<P> {
    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn shape(&self) -> Shape {
        (**self).shape()
    }
    fn endpoint(&self) -> Endpoint {
        (**self).endpoint()
    }
    fn begin(&self, memory: Option<Memory>) -> Box<dyn Dialect> {
        (**self).begin(memory)
    }
}

/// Where a service is found when nobody names a server, and whose certificate it must show.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The domain that is asked for.
    pub domain: Jid,
    /// The port, where none is named.
    pub port: u16,
    /// The port for direct TLS, where none is named.
    pub direct_tls_port: u16,
    /// The name that the certificate must be for.
    pub tls_name: TlsName,
}

impl Endpoint {
    /// A service of `domain` on `port`, whose certificate is for that domain.
    #[must_use]
    pub const fn new(domain: Jid, port: u16) -> Self {
        Self { domain, port, direct_tls_port: port, tls_name: TlsName::Domain }
    }

    /// Another port for direct TLS.
    #[must_use]
    pub const fn with_direct_tls_port(mut self, port: u16) -> Self {
        self.direct_tls_port = port;
        self
    }

    /// Another rule for the certificate's name.
    #[must_use]
    pub fn with_tls_name(mut self, name: TlsName) -> Self {
        self.tls_name = name;
        self
    }
}

/// The reference identity of a service (RFC 9525 §6, RFC 6120 §13.7.2.1): never taken from the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsName {
    /// The domain that is asked for, whatever was connected to.
    Domain,
    /// The host that the user named as the server (components: their own domain has no
    /// certificate).
    Server,
    /// This domain.
    Fixed(Jid),
}
