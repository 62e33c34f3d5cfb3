//! What is sent to log in, and what counts as having done so.

use jabber::{
    ErrorStatus, Session, Status, Tcp, TlsConfig, component as dialect, jabberd20_component,
    legacy,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_server::Server as Embedded;
use jabber_tests::{
    ejabberd::Ejabberd,
    jabberd2::Jabberd2,
    prosody::Prosody,
    server::{ALICE, Account, COMPONENT_SECRET, Server},
};

use super::super::{PAUSE, tcp};
use super::{
    peer::{END, HEADER, Peer},
    times,
};
use crate::support::{Actor, Trace, address, client, jid};

/// oracle 9: the data of PLAIN has no newline, so that jabberd2 takes it too.
#[tokio::test]
async fn plain_is_plain_base64() {
    let Some(server) = Jabberd2::shared() else { return };
    let config = client(ALICE, "oracle9").with_policy(Policy::only(&[Mechanism::Plain]));
    let builder = Session::builder(config).transport(tcp(server)).server(address(server.c2s()));
    let mut actor = Actor::client(builder, ALICE);
    actor.connect();
    actor.ready().await;
    let trace = actor.close().await;
    let is_auth = |node: &dyn std::fmt::Display| node.to_string().starts_with("<auth ");
    let auth: Vec<_> =
        trace.lines.iter().filter(|line| line.event.node().is_some_and(is_auth)).collect();
    let [auth] = auth[..] else { panic!("{trace}") };
    assert_eq!(auth.element().text(), "AGFsaWNlAHdvbmRlcmxhbmQ=");
}

/// oracle 9: of what the server offers, the best is used and not the first. ejabberd's first are
/// DIGEST-MD5 and PLAIN.
#[tokio::test]
async fn the_best_mechanism_is_used() {
    let Some(server) = Ejabberd::shared() else { return };
    let builder = Session::builder(client(ALICE, "oracle9"))
        .transport(tcp(server))
        .server(address(server.c2s()));
    let mut actor = Actor::client(builder, ALICE);
    actor.connect();
    actor.ready().await;
    let trace = actor.close().await;
    match trace.find(Status::AuthSuccess).typed::<xmpp::Event>().typed() {
        xmpp::Detail::Login(jabber::login::Detail::Authenticated(login)) => {
            assert!(login.mechanism().name().starts_with("SCRAM-SHA-"), "{trace}");
        }
        other => panic!("{other:?}"),
    }
}

/// oracle 9: the name of a router's user may have spaces, in DIGEST-MD5 and in PLAIN, whose data is
/// sent.
#[tokio::test]
async fn a_name_with_spaces_logs_in_to_the_router() {
    const NAME: &str = "a name  with spaces";
    let server =
        Embedded::builder().router_user(NAME, "a secret of its own").start().await.unwrap();
    let trusted = TlsConfig::builder().without_system_roots();
    let trusted = trusted.add_ca_pem(server.ca_pem().as_bytes()).unwrap().build().unwrap();
    for mechanism in [Mechanism::DigestMd5, Mechanism::Plain] {
        let config =
            jabberd20_component::Config::new(jid("oracle9.localhost"), "a secret of its own");
        let config = config.with_username(NAME).with_policy(Policy::only(&[mechanism]));
        let builder = Session::builder(config)
            .transport(Tcp::new(trusted.clone()))
            .server(address(server.components()))
            .tls_name(jid("localhost"));
        let user = Account { name: NAME, password: "a secret of its own" };
        let mut actor = Actor::client(builder, user);
        actor.connect();
        actor.ready().await;
        let trace = actor.close().await;
        assert!(trace.find(Status::AuthNegotiate).detail().starts_with(mechanism.name()));
    }
    server.shutdown().await;
}

fn old(server: &dyn Server, password: &'static str, login: legacy::LoginPolicy) -> Actor {
    let config = legacy::Config::new(jid("alice@localhost/oracle10"), password).unwrap();
    let builder = Session::builder(config.with_login(login)).server(address(server.c2s()));
    Actor::component(builder, password)
}

/// A refused login is one AUTHFAIL, one AUTHNEGOTIATE, and nothing queued.
fn refused(trace: &Trace) {
    assert!(trace.steps().ends_with("AUTHFAIL STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert!(times(trace, Status::AuthNegotiate) <= 1, "{trace}");
    assert_eq!(times(trace, Status::NodeQueued), 0, "{trace}");
}

/// oracle 10: the default logs in on all three servers, and a wrong password is AUTHFAIL on all three,
/// with a single AUTHNEGOTIATE.
#[tokio::test]
async fn a_wrong_password_never_gets_in() {
    let servers: [Option<&'static dyn Server>; 3] = [
        Prosody::shared().map(|it| it as &dyn Server),
        Ejabberd::shared().map(|it| it as &dyn Server),
        Jabberd2::shared().map(|it| it as &dyn Server),
    ];
    for server in servers.into_iter().flatten() {
        let login = legacy::LoginPolicy::default();
        let mut actor = old(server, ALICE.password, login);
        actor.connect();
        actor.ready().await;
        actor.close().await;
        tokio::time::sleep(PAUSE).await;
        let (error, trace) = old(server, "looking-glass", login).fails().await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{}: {trace}", server.name());
        refused(&trace);
        assert_eq!(times(&trace, Status::AuthNegotiate), 1, "{trace}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// oracle 10: Prosody offers no digest. Whoever insists on one is not let in, with the right password
/// neither, and sends no digest.
#[tokio::test]
async fn a_digest_on_prosody_is_authfail() {
    let Some(server) = Prosody::shared() else { return };
    for password in [ALICE.password, "looking-glass"] {
        let actor = old(server, password, legacy::LoginPolicy::DigestOnly);
        let (error, trace) = actor.fails().await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
        refused(&trace);
        assert!(!trace.nodes(Status::NodeSent).iter().any(|it| it.contains("<digest")), "{trace}");
    }
}

/// oracle 10: a server that answers the login with the form again, as Prosody does if it is sent a
/// digest all the same, has let nobody in.
#[tokio::test]
async fn the_form_again_is_authfail() {
    let form = "<iq type='result' id='{id}'><query xmlns='jabber:iq:auth'><username/><password/>\
                <digest/><resource/></query></iq>";
    let peer = Peer::start([
        ("<stream:stream ", HEADER.to_owned()),
        ("</iq>", form.to_owned()),
        ("</iq>", form.to_owned()),
        (END, END.to_owned()),
    ]);
    let config = legacy::Config::new(jid("alice@localhost/oracle10"), ALICE.password).unwrap();
    let builder = Session::builder(config).server(address(peer.address));
    let (error, trace) = Actor::component(builder, ALICE.password).fails().await;
    assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
    match trace.find(ErrorStatus::AuthFail).cause::<legacy::Error>() {
        legacy::Error::PeerMisbehaved(legacy::Misbehaviour::FormAgain) => {}
        other => panic!("{other:?}"),
    }
    refused(&trace);
    peer.heard();
}

/// oracle 11: features before the handshake's answer are no AUTHFAIL. jabberd2 sends them for a header
/// of version 1.0.
#[tokio::test]
async fn features_are_no_refusal_of_a_component() {
    let Some(server) = Jabberd2::shared() else { return };
    for (secret, good) in [(COMPONENT_SECRET, true), ("a wrong secret", false)] {
        let config = dialect::Config::new(jid("oracle11.localhost"), secret).with_version("1.0");
        let builder = Session::builder(config).server(address(server.router()));
        let mut actor = Actor::component(builder, secret);
        let trace = if good {
            actor.connect();
            actor.ready().await;
            let trace = actor.close().await;
            assert_eq!(times(&trace, ErrorStatus::AuthFail), 0, "{trace}");
            trace
        } else {
            let (error, trace) = actor.fails().await;
            assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
            refused(&trace);
            trace
        };
        let nodes = trace.nodes(Status::NodeReceived);
        assert!(nodes.iter().any(|node| node.starts_with("<stream:features")), "{trace}");
        assert_eq!(times(&trace, Status::AuthNegotiate), 1, "{trace}");
        tokio::time::sleep(PAUSE).await;
    }
}
