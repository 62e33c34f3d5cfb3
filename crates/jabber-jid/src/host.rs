//! The domain of a JID for those who connect.

use core::fmt;
use core::net::IpAddr;

use crate::prepare::to_ascii;

/// What a JID's domain is to DNS, SNI and certificates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name in its ASCII form, A-labels included (`xn--...`), in lower case, without a final dot.
    Name(String),
    /// An address; nothing to resolve.
    Ip(IpAddr),
}

/// The name, or the address without brackets.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

impl Host {
    /// `None` if the name is too long for DNS.
    pub(crate) fn of(domain: &str) -> Option<Self> {
        let address = match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(ipv6) => ipv6.parse().ok().map(IpAddr::V6),
            None => domain.parse().ok().map(IpAddr::V4),
        };
        if let Some(address) = address {
            return Some(Self::Ip(address));
        }
        let name = to_ascii(domain);
        (name.len() <= NAME_LIMIT).then_some(Self::Name(name))
    }
}

/// The most bytes of a name without its final dot (RFC 1035 §2.3.4: 255 with lengths and root).
const NAME_LIMIT: usize = 253;
