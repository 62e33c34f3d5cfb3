//! Where a session goes: which server it is, and what that one has.

use std::{fmt, net::SocketAddr};

use jabber::sasl::Mechanism;
use jabber_tests::{
    ejabberd::{self, Ejabberd},
    jabberd2::{self, Jabberd2},
    prosody::{self, Prosody},
    server::{Release, Server, StartError, Tls},
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
    pub(crate) release: Release,
    pub(crate) server: Box<dyn Server>,
}

/// A server in one of its releases, by the name that its tests have.
pub(crate) struct Column;

#[allow(non_upper_case_globals, reason = "the names of the matrix")]
impl Column {
    pub(crate) const Prosody: (Which, Release) = (Which::Prosody, Release::Stable);
    pub(crate) const Prosody13: (Which, Release) = (Which::Prosody, Release::Backports);
    pub(crate) const Ejabberd: (Which, Release) = (Which::Ejabberd, Release::Stable);
    pub(crate) const Ejabberd24: (Which, Release) = (Which::Ejabberd, Release::Backports);
    pub(crate) const Jabberd2: (Which, Release) = (Which::Jabberd2, Release::Stable);
}

/// How a server is set up; the default serves most tests.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Setup<'a> {
    /// What it speaks of TLS to clients. jabberd2 cannot be told.
    pub(crate) tls: Option<Tls>,
    /// Those of its mechanisms that it offers.
    pub(crate) mechanisms: Option<&'a [&'a str]>,
}

impl Which {
    /// `None`: it is not installed, and that was said.
    pub(crate) fn start(self) -> Option<Place> {
        start((self, Release::Stable), Setup::default())
    }
}

/// `None`: it is not there, and that was said; or it cannot be set up so.
pub(crate) fn start((which, release): (Which, Release), setup: Setup<'_>) -> Option<Place> {
    let Setup { tls, mechanisms } = setup;
    let started = match which {
        Which::Prosody => {
            let options = prosody::Options::new().release(release).tls(tls.unwrap_or(Tls::Both));
            let options =
                mechanisms.iter().fold(options, |options, names| options.mechanisms(names));
            boxed(Prosody::start(&options))
        }
        Which::Ejabberd => {
            let options = ejabberd::Options::new().release(release).tls(tls.unwrap_or(Tls::Both));
            let options =
                mechanisms.iter().fold(options, |options, names| options.mechanisms(names));
            boxed(Ejabberd::start(&options))
        }
        Which::Jabberd2 => {
            let options = jabberd2::Options::new();
            let options =
                mechanisms.iter().fold(options, |options, names| options.mechanisms(names));
            if tls.is_some() {
                return None;
            }
            boxed(Jabberd2::start(&options))
        }
    };
    Some(Place { which, release, server: skip::unless_missing(started)? })
}

impl Which {
    /// The SASL mechanisms for accounts that it offers and that we speak, the strongest first.
    /// Those with `-PLUS` are [`Place::strongest`]'s.
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
    /// Another one of the same kind.
    pub(crate) fn another(&self, setup: Setup<'_>) -> Option<Self> {
        start((self.which, self.release), setup)
    }

    /// What we log in by where it is left to us. Only the newer releases bind to the TLS channel by a type
    /// that we speak; `tls-unique`, which the older ones have, TLS 1.3 has not.
    pub(crate) fn strongest(&self, pipe: Pipe) -> Mechanism {
        match (self.which, self.release) {
            _ if pipe == Pipe::Open => self.which.mechanisms()[0],
            (Which::Prosody, Release::Backports) => Mechanism::ScramSha256Plus,
            (Which::Ejabberd, Release::Backports) => Mechanism::ScramSha512Plus,
            _ => self.which.mechanisms()[0],
        }
    }

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
