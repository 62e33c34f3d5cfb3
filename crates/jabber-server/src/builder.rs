//! How a server is to be.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use jabber_jid::{Jid, JidError};
use jabber_sasl::BindingType;
use jabber_security::Secret;

use crate::{
    Server, StartError,
    accounts::{Account, Accounts},
    config::{Config, RouterUser},
    listener::Listeners,
    tls,
};

/// Whether clients at [`Server::c2s`] log in over TLS (RFC 6120 §5.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartTls {
    /// STARTTLS is offered; a login without it is possible too. Without TLS, PLAIN and the password
    /// field of XEP-0078 are offered to clients on loopback only.
    Optional,
    /// STARTTLS is the only thing that is offered until TLS is in place. A stream before version 1.0
    /// has no STARTTLS: such clients log in at [`Server::direct_tls`].
    #[default]
    Required,
    /// STARTTLS is not offered, and refused if asked for.
    Off,
}

/// A server that has not started yet; made by [`Server::builder`].
///
/// # Examples
/// ```
/// use jabber_server::{Server, StartTls};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), jabber_server::StartError> {
/// let server = Server::builder()
///     .domain("example.test")
///     .user("alice", "wonderland")
///     .component("echo.example.test", "secret")
///     .starttls(StartTls::Optional)
///     .start()
///     .await?;
/// server.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a server runs after `start`"]
pub struct Builder {
    domain: String,
    users: Vec<(String, Secret)>,
    components: Vec<(String, Secret)>,
    router_users: Vec<(String, Secret)>,
    c2s: SocketAddr,
    direct_tls: SocketAddr,
    to_components: SocketAddr,
    starttls: StartTls,
    bindings: Vec<BindingType>,
    negotiation: Duration,
    patience: Duration,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            domain: "localhost".to_owned(),
            users: Vec::new(),
            components: Vec::new(),
            router_users: Vec::new(),
            c2s: any,
            direct_tls: any,
            to_components: any,
            starttls: StartTls::default(),
            bindings: BindingType::ALL.to_vec(),
            negotiation: Duration::from_secs(30),
            patience: Duration::from_secs(10),
        }
    }

    /// The domain to serve; `localhost` if not set.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = domain.into();
        self
    }

    /// Adds an account: what stands before the `@` of its JID, and its password. Given twice, the
    /// later password counts.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.users.push((name.into(), Secret::new(password.into())));
        self
    }

    /// Adds a component that may connect: its domain, such as `echo.localhost`, and its secret. It
    /// is for XEP-0114, and for the router (the jabberd 2.0 component protocol), where the domain is
    /// also the name to log in with, and the one name that may be bound. Given twice, the later
    /// secret counts.
    pub fn component(mut self, name: impl Into<String>, secret: impl Into<String>) -> Self {
        self.components.push((name.into(), Secret::new(secret.into())));
        self
    }

    /// Adds a user of the router (the jabberd 2.0 component protocol): the name to log in with, and
    /// the secret. Such a user may bind any name that is free, and ask for `<log/>` and
    /// `<default/>`. It takes the place of a [`component`](Self::component)'s user of that name;
    /// given twice, the later secret counts.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), jabber_server::StartError> {
    /// let server = jabber_server::Server::builder().router_user("jabberd", "secret").start().await?;
    /// # server.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn router_user(mut self, name: impl Into<String>, secret: impl Into<String>) -> Self {
        self.router_users.push((name.into(), Secret::new(secret.into())));
        self
    }

    /// Where to listen for clients; a free port of 127.0.0.1 if not set, or with port 0.
    pub fn c2s(mut self, address: SocketAddr) -> Self {
        self.c2s = address;
        self
    }

    /// Where to listen for clients that begin with TLS (XEP-0368); a free port of 127.0.0.1 if not
    /// set, or with port 0.
    pub fn direct_tls(mut self, address: SocketAddr) -> Self {
        self.direct_tls = address;
        self
    }

    /// Where to listen for components; a free port of 127.0.0.1 if not set, or with port 0.
    ///
    /// XEP-0114 and the router (the jabberd 2.0 component protocol) share the port, as they do in
    /// jabberd2: the default namespace of the stream header says which it is. XEP-0114 has no TLS;
    /// the router offers STARTTLS unless it is [`StartTls::Off`], and never requires it.
    pub fn components(mut self, address: SocketAddr) -> Self {
        self.to_components = address;
        self
    }

    /// Whether clients log in over TLS; required if not set. `Off` is for the router as well.
    pub fn starttls(mut self, starttls: StartTls) -> Self {
        self.starttls = starttls;
        self
    }

    /// What clients may bind their logins by (RFC 5802 §6, listed by XEP-0440); all types if not set,
    /// and with none there is no `-PLUS` mechanism. `tls-exporter` is there on TLS 1.3 only
    /// (RFC 9266 §4.2).
    ///
    /// # Examples
    /// ```
    /// use jabber_server::{BindingType, Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), jabber_server::StartError> {
    /// let by_certificate = [BindingType::TlsServerEndPoint];
    /// let server = Server::builder().channel_bindings(&by_certificate).start().await?;
    /// # server.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn channel_bindings(mut self, types: &[BindingType]) -> Self {
        self.bindings = types.to_vec();
        self
    }

    /// How long a peer may take from connecting until it is bound, or a component until its
    /// handshake is done; then the stream ends with `connection-timeout`. 30 seconds if not set.
    pub fn negotiation_timeout(mut self, timeout: Duration) -> Self {
        self.negotiation = timeout;
        self
    }

    /// How long a peer may read nothing while others wait to write to it; then its stream ends with
    /// `policy-violation`. 10 seconds if not set. Up to 1 MiB and one stanza wait for a peer.
    pub fn slow_reader_timeout(mut self, timeout: Duration) -> Self {
        self.patience = timeout;
        self
    }

    /// Starts the server; it accepts connections when this returns. Needs a tokio runtime with time
    /// and I/O enabled, in which its tasks run.
    ///
    /// If the future is dropped before it is ready, no server runs.
    ///
    /// # Errors
    /// [`StartError`] says which setting cannot be used, or what the system refused.
    pub async fn start(self) -> Result<Server, StartError> {
        let domain = domain(&self.domain).map_err(|source| {
            let domain = self.domain.clone();
            StartError::Domain { domain, source }
        })?;
        let users = users(self.users, &domain)?;
        let components = components(self.components, &domain)?;
        let router_users = router_users(self.router_users, &components)?;
        let (tls, ca_pem) = tls::acceptor(&domain, components.keys(), self.bindings)?;
        let random = |source: getrandom::Error| StartError::Random { source: source.into() };
        let config = Config {
            accounts: Accounts::new(users).map_err(random)?,
            domain,
            components,
            router_users,
            starttls: self.starttls,
            negotiation: self.negotiation,
            patience: self.patience,
            tls,
        };
        let listeners = Listeners::bind(self.c2s, self.direct_tls, self.to_components).await?;
        Ok(Server::run(config, listeners, ca_pem))
    }
}

