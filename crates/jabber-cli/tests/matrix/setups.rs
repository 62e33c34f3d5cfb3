//! The dialects, each in the ways in which its connections come about.

use jabber::{
    Jid, Protocol, component, jabberd20_component, legacy,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_testkit::misbehaving::{Server, Step, Tls};

pub(crate) const PASSWORD: &str = "wonderland";

/// One way in which a client and its server are set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    tls: Tls,
    mechanism: Mechanism,
    /// The steps that are tried; empty for all.
    only: &'static [Step],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Xmpp,
    Legacy,
    Component,
    Jabberd20Component,
}

pub(crate) const SETUPS: &[Setup] = &[
    Setup {
        name: "xmpp, STARTTLS, PLAIN",
        dialect: Dialect::Xmpp,
        tls: Tls::StartTls,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "xmpp, STARTTLS, SCRAM-SHA-256",
        dialect: Dialect::Xmpp,
        tls: Tls::StartTls,
        mechanism: Mechanism::ScramSha256,
        only: &[],
    },
    Setup {
        name: "xmpp, direct TLS, PLAIN",
        dialect: Dialect::Xmpp,
        tls: Tls::Direct,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "xmpp, no TLS, PLAIN",
        dialect: Dialect::Xmpp,
        tls: Tls::Off,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "legacy, no TLS",
        dialect: Dialect::Legacy,
        tls: Tls::Off,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "legacy, direct TLS",
        dialect: Dialect::Legacy,
        tls: Tls::Direct,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "component, no TLS",
        dialect: Dialect::Component,
        tls: Tls::Off,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "component, direct TLS",
        dialect: Dialect::Component,
        tls: Tls::Direct,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "jabberd20-component, STARTTLS, DIGEST-MD5",
        dialect: Dialect::Jabberd20Component,
        tls: Tls::StartTls,
        mechanism: Mechanism::DigestMd5,
        only: &[],
    },
    Setup {
        name: "jabberd20-component, direct TLS, PLAIN",
        dialect: Dialect::Jabberd20Component,
        tls: Tls::Direct,
        mechanism: Mechanism::Plain,
        only: &[],
    },
    Setup {
        name: "jabberd20-component, no TLS, DIGEST-MD5",
        dialect: Dialect::Jabberd20Component,
        tls: Tls::Off,
        mechanism: Mechanism::DigestMd5,
        only: &[],
    },
];

impl Dialect {
    /// As events and the table have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Xmpp => "xmpp",
            Self::Legacy => "legacy",
            Self::Component => "component",
            Self::Jabberd20Component => "jabberd20-component",
        }
    }
}

impl Setup {
    /// A server that serves it well.
    pub(crate) fn server(self) -> Server {
        let server = match self.dialect {
            Dialect::Xmpp => Server::xmpp(alice(), PASSWORD),
            Dialect::Legacy => Server::legacy(alice(), PASSWORD),
            Dialect::Component => Server::component(echo(), PASSWORD),
            Dialect::Jabberd20Component => Server::jabberd20_component(echo(), PASSWORD),
        };
        server.with_tls(self.tls).with_mechanism(self.mechanism)
    }

    /// The client's configuration.
    pub(crate) fn protocol(self) -> Box<dyn Protocol> {
        let off = self.tls == Tls::Off;
        // Where the server has better than PLAIN, PLAIN is not permitted.
        let plain = self.mechanism == Mechanism::Plain;
        let policy = if plain { Policy::PLAIN_OVER_TLS } else { Policy::SCRAM };
        match self.dialect {
            Dialect::Xmpp => {
                let config = xmpp::Config::new(alice(), PASSWORD).with_policy(policy);
                Box::new(if off { config.with_tls(xmpp::TlsPolicy::Off) } else { config })
            }
            Dialect::Legacy => Box::new(legacy::Config::new(alice(), PASSWORD).unwrap()),
            Dialect::Component => Box::new(component::Config::new(echo(), PASSWORD)),
            Dialect::Jabberd20Component => {
                let config = jabberd20_component::Config::new(echo(), PASSWORD)
                    .with_policy(policy.allow(Mechanism::DigestMd5));
                let off = off.then_some(jabberd20_component::TlsPolicy::Off);
                Box::new(match off {
                    Some(off) => config.with_tls(off),
                    None => config,
                })
            }
        }
    }

    pub(crate) fn direct_tls(self) -> bool {
        self.tls == Tls::Direct
    }

    /// The steps that are tried.
    pub(crate) fn steps(self) -> Vec<Step> {
        let mut steps = self.server().steps();
        steps.retain(|step| self.only.is_empty() || self.only.contains(step));
        steps
    }
}

fn alice() -> Jid {
    "alice@localhost/desk".parse().unwrap()
}

fn echo() -> Jid {
    "echo.localhost".parse().unwrap()
}
