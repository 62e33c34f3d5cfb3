use std::{any::Any, fmt};

use jabber_jid::Jid;
use jabber_status::{Kind, Phase, Stamp, Status, StatusEvent};

/// A status of the one step that a component has, the handshake.
#[derive(Clone, Debug)]
pub struct Event {
    stamp: Stamp,
    detail: Detail,
}

/// What an [`Event`] tells. Each variant is one status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Detail {
    /// AUTHNEGOTIATE: the handshake is about to be sent.
    Authenticating {
        /// The id of the stream, which the digest is over.
        stream_id: String,
    },
    /// AUTHSUCCESS: the server accepts us as this domain.
    Authenticated {
        /// The domain that is served.
        domain: Jid,
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
            Detail::Authenticating { stream_id } => stream_id.len(),
            Detail::Authenticated { domain } => domain.as_str().len(),
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
            Self::Authenticating { stream_id } => {
                write!(f, "handshake over stream id '{}'", stream_id.escape_debug())
            }
            Self::Authenticated { domain } => domain.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_takes_memory() {
        let memory =
            |detail| Event::new(Stamp::new(Phase::Negotiation, 1, "component"), detail).memory();
        let stream_id = "x".repeat(1000);
        assert_eq!(memory(Detail::Authenticating { stream_id }), 1000);
        let domain = "echo.localhost".parse().unwrap();
        assert_eq!(memory(Detail::Authenticated { domain }), 14);
    }
}