/// A JID that is a domain and nothing else. `None` says that it is more than that.
fn domain(text: &str) -> Result<Jid, Option<JidError>> {
    let jid = Jid::new(text).map_err(Some)?;
    jid.host().map_err(Some)?;
    if jid.local().is_none() && jid.resource().is_none() { Ok(jid) } else { Err(None) }
}

fn users(given: Vec<(String, Secret)>, domain: &Jid) -> Result<HashMap<Jid, Secret>, StartError> {
    let mut users = HashMap::new();
    for (name, password) in given {
        if !Account::accepts(&password) {
            return Err(StartError::Password { name });
        }
        match Jid::from_parts(Some(&name), domain.domain(), None) {
            Ok(jid) => users.insert(jid, password),
            Err(source) => return Err(StartError::User { name, source }),
        };
    }
    Ok(users)
}

fn components(
    given: Vec<(String, Secret)>,
    server: &Jid,
) -> Result<HashMap<Jid, Secret>, StartError> {
    let mut components = HashMap::new();
    for (name, secret) in given {
        match domain(&name) {
            Ok(jid) if jid != *server => components.insert(jid, secret),
            Ok(_) => return Err(StartError::Component { name, source: None }),
            Err(source) => return Err(StartError::Component { name, source }),
        };
    }
    Ok(components)
}

/// Those that were given, and each component under its own name.
fn router_users(
    given: Vec<(String, Secret)>,
    components: &HashMap<Jid, Secret>,
) -> Result<HashMap<String, RouterUser>, StartError> {
    let own = components.iter().map(|(name, secret)| {
        let user = RouterUser { secret: secret.clone(), binds_anything: false };
        (name.as_str().to_owned(), user)
    });
    let mut users: HashMap<_, _> = own.collect();
    for (name, secret) in given {
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(StartError::RouterUser { name });
        }
        if !Account::accepts(&secret) {
            return Err(StartError::Password { name });
        }
        users.insert(name, RouterUser { secret, binds_anything: true });
    }
    Ok(users)
}
