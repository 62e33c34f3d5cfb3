use alloc::{borrow::Cow, string::String};
use core::fmt;

use crate::ChannelBinding;

/// How a byte pipe is protected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// Anybody on the way can read and change it: a plain TCP connection.
    #[default]
    Open,
    /// Not encrypted, but it does not leave the machine: loopback, a unix socket, memory.
    Private,
    /// Nothing may be sent yet: the pipe starts with a TLS handshake (direct TLS, XEP-0368).
    TlsNext,
    /// TLS is in place and the peer's certificate was verified.
    Encrypted(TlsFacts),
}

impl Security {
    /// True where a password itself may cross: private or encrypted.
    #[must_use]
    pub const fn protects_secrets(&self) -> bool {
        matches!(self, Self::Private | Self::Encrypted(_))
    }

    /// True once TLS is in place.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted(_))
    }

    /// The channel-binding data, where TLS is in place.
    #[must_use]
    pub const fn channel_binding(&self) -> Option<&ChannelBinding> {
        match self {
            Self::Encrypted(facts) => Some(&facts.channel_binding),
            _ => None,
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("not encrypted"),
            Self::Private => f.write_str("not encrypted, but private to this machine"),
            Self::TlsNext => f.write_str("TLS comes next"),
            Self::Encrypted(facts) => facts.fmt(f),
        }
    }
}

/// What a TLS handshake established.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsFacts {
    /// The protocol version as it is usually written, such as `TLSv1.3`.
    pub version: Cow<'static, str>,
    /// The cipher suite's registered name, such as `TLS_AES_256_GCM_SHA384`.
    pub cipher_suite: Cow<'static, str>,
    /// The name that the peer's certificate was verified for.
    pub peer_name: String,
    /// The data for binding an authentication to this channel.
    pub channel_binding: ChannelBinding,
}

impl TlsFacts {
    /// The facts of a handshake that verified the peer as `peer_name`.
    #[must_use]
    pub fn new(
        version: impl Into<Cow<'static, str>>,
        cipher_suite: impl Into<Cow<'static, str>>,
        peer_name: impl Into<String>,
        channel_binding: ChannelBinding,
    ) -> Self {
        Self {
            version: version.into(),
            cipher_suite: cipher_suite.into(),
            peer_name: peer_name.into(),
            channel_binding,
        }
    }
}

impl fmt::Display for TlsFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}, verified as {}", self.version, self.cipher_suite, self.peer_name)
    }
}
