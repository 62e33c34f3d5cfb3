//! Who logs in, in which dialect, over what.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jabber::{
    ConnectionError, Deadlines, Error, ErrorStatus, Identity, Jid, Phase, Protocol, SessionBuilder,
    StreamCondition, StreamError, Tcp, TlsConfig, component, jabberd20_component as router, legacy,
    xmpp,
};
use jabber_connection::SharedError;
use jabber_tcp::TlsVersion;
use jabber_tests::{
    jabberd2::{ROUTER_REALM, ROUTER_SECRET, ROUTER_USER},
    server::{ALICE, Account, COMPONENT, COMPONENT_SECRET, OPTIONAL, REQUIRED},
};

use super::{Actor, Place, Secrets, Trace, Which, address, jid, tls};

/// The name that ours binds on the router.
const ROUTER_NAME: &str = "ours.jabber.test";

/// The dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Xmpp,
    Legacy,
    Component,
    Router,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pipe {
    /// Not at all: loopback is private.
    Open,
    /// STARTTLS, which the server offers.
    Offered,
    /// STARTTLS, which the server requires.
    Required,
    /// TLS from the first byte on.
    Direct,
    /// The same, for the domain where TLS is required.
    DirectRequired,
}

impl Dialect {
    /// The ways in that servers have for it, the most usual one first.
    pub(crate) const fn pipes(self) -> &'static [Pipe] {
        use Pipe::{Direct, DirectRequired, Offered, Open, Required};
        match self {
            Self::Xmpp => &[Offered, Required, Direct, DirectRequired, Open],
            Self::Legacy => &[Open, Direct, DirectRequired],
            Self::Component => &[Open],
            Self::Router => &[Offered, Open],
        }
    }

    pub(crate) const fn is_component(self) -> bool {
        matches!(self, Self::Component | Self::Router)
    }
}

impl Pipe {
    pub(crate) const fn domain(self) -> &'static str {
        match self {
            Self::Required | Self::DirectRequired => REQUIRED,
            _ => OPTIONAL,
        }
    }

    pub(crate) const fn is_direct(self) -> bool {
        matches!(self, Self::Direct | Self::DirectRequired)
    }
}

/// All that a session needs, to be begun as often as one likes.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) protocol: Arc<dyn Protocol>,
    pub(crate) jid: Jid,
    which: Which,
    name: String,
    secret: String,
    at: SocketAddr,
    direct: bool,
    tls: TlsConfig,
    tls_name: Option<Jid>,
    deadlines: Deadlines,
    settings: fn(SessionBuilder) -> SessionBuilder,
}

impl Place {
    /// The most usual session of that dialect.
    pub(crate) fn usual(&self, dialect: Dialect) -> Login {
        self.login(dialect, dialect.pipes()[0])
    }

    /// Alice or our component, over that pipe.
    pub(crate) fn login(&self, dialect: Dialect, pipe: Pipe) -> Login {
        self.login_as(dialect, pipe, ALICE)
    }

    /// The same, of another account (or, for a component, with another secret).
    pub(crate) fn login_as(&self, dialect: Dialect, pipe: Pipe, account: Account) -> Login {
        let Account { name, password } = account;
        let client = jid(&format!("{name}@{}/{dialect:?}-{pipe:?}", pipe.domain()));
        let login = match dialect {
            Dialect::Xmpp => {
                let off = pipe == Pipe::Open;
                let tls = if off { xmpp::TlsPolicy::Off } else { xmpp::TlsPolicy::Required };
                let config = xmpp::Config::new(client.clone(), password).with_tls(tls);
                self.client(config, client, password)
            }
            Dialect::Legacy => {
                let config = legacy::Config::new(client.clone(), password).unwrap();
                self.client(config, client, password)
            }
            Dialect::Component => {
                let secret = if account == ALICE { COMPONENT_SECRET } else { password };
                self.component(component::Config::new(jid(COMPONENT), secret), secret)
            }
            Dialect::Router => {
                let (user, secret) =
                    if account == ALICE { (ROUTER_USER, ROUTER_SECRET) } else { (name, password) };
                let off = pipe == Pipe::Open;
                let tls = if off { router::TlsPolicy::Off } else { router::TlsPolicy::Required };
                let config = router::Config::new(jid(ROUTER_NAME), secret);
                self.router(config.with_username(user).with_tls(tls), secret)
            }
        };
        let at = self.address(dialect, pipe);
        login.at(at).direct(pipe.is_direct())
    }

