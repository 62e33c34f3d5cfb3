use std::{any::Any, fmt};

use jabber_dialect::Identity;
use jabber_jid::Jid;
use jabber_sasl::{Authenticated, Mechanism, Reason};
use jabber_security::Security;
use jabber_status::{Kind, Phase, Stamp, Status, StatusEvent};

/// A status of the steps that this dialect has: TLS, authentication, bind.
#[derive(Clone, Debug)]
pub struct Event {
    stamp: Stamp,
    detail: Detail,
}

/// What an [`Event`] tells. Each variant is one status.
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
    /// BINDNEGOTIATE: the names that are asked for, all of them.
    Binding {
        /// The names, in order.
        names: Vec<Jid>,
    },
    /// BINDSUCCESS: all names are bound.
    Bound(Identity),
}

/// How TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsStart {
    /// It is asked for on an open stream (RFC 6120 §5).
    StartTls,
    /// The connection begins with it.
    Direct,
}

impl Event {
    pub(crate) const fn new(stamp: Stamp, detail: Detail) -> Self {
        Self { stamp, detail }
    }

    /// What it tells.
    #[must_use]
    pub const fn typed(&self) -> &Detail {
        &self.detail
    }
}

impl StatusEvent for Event {
    fn kind(&self) -> Kind {
        let status = match self.detail {
            Detail::TlsNegotiating(_) => Status::SslNegotiate,
            Detail::TlsEstablished(_) => Status::SslSuccess,
            Detail::Authenticating { .. } => Status::AuthNegotiate,
            Detail::Authenticated(_) => Status::AuthSuccess,
            Detail::Binding { .. } => Status::BindNegotiate,
            Detail::Bound(_) => Status::BindSuccess,
        };
        status.into()
    }

    fn phase(&self) -> Phase {
        self.stamp.phase
    }

    fn attempt(&self) -> u32 {
        self.stamp.attempt
    }

    fn dialect(&self) -> &'static str {
        self.stamp.dialect
    }

    fn detail(&self) -> Option<&dyn fmt::Display> {
        Some(&self.detail)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}

/// For people.
impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TlsNegotiating(TlsStart::StartTls) => f.write_str("STARTTLS"),
            Self::TlsNegotiating(TlsStart::Direct) => f.write_str("direct TLS"),
            Self::TlsEstablished(security) => security.fmt(f),
            // It begins with the mechanism's name.
            Self::Authenticating { reason, .. } => reason.fmt(f),
            Self::Authenticated(authenticated) => {
                f.write_str(authenticated.mechanism().name())?;
                if authenticated.is_mutual() {
                    f.write_str(", and the router proved that it knows the password")?;
                }
                Ok(())
            }
            Self::Binding { names } => names.iter().enumerate().try_for_each(|(nth, name)| {
                write!(f, "{}{name}", if nth == 0 { "" } else { ", " })
            }),
            Self::Bound(identity) => identity.fmt(f),
        }
    }
}
