use std::fmt;

use jabber_security::{ChannelBinding, Security};

/// A channel-binding type that this crate can use (the names of the IANA registry).
///
/// `tls-unique` is not among them: TLS 1.3 does not have it, and its TLS 1.2 form is weak without
/// an extended master secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindingType {
    /// `tls-exporter` (RFC 9266): this very TLS connection.
    TlsExporter,
    /// `tls-server-end-point` (RFC 5929 §4): the server's certificate.
    TlsServerEndPoint,
}

impl BindingType {
    /// Every type, the better one first: the exporter also notices a stolen certificate.
    pub const ALL: [Self; 2] = [Self::TlsExporter, Self::TlsServerEndPoint];

    /// The registered name, as in the gs2 header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }

    /// The data of this type, where the transport supplies it.
    pub(crate) fn data(self, binding: &ChannelBinding) -> Option<&[u8]> {
        match self {
            Self::TlsExporter => binding.tls_exporter.as_ref().map(<[u8; 32]>::as_slice),
            Self::TlsServerEndPoint => binding.tls_server_end_point.as_deref(),
        }
    }

    /// True if any type can be used on this pipe.
    pub(crate) fn any(security: &Security) -> bool {
        let has = |binding| Self::ALL.into_iter().any(|kind| kind.data(binding).is_some());
        security.channel_binding().is_some_and(has)
    }
}

impl fmt::Display for BindingType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a login by SCRAM says of channel binding (RFC 5802 §7, `gs2-cbind-flag`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindingFlag {
    /// `n`: it binds nothing, and says nothing of what the server offered.
    Without,
    /// `y`: it would have bound the channel, and saw no offer to. A server that made one then knows
    /// that somebody took it out of the list, and refuses (RFC 5802 §6).
    NotOffered,
    /// `p=`: it binds the channel by this type.
    Bound(BindingType),
}

/// As it stands in the message.
impl fmt::Display for BindingFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Without => f.write_str("n"),
            Self::NotOffered => f.write_str("y"),
            Self::Bound(kind) => write!(f, "p={kind}"),
        }
    }
}
