use std::{any::Any, fmt};

use jabber_jid::Jid;
use jabber_status::{Kind, Phase, Stamp, Status, StatusEvent};

use crate::Method;

/// A status of the one step that this dialect has, the login.
#[derive(Clone, Debug)]
pub struct Event {
    stamp: Stamp,
    detail: Detail,
}

/// What an [`Event`] tells. Each variant is one status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Detail {
    /// AUTHNEGOTIATE: the form is about to be asked for.
    Authenticating {
        /// The name to log in by.
        username: String,
    },
    /// AUTHSUCCESS: who is logged in, and by what.
    Authenticated {
        /// The full JID.
        jid: Jid,
        /// By what the password was proved.
        method: Method,
    },
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
            Detail::Authenticating { .. } => Status::AuthNegotiate,
            Detail::Authenticated { .. } => Status::AuthSuccess,
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
            Detail::Authenticating { username } => username.len(),
            Detail::Authenticated { jid, .. } => jid.as_str().len(),
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
            Self::Authenticating { username } => {
                write!(f, "jabber:iq:auth as '{}'", username.escape_debug())
            }
            Self::Authenticated { jid, method } => write!(f, "{jid}, by {method}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_takes_memory() {
        let memory =
            |detail| Event::new(Stamp::new(Phase::Negotiation, 1, "legacy"), detail).memory();
        let username = "x".repeat(1000);
        assert_eq!(memory(Detail::Authenticating { username }), 1000);
        let jid = format!("a@b/{}", "x".repeat(996)).parse().unwrap();
        assert_eq!(memory(Detail::Authenticated { jid, method: Method::Digest }), 1000);
    }
}
