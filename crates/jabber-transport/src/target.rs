use std::fmt;

use crate::{HostPort, HostPortError};

/// Where to connect, and who must be there.
///
/// # Examples
///
/// ```
/// use jabber_transport::Target;
///
/// let target = Target::new("example.org", 5222);
/// assert_eq!(target.address().to_string(), "example.org:5222");
///
/// let target = target.with_server("[::1]:15222".parse()?);
/// assert_eq!(target.address().to_string(), "[::1]:15222");
/// assert_eq!(target.domain, "example.org"); // still the name that TLS verifies
/// # Ok::<(), jabber_transport::HostPortError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The service's domain, as A-labels (RFC 5890) or an IP address without brackets: what the
    /// peer's certificate must be for, whatever was connected to (RFC 6120 §13.7.2.1), and what is
    /// looked up where no [`server`](Target::server) is named.
    ///
    /// Whoever wants another name verified than the one connected to puts that name here and the
    /// address into [`server`](Target::server).
    pub domain: String,
    /// Connect there, instead of finding the domain's own address.
    pub server: Option<HostPort>,
    /// The port where no [`server`](Target::server) is named.
    pub default_port: u16,
    /// TLS from the first byte on (XEP-0368), instead of STARTTLS or none.
    pub direct_tls: bool,
}

impl Target {
    /// The service `domain`, found by its own name, plain at first.
    #[must_use]
    pub fn new(domain: impl Into<String>, default_port: u16) -> Self {
        Self { domain: domain.into(), server: None, default_port, direct_tls: false }
    }

    /// Connects to `server`; the domain remains what TLS verifies.
    #[must_use]
    pub fn with_server(mut self, server: HostPort) -> Self {
        self.server = Some(server);
        self
    }

    /// TLS from the first byte on.
    #[must_use]
    pub const fn with_direct_tls(mut self, direct_tls: bool) -> Self {
        self.direct_tls = direct_tls;
        self
    }

    /// The same service elsewhere: where a server has sent us with `see-other-host`, which is a `host`,
    /// `host:port` or `[address]:port` (RFC 6120 §4.9.3.19). Neither the name that TLS verifies nor
    /// whether there is TLS is the server's to choose.
    ///
    /// # Errors
    /// When that is none of these.
    ///
    /// # Examples
    /// ```
    /// use jabber_transport::Target;
    ///
    /// let target = Target::new("example.org", 5222).redirected("[2001:db8::1]")?;
    /// assert_eq!(target.address().to_string(), "[2001:db8::1]:5222");
    /// assert_eq!(target.domain, "example.org");
    /// assert!(target.redirected("nobody here").is_err());
    /// # Ok::<(), jabber_transport::HostPortError>(())
    /// ```
    pub fn redirected(&self, elsewhere: &str) -> Result<Self, HostPortError> {
        let address = elsewhere.parse().or_else(|error| {
            let bare = elsewhere.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let host = bare.unwrap_or(elsewhere);
            HostPort::new(host, self.default_port).map_err(|_| error)
        })?;
        Ok(Self { server: Some(address), ..self.clone() })
    }

    /// The address to connect to where nothing better is known from DNS: the named server, else
    /// the domain at the default port.
    #[must_use]
    pub fn address(&self) -> HostPort {
        self.server.clone().unwrap_or_else(|| {
            // An IPv6 address has brackets in a JID.
            let bare = self.domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            HostPort::new_unchecked(bare.unwrap_or(&self.domain).to_owned(), self.default_port)
        })
    }
}

impl fmt::Display for Target {
    /// The domain, and the server where it is another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.server {
            Some(server) => write!(f, "{} at {server}", self.domain),
            None => self.address().fmt(f),
        }
    }
}
