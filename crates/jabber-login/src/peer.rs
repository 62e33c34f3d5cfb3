/// How texts for people call the one on the other side, and what they advise about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who it is: `the server`.
    pub name: &'static str,
    /// What stands before the version of its stream: `the server speaks XMPP`.
    pub speaks: &'static str,
    /// What one may try where that version is too old.
    pub if_too_old: &'static str,
    /// What stands behind "does not offer STARTTLS": why that may be, what one may try.
    pub without_starttls: &'static str,
}

impl Peer {
    /// A server of XMPP.
    pub const SERVER: Self = Self {
        name: "the server",
        speaks: "the server speaks XMPP",
        if_too_old: "an old server may be served by another dialect",
        without_starttls: "; somebody on the way may have removed the offer (try direct TLS)",
    };
}
