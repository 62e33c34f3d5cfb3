use std::{any::Any, fmt};

use jabber_jid::Jid;
use jabber_login as login;
use jabber_status::{Kind, Phase, Stamp, Status, StatusEvent};

use crate::state::PEER;

/// A status of the steps that XMPP has: TLS, authentication, bind, session.
#[derive(Clone, Debug)]
pub struct Event {
    stamp: Stamp,
    detail: Detail,
}

/// What an [`Event`] tells. Each variant but [`Login`](Self::Login) is one status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Detail {
    /// SSLNEGOTIATE, SSLSUCCESS, AUTHNEGOTIATE, AUTHSUCCESS: what TLS and the login tell.
    Login(login::Detail),
    /// BINDNEGOTIATE: the resource that is asked for; `None` leaves it to the server.
    Binding {
        /// The resource.
        resource: Option<String>,
    },
    /// BINDSUCCESS: the full JID that the server gave.
    Bound {
        /// The full JID.
        jid: Jid,
    },
    /// SESSIONNEGOTIATE.
    RequestingSession,
    /// SESSIONSUCCESS.
    SessionEstablished,
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
        let status = match &self.detail {
            Detail::Login(detail) => detail.status(),
            Detail::Binding { .. } => Status::BindNegotiate,
            Detail::Bound { .. } => Status::BindSuccess,
            Detail::RequestingSession => Status::SessionNegotiate,
            Detail::SessionEstablished => Status::SessionSuccess,
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
        match self.detail {
            Detail::RequestingSession | Detail::SessionEstablished => None,
            _ => Some(&self.detail),
        }
    }

    fn memory(&self) -> usize {
        match &self.detail {
            Detail::Login(detail) => detail.memory(),
            Detail::Binding { resource } => resource.as_deref().map_or(0, str::len),
            Detail::Bound { jid } => jid.as_str().len(),
            Detail::RequestingSession | Detail::SessionEstablished => 0,
        }
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
            Self::Login(detail) => detail.of(PEER).fmt(f),
            Self::Binding { resource: Some(resource) } => write!(f, "as '{resource}'"),
            Self::Binding { resource: None } => f.write_str("as the server likes"),
            Self::Bound { jid } => jid.fmt(f),
            Self::RequestingSession => f.write_str("session"),
            Self::SessionEstablished => f.write_str("session established"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_takes_memory() {
        let memory =
            |detail| Event::new(Stamp::new(Phase::Negotiation, 1, "xmpp"), detail).memory();
        assert_eq!(memory(Detail::Binding { resource: Some("x".repeat(1000)) }), 1000);
        assert_eq!(memory(Detail::Binding { resource: None }), 0);
        let jid = format!("a@b/{}", "x".repeat(996)).parse().unwrap();
        assert_eq!(memory(Detail::Bound { jid }), 1000);
    }
}
