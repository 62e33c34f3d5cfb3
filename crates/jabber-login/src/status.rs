use std::fmt;

use jabber_sasl::{Authenticated, Mechanism, Reason};
use jabber_security::Security;
use jabber_status::Status;

use crate::Peer;

/// What an event of TLS or of the login tells. Each variant is one status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Detail {
    /// SSLNEGOTIATE: TLS is asked for, or begins.
    TlsNegotiating(TlsStart),
    /// SSLSUCCESS: how the pipe is protected now.
    TlsEstablished(Security),
    /// AUTHNEGOTIATE: the mechanism, and why that one.
    Authenticating {
        /// The mechanism that was chosen.
        mechanism: Mechanism,
        /// Why, and what was passed over.
        reason: Reason,
    },
    /// AUTHSUCCESS: what was proved.
    Authenticated(Authenticated),
}

/// How TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsStart {
    /// It is asked for on an open stream (RFC 6120 §5).
    StartTls,
    /// The connection begins with it (XEP-0368).
    Direct,
}

impl Detail {
    /// The status that it belongs to.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::TlsNegotiating(_) => Status::SslNegotiate,
            Self::TlsEstablished(_) => Status::SslSuccess,
            Self::Authenticating { .. } => Status::AuthNegotiate,
            Self::Authenticated(_) => Status::AuthSuccess,
        }
    }

    /// An estimate of the memory that it holds beside itself, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        match self {
            Self::Authenticating { reason, .. } => reason.memory(),
            Self::TlsNegotiating(_) | Self::TlsEstablished(_) | Self::Authenticated(_) => 0,
        }
    }

    /// The text for people, which calls the peer by that name.
    #[must_use]
    pub const fn of(&self, peer: &'static Peer) -> impl fmt::Display + '_ {
        Told { detail: self, peer }
    }
}

struct Told<'a> {
    detail: &'a Detail,
    peer: &'static Peer,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail {
            Detail::TlsNegotiating(TlsStart::StartTls) => f.write_str("STARTTLS"),
            Detail::TlsNegotiating(TlsStart::Direct) => f.write_str("direct TLS"),
            Detail::TlsEstablished(security) => security.fmt(f),
            // It begins with the mechanism's name.
            Detail::Authenticating { reason, .. } => reason.fmt(f),
            Detail::Authenticated(authenticated) => {
                f.write_str(authenticated.mechanism().name())?;
                if authenticated.is_mutual() {
                    write!(f, ", and {} proved that it knows the password", self.peer.name)?;
                }
                Ok(())
            }
        }
    }
}
