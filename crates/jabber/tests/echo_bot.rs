//! The example's bot, in each dialect, on the embedded server; Alice writes to it and asks it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, in its helpers too; the bot is an example's"
)]

#[path = "../examples/echo_bot/bot.rs"]
mod bot;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::StreamExt;
use jabber::{
    Element, Event, KindSet, Protocol, RequestError, Session, SessionBuilder, StanzaCondition, Tcp,
    TlsConfig, component, jabberd20_component, legacy, ns, xmpp,
};
use jabber_server::Server;
use jabber_status::{Lifecycle, observe};
use tokio::{sync::oneshot, time::timeout};

const PATIENCE: Duration = Duration::from_secs(10);

/// Holds all that happens against the grammar.
fn watched(protocol: Arc<dyn Protocol>, server: &Server, at: SocketAddr) -> SessionBuilder {
    let mut life = Lifecycle::of(protocol.shape());
    let tls = TlsConfig::builder().without_system_roots();
    let tls = tls.add_ca_pem(server.ca_pem().as_bytes()).unwrap().build().unwrap();
    Session::builder(protocol)
        .server(at.to_string().parse().unwrap())
        .transport(Tcp::new(tls))
        .observer(observe(KindSet::full(), move |event: &dyn jabber::StatusEvent| {
            life.check_event(event).unwrap_or_else(|fault| panic!("{fault}: {event:?}"));
        }))
}

async fn alice(server: &Server) -> Session {
    let config = xmpp::Config::new("alice@localhost/test".parse().unwrap(), "wonderland");
    let mut alice = watched(Arc::new(config), server, server.c2s()).build();
    alice.connect().unwrap();
    timeout(PATIENCE, alice.ready()).await.unwrap().unwrap();
    alice
}

fn xml(text: &str) -> Element {
    text.parse().unwrap()
}

/// Alice's part: a message comes back, a question is answered, another is refused.
async fn converse(alice: &mut Session, with: &str) {
    let message = format!("<message to='{with}' type='chat'><body>Mad &amp; mäd?</body></message>");
    alice.send(xml(&message)).await.unwrap();
    let echo = loop {
        match timeout(PATIENCE, alice.next()).await.unwrap() {
            Some(Event::Stanza(delivery)) if delivery.stanza.name() == "message" => {
                break delivery.stanza;
            }
            Some(_) => {}
            None => panic!("alice lost her connection"),
        }
    };
    assert_eq!(echo.child("body", ns::CLIENT).unwrap().text(), "Mad & mäd?");
    assert_eq!(echo.attribute("from").unwrap(), with);

    let ask = |payload: &str| xml(&format!("<iq type='get' to='{with}'>{payload}</iq>"));
    let version = ask("<query xmlns='jabber:iq:version'/>");
    let answer = alice.request(version, PATIENCE).await.unwrap();
    let query = answer.child("query", ns::VERSION).unwrap();
    assert_eq!(query.child("name", ns::VERSION).unwrap().text(), "echo bot");

    match alice.request(ask("<time xmlns='urn:xmpp:time'/>"), PATIENCE).await {
        Err(RequestError::Answered { error, .. }) => {
            assert_eq!(error.condition, StanzaCondition::ServiceUnavailable);
        }
        other => panic!("{other:?}"),
    }
}

/// `with` is who the bot is.
async fn in_dialect(
    name: &'static str,
    protocol: impl Protocol + 'static,
    with: &str,
    at: impl Fn(&Server) -> SocketAddr,
    settings: impl Fn(SessionBuilder) -> SessionBuilder,
) {
    let server = Server::builder()
        .user("alice", "wonderland")
        .user("bob", "builder")
        .component("echo.localhost", "secret")
        .router_user("jabberd", "secret")
        .start()
        .await
        .unwrap();
    let bot = settings(watched(Arc::new(protocol), &server, at(&server))).build();
    assert_eq!(bot.dialect(), name);
    let (tell, told) = oneshot::channel();
    let bot = tokio::spawn(bot::run(bot, move |identity| tell.send(identity.clone()).unwrap()));
    let identity = timeout(PATIENCE, told).await.unwrap().unwrap();
    assert_eq!(identity.jid.to_string(), with);

    let mut alice = alice(&server).await;
    converse(&mut alice, with).await;
    alice.shutdown();
    while timeout(PATIENCE, alice.next()).await.unwrap().is_some() {}
    // The server ends the bot's stream, and the bot ends.
    server.shutdown().await;
    timeout(PATIENCE, bot).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn xmpp_client() {
    let config = xmpp::Config::new("bob@localhost/bot".parse().unwrap(), "builder");
    in_dialect("xmpp", config, "bob@localhost/bot", Server::c2s, |it| it).await;
}

#[tokio::test]
async fn legacy_client() {
    let config = legacy::Config::new("bob@localhost/bot".parse().unwrap(), "builder").unwrap();
    let direct = |builder: SessionBuilder| builder.direct_tls(true);
    in_dialect("legacy", config, "bob@localhost/bot", Server::direct_tls, direct).await;
}

#[tokio::test]
async fn external_component() {
    let config = component::Config::new("echo.localhost".parse().unwrap(), "secret");
    in_dialect("component", config, "echo.localhost", Server::components, |it| it).await;
}

#[tokio::test]
async fn component_of_the_router() {
    let config = jabberd20_component::Config::new("bot.localhost".parse().unwrap(), "secret")
        .with_username("jabberd");
    let name = |builder: SessionBuilder| builder.tls_name("localhost".parse().unwrap());
    in_dialect("jabberd20-component", config, "bot.localhost", Server::components, name).await;
}
