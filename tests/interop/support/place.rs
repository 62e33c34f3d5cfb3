//! Where a session goes: which server it is, and what that one has.

use std::{fmt, net::SocketAddr};

use jabber::sasl::Mechanism;
use jabber_tests::{
    ejabberd::{self, Ejabberd},
    jabberd2::{self, Jabberd2},
    prosody::{self, Prosody},
    server::{Server, StartError, Tls},
    skip,
};

use super::{Dialect, Pipe};

/// The servers, as Debian ships them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Prosody,
    Ejabberd,
    Jabberd2,
}

/// A server of the test's own.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) which: Which,
    pub(crate) server: Box<dyn Server>,
}

impl Which {
    /// `None`: it is not installed, and that was said.
    pub(crate) fn start(self) -> Option<Place> {
        self.place(match self {
            Self::Prosody => boxed(Prosody::start(&prosody::Options::new())),
            Self::Ejabberd => boxed(Ejabberd::start(&ejabberd::Options::new())),
            Self::Jabberd2 => boxed(Jabberd2::start(&jabberd2::Options::new())),
        })
    }

    /// One that speaks this of TLS to clients. jabberd2 cannot be told: `None`.
    pub(crate) fn start_with_tls(self, tls: Tls) -> Option<Place> {
        self.place(match self {
            Self::Prosody => boxed(Prosody::start(&prosody::Options::new().tls(tls))),
            Self::Ejabberd => boxed(Ejabberd::start(&ejabberd::Options::new().tls(tls))),
            Self::Jabberd2 => return None,
        })
    }

    /// One that offers clients these of its mechanisms only.
    pub(crate) fn start_with_mechanisms(self, names: &[&str]) -> Option<Place> {
        self.place(match self {
            Self::Prosody => boxed(Prosody::start(&prosody::Options::new().mechanisms(names))),
            Self::Ejabberd => boxed(Ejabberd::start(&ejabberd::Options::new().mechanisms(names))),
            Self::Jabberd2 => boxed(Jabberd2::start(&jabberd2::Options::new().mechanisms(names))),
        })
    }

    fn place(self, started: Result<Box<dyn Server>, StartError>) -> Option<Place> {
        Some(Place { which: self, server: skip::unless_missing(started)? })
    }

    /// The SASL mechanisms for accounts that it offers and that we speak, the strongest first.
    /// Its `-PLUS` are bound by `tls-unique`, which TLS 1.3 has not and we do not speak.
    pub(crate) const fn mechanisms(self) -> &'static [Mechanism] {
        use Mechanism::{DigestMd5, Plain, ScramSha1, ScramSha256, ScramSha512};
        match self {
            Self::Prosody => &[ScramSha256, ScramSha1, Plain],
            Self::Ejabberd => &[ScramSha512, ScramSha256, ScramSha1, DigestMd5, Plain],
            Self::Jabberd2 => &[ScramSha256, ScramSha1, DigestMd5, Plain],
        }
    }

    /// Whether it offers the session of RFC 3921.
    pub(crate) const fn offers_session(self) -> bool {
        !matches!(self, Self::Jabberd2)
    }

    /// Whether it takes a digest (XEP-0078).
    pub(crate) const fn has_digest(self) -> bool {
        !matches!(self, Self::Prosody)
    }

    /// What it calls itself (XEP-0092).
    pub(crate) const fn software(self) -> &'static str {
        match self {
            Self::Prosody => "Prosody",
            Self::Ejabberd => "ejabberd",
            Self::Jabberd2 => "jabberd",
        }
    }
}

fn boxed<S: Server + 'static>(
    started: Result<S, StartError>,
) -> Result<Box<dyn Server>, StartError> {
    started.map(|server| Box::new(server) as Box<dyn Server>)
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Place {
    /// Where that dialect is spoken over that pipe.
    pub(crate) fn address(&self, dialect: Dialect, pipe: Pipe) -> SocketAddr {
        match pipe {
            Pipe::Direct | Pipe::DirectRequired => self.server.direct_tls(),
            Pipe::Required => self.server.c2s_required(),
            Pipe::Offered | Pipe::Open => self.port(dialect),
        }
    }

    /// Where that dialect is spoken, STARTTLS optional.
    pub(crate) fn port(&self, dialect: Dialect) -> SocketAddr {
        match dialect {
            Dialect::Xmpp | Dialect::Legacy => self.server.c2s(),
            Dialect::Component | Dialect::Router => self.server.component(),
        }
    }
}
