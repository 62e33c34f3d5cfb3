use std::fmt;

use jabber_jid::Jid;

/// Who we are in a session that is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// Our JID: the full JID that the server bound, or the component's domain.
    pub jid: Jid,
    /// Further names that the same connection serves (jabberd20-component).
    pub other_names: Vec<Jid>,
}

impl Identity {
    /// One JID and no other name.
    #[must_use]
    pub const fn new(jid: Jid) -> Self {
        Self { jid, other_names: Vec::new() }
    }

    /// An estimate of the memory that it holds beside itself, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let others = self.other_names.iter().map(|name| size_of::<Jid>() + name.as_str().len());
        self.jid.as_str().len() + others.sum::<usize>()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.jid.fmt(f)?;
        self.other_names.iter().try_for_each(|name| write!(f, ", {name}"))
    }
}