    /// A client with a configuration of the test's own.
    pub(crate) fn client(&self, config: impl Protocol + 'static, jid: Jid, secret: &str) -> Login {
        let name = jid.local().unwrap_or_default().to_owned();
        self.of(Arc::new(config), jid, name, secret).at(self.server.c2s())
    }

    /// The same for a component.
    pub(crate) fn component(&self, config: component::Config, secret: &str) -> Login {
        let domain = config.domain().clone();
        let login = self.of(Arc::new(config), domain, String::new(), secret);
        // The tests connect to an address, which no certificate is for.
        login.at(self.server.component()).tls_name(OPTIONAL)
    }

    /// The same for a component on the router.
    pub(crate) fn router(&self, config: router::Config, secret: &str) -> Login {
        let domain = config.domain().clone();
        let login = self.of(Arc::new(config), domain, String::new(), secret);
        login.at(self.server.component()).tls_name(ROUTER_REALM)
    }

    fn of(&self, protocol: Arc<dyn Protocol>, jid: Jid, name: String, secret: &str) -> Login {
        let versions = [TlsVersion::V1_2, TlsVersion::V1_3];
        Login {
            protocol,
            jid,
            which: self.which,
            name,
            secret: secret.to_owned(),
            at: self.server.c2s(),
            direct: false,
            tls: tls(self.server.authority(), &versions),
            tls_name: None,
            deadlines: Deadlines::default(),
            settings: |builder| builder,
        }
    }
}

impl Login {
    pub(crate) fn at(mut self, at: SocketAddr) -> Self {
        self.at = at;
        self
    }

    pub(crate) fn direct(mut self, direct: bool) -> Self {
        self.direct = direct;
        self
    }

    pub(crate) fn trusting(mut self, tls: TlsConfig) -> Self {
        self.tls = tls;
        self
    }

    /// The name that the certificate must be for.
    pub(crate) fn tls_name(mut self, name: &str) -> Self {
        self.tls_name = Some(jid(name));
        self
    }

    /// How long a step may take, and the server's stream end.
    pub(crate) fn step_within(mut self, step: Duration) -> Self {
        self.deadlines = self.deadlines.with_step(step).with_closing(step);
        self
    }

    /// With further settings of the session.
    pub(crate) fn with(mut self, settings: fn(SessionBuilder) -> SessionBuilder) -> Self {
        self.settings = settings;
        self
    }

    pub(crate) fn actor(&self) -> Actor {
        let secrets = Secrets::of(&self.name, &self.secret);
        Actor::speaking(Arc::clone(&self.protocol), secrets, |builder| {
            let builder = (self.settings)(builder)
                .transport(Tcp::new(self.tls.clone()))
                .server(address(self.at))
                .direct_tls(self.direct)
                .deadlines(self.deadlines);
            match &self.tls_name {
                Some(name) => builder.tls_name(name.clone()),
                None => builder,
            }
        })
    }

    /// In, and ready.
    pub(crate) async fn ready(&self) -> (Actor, Identity) {
        let mut tries = 0;
        loop {
            let mut actor = self.actor();
            actor.connect();
            match actor.try_ready().await {
                Ok(identity) => return (actor, identity),
                Err(error) if tries < 10 && self.is_mistaken(&error) => actor.until_it_ends().await,
                Err(error) => panic!("{error}\n{}", actor.told()),
            };
            tries += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// It must not come in; why, and all that happened.
    pub(crate) async fn fails(&self) -> (Error, Trace) {
        let mut tries = 0;
        loop {
            let (error, trace) = self.actor().fails().await;
            if tries == 10 || !self.is_mistaken(&error) {
                return (error, trace);
            }
            tries += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// In, and out again.
    pub(crate) async fn visit(&self) -> Trace {
        self.ready().await.0.close().await
    }

    /// jabberd2 may take a connection for another that has just ended on the same descriptor, for
    /// some milliseconds (see `jabber_tests::wire::again`).
    fn is_mistaken(&self, error: &Error) -> bool {
        if self.which != Which::Jabberd2 || error.phase() == Phase::Ready {
            return false;
        }
        let mut next = Some(error as &(dyn std::error::Error + 'static));
        while let Some(cause) = next {
            let shared = cause.downcast_ref::<SharedError>();
            let cause = shared.map_or(cause, |shared| &**shared);
            if let Some(stream) = cause.downcast_ref::<StreamError>() {
                return stream.condition() == StreamCondition::InternalServerError;
            }
            if let Some(ConnectionError::PeerClosed { .. } | ConnectionError::Socket { .. }) =
                cause.downcast_ref::<ConnectionError>()
            {
                return true;
            }
            next = cause.source();
        }
        error.status() == ErrorStatus::SocketFail
    }
}
