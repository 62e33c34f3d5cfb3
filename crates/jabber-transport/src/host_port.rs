use core::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::{fmt, str::FromStr};

/// A host name or address, and a TCP port.
///
/// Written `host:5222`, `192.0.2.1:5222` or, an IPv6 address, `[2001:db8::1]:5222` (with a zone
/// where one is needed: `[fe80::1%eth0]:5222`).
///
/// # Examples
///
/// ```
/// use jabber_transport::HostPort;
///
/// let server: HostPort = "[::1]:5222".parse()?;
/// assert_eq!((server.host(), server.port()), ("::1", 5222));
///
/// let error = "example.org:xmpp".parse::<HostPort>().unwrap_err();
/// assert_eq!(error.position(), 12);
/// assert_eq!(
///     error.to_string(),
///     "`example.org:xmpp`: at byte 12: the port must be a number from 1 to 65535"
/// );
/// # Ok::<(), jabber_transport::HostPortError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    /// The host and port in separate hands; an IPv6 address is written without brackets here.
    ///
    /// # Errors
    ///
    /// [`HostPortError`] where the host is empty, has more than 1023 octets, or has a character that
    /// no host name has, or the port is 0. Positions count in the host.
    pub fn new(host: impl Into<String>, port: u16) -> Result<Self, HostPortError> {
        let host = host.into();
        let fail = |fault, position| HostPortError { fault, position, input: shown(&host) };
        if port == 0 {
            return Err(fail(HostPortFault::BadPort, host.len()));
        }
        if !is_ipv6(&host) {
            check_name(&host).map_err(|(fault, position)| fail(fault, position))?;
        }
        Ok(Self { host, port })
    }

    pub(crate) const fn new_unchecked(host: String, port: u16) -> Self {
        Self { host, port }
    }

    /// The name or address, an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The host as an IP address, where it is one (one with a zone is not).
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl From<SocketAddr> for HostPort {
    fn from(address: SocketAddr) -> Self {
        let host = match address {
            SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
            _ => address.ip().to_string(),
        };
        Self { host, port: address.port() }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(input: &str) -> Result<Self, HostPortError> {
        parse(input).map_err(|(fault, position)| HostPortError {
            fault,
            position,
            input: shown(input),
        })
    }
}

type Fault = (HostPortFault, usize);

/// Octets of a name, as in a JID (RFC 7622 §3.2); a name in DNS is shorter still (RFC 1035 §2.3.4).
const MAX_NAME: usize = 1023;

/// An address may be a server's words (RFC 6120 §4.9.3.19), and of any length.
fn shown(input: &str) -> String {
    input.chars().take(MAX_NAME).collect()
}

fn parse(input: &str) -> Result<HostPort, Fault> {
    if let Some(scheme) = input.find("://") {
        return Err((HostPortFault::BadName, scheme));
    }
    let (host, port_at) = if let Some(inner) = input.strip_prefix('[') {
        let (address, _) = inner.split_once(']').ok_or((HostPortFault::NoBracket, input.len()))?;
        if !is_ipv6(address) {
            return Err((HostPortFault::BadAddress, 1));
        }
        (address, address.len() + 2)
    } else {
        let (host, rest) = input.split_once(':').unwrap_or((input, ""));
        // More than one colon is an IPv6 address; where its port begins could only be guessed.
        if rest.contains(':') {
            return Err((HostPortFault::BareIpv6, 0));
        }
        check_name(host)?;
        (host, host.len())
    };
    let port = match input.get(port_at..).and_then(|rest| rest.strip_prefix(':')) {
        Some(port) => port,
        None => return Err((HostPortFault::NoPort, port_at)),
    };
    // `u16::from_str` takes a sign, a port has none.
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err((HostPortFault::BadPort, port_at + 1));
    }
    match port.parse() {
        Ok(port) if port > 0 => Ok(HostPort { host: host.to_owned(), port }),
        _ => Err((HostPortFault::BadPort, port_at + 1)),
    }
}

fn is_ipv6(host: &str) -> bool {
    match host.split_once('%') {
        Some((address, zone)) => {
            address.parse::<Ipv6Addr>().is_ok()
                && !zone.is_empty()
                && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        }
        None => host.parse::<Ipv6Addr>().is_ok(),
    }
}

fn check_name(host: &str) -> Result<(), Fault> {
    let bad = |c: char| {
        c.is_whitespace() || c.is_control() || (c.is_ascii_punctuation() && !"-_.".contains(c))
    };
    if host.len() > MAX_NAME {
        return Err((HostPortFault::TooLong, MAX_NAME));
    }
    match host.char_indices().find(|(_, c)| bad(*c)) {
        Some((position, _)) => Err((HostPortFault::BadName, position)),
        None if host.is_empty() => Err((HostPortFault::NoHost, 0)),
        None => Ok(()),
    }
}

/// Why a text is not `host:port`, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}`: at byte {position}: {fault}")]
pub struct HostPortError {
    fault: HostPortFault,
    position: usize,
    input: String,
}

impl HostPortError {
    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> HostPortFault {
        self.fault
    }

    /// Where: the offset in bytes.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

/// What is wrong with a `host:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostPortFault {
    /// There is nothing where the host should be.
    #[error("a host name or address is missing")]
    NoHost,
    /// A character that no host name has.
    #[error("this character cannot be in a host name (write host:port, without scheme or path)")]
    BadName,
    /// The name has more than 1023 octets.
    #[error("the name is longer than 1023 octets")]
    TooLong,
    /// What is in brackets is not an IPv6 address.
    #[error("in brackets there must be an IPv6 address")]
    BadAddress,
    /// `[` without `]`.
    #[error("the closing bracket is missing")]
    NoBracket,
    /// An IPv6 address without brackets.
    #[error("write an IPv6 address in brackets, like [::1]:5222")]
    BareIpv6,
    /// No `:port` behind the host.
    #[error("the port is missing, like :5222")]
    NoPort,
    /// The port is not a number from 1 to 65535.
    #[error("the port must be a number from 1 to 65535")]
    BadPort,
}
