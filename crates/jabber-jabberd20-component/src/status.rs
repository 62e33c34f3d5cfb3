use std::{any::Any, fmt};

use jabber_dialect::Identity;
use jabber_jid::Jid;
use jabber_login as login;
use jabber_status::{Kind, Phase, Stamp, Status, StatusEvent};

use crate::state::PEER;

/// A status of the steps that this dialect has: TLS, authentication, bind.
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
    /// BINDNEGOTIATE: the names that are asked for, all of them.
    Binding {
        /// The names, in order.
        names: Vec<Jid>,
    },
    /// BINDSUCCESS: all names are bound.
    Bound(Identity),
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

    fn memory(&self) -> usize {
        match &self.detail {
            Detail::Login(detail) => detail.memory(),
            Detail::Binding { names } => {
                names.iter().map(|name| size_of::<Jid>() + name.as_str().len()).sum()
            }
            Detail::Bound(identity) => identity.memory(),
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
            Self::Binding { names } => names.iter().enumerate().try_for_each(|(nth, name)| {
                write!(f, "{}{name}", if nth == 0 { "" } else { ", " })
            }),
            Self::Bound(identity) => identity.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_takes_memory() {
        let memory = |detail| {
            Event::new(Stamp::new(Phase::Negotiation, 1, "jabberd20-component"), detail).memory()
        };
        let names: Vec<Jid> =
            (0..100).map(|number| format!("a{number:02}.localhost").parse().unwrap()).collect();
        assert_eq!(memory(Detail::Binding { names: names.clone() }), 100 * (size_of::<Jid>() + 13));
        let mut identity = Identity::new(names[0].clone());
        assert_eq!(memory(Detail::Bound(identity.clone())), 13);
        identity.other_names = names;
        assert_eq!(memory(Detail::Bound(identity)), 13 + 100 * (size_of::<Jid>() + 13));
    }
}
