//! Who connects, where, and whom they trust.

use std::net::SocketAddr;

use jabber::{HostPort, Session, SessionBuilder, Tcp, TlsConfig, component as dialect, xmpp};
use jabber_tcp::TlsVersion;
use jabber_tests::{
    pki::Authority,
    server::{ALICE, Account, OPTIONAL, Server},
};

use super::{Actor, jid};

pub(crate) fn full(account: Account, resource: &str) -> String {
    format!("{}@{OPTIONAL}/{resource}", account.name)
}

pub(crate) fn client(account: Account, resource: &str) -> xmpp::Config {
    client_at(account, OPTIONAL, resource)
}

pub(crate) fn client_at(account: Account, domain: &str, resource: &str) -> xmpp::Config {
    let jid = jid(&format!("{}@{domain}/{resource}", account.name));
    xmpp::Config::new(jid, account.password)
}

pub(crate) fn component(name: &str, secret: &str) -> dialect::Config {
    dialect::Config::new(jid(name), secret)
}

/// Trusts this authority only.
pub(crate) fn tls(authority: &Authority, versions: &[TlsVersion]) -> TlsConfig {
    let tls = TlsConfig::builder().without_system_roots().with_versions(versions);
    tls.add_ca_pem(authority.pem().as_bytes()).unwrap().build().unwrap()
}

pub(crate) fn tcp(server: &dyn Server) -> Tcp {
    Tcp::new(tls(server.authority(), &[TlsVersion::V1_2, TlsVersion::V1_3]))
}

pub(crate) fn address(address: SocketAddr) -> HostPort {
    address.to_string().parse().unwrap()
}

/// A builder for a client over STARTTLS.
fn starttls(server: &dyn Server, config: xmpp::Config) -> SessionBuilder {
    Session::builder(config).transport(tcp(server)).server(address(server.c2s()))
}

/// Alice, connected over STARTTLS and ready.
pub(crate) async fn alice(server: &dyn Server, resource: &str) -> Actor {
    ready(server, ALICE, resource).await
}

pub(crate) async fn ready(server: &dyn Server, account: Account, resource: &str) -> Actor {
    let mut actor = Actor::client(starttls(server, client(account, resource)), account);
    actor.connect();
    actor.ready().await;
    actor
}
