//! Every way in: STARTTLS and direct TLS, each version, each mechanism.

use jabber::{
    Security, Session, Status, login,
    sasl::{Mechanism, Policy},
    xmpp::{self, TlsPolicy},
};
use jabber_tcp::TlsVersion;
use jabber_tests::{
    prosody::{ALICE, Account, BOB, OPTIONAL, Options, Prosody, REQUIRED, SPACEY, Tls, ZOE},
    skip,
};

use crate::support::{Actor, Trace, address, client, client_at, jid, tcp, tls};

const STARTTLS: &str = "CONNECT CONNECTING CONNECTED STREAMSTART SSLNEGOTIATE SSLSUCCESS \
     STREAMSTART AUTHNEGOTIATE AUTHSUCCESS STREAMSTART BINDNEGOTIATE BINDSUCCESS SESSIONNEGOTIATE \
     SESSIONSUCCESS INIT_FINISHED SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH";
const DIRECT: &str = "CONNECT CONNECTING CONNECTED SSLNEGOTIATE SSLSUCCESS STREAMSTART \
     AUTHNEGOTIATE AUTHSUCCESS STREAMSTART BINDNEGOTIATE BINDSUCCESS SESSIONNEGOTIATE \
     SESSIONSUCCESS INIT_FINISHED SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH";
const OPEN: &str = "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS STREAMSTART \
     BINDNEGOTIATE BINDSUCCESS SESSIONNEGOTIATE SESSIONSUCCESS INIT_FINISHED SHUTDOWN_START \
     STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH";

/// In, and out again.
async fn visit(mut actor: Actor) -> Trace {
    actor.connect();
    actor.ready().await;
    let trace = actor.close().await;
    assert!(trace.secrets() > 2, "the exchange was seen: {}", trace.secrets());
    trace
}

fn tls_version(trace: &Trace) -> String {
    match trace.find(Status::SslSuccess).typed::<xmpp::Event>().typed() {
        xmpp::Detail::Login(login::Detail::TlsEstablished(Security::Encrypted(facts))) => {
            facts.version.to_string()
        }
        other => panic!("{other:?}"),
    }
}

fn mechanism(trace: &Trace) -> Mechanism {
    match trace.find(Status::AuthSuccess).typed::<xmpp::Event>().typed() {
        xmpp::Detail::Login(login::Detail::Authenticated(authenticated)) => {
            let mutual = authenticated.mechanism() != Mechanism::Plain;
            assert_eq!(authenticated.is_mutual(), mutual, "{trace}");
            authenticated.mechanism()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn starttls_where_it_is_optional_and_where_it_is_required() {
    let Some(server) = Prosody::shared() else { return };
    for domain in [OPTIONAL, REQUIRED] {
        let config = client_at(ALICE, domain, "starttls");
        let builder = Session::builder(config).transport(tcp(server)).server(address(server.c2s()));
        let mut actor = Actor::client(builder, ALICE);
        actor.connect();
        let identity = actor.ready().await;
        assert_eq!(identity.jid, jid(&format!("alice@{domain}/starttls")));
        let trace = actor.close().await;
        assert_eq!(trace.steps(), STARTTLS, "{trace}");
        assert_eq!(mechanism(&trace), Mechanism::ScramSha256, "the strongest\n{trace}");
    }
}

#[tokio::test]
async fn direct_tls() {
    let Some(server) = Prosody::shared() else { return };
    for domain in [OPTIONAL, REQUIRED] {
        let builder = Session::builder(client_at(BOB, domain, "direct"))
            .transport(tcp(server))
            .server(address(server.direct_tls()))
            .direct_tls(true);
        let trace = visit(Actor::client(builder, BOB)).await;
        assert_eq!(trace.steps(), DIRECT, "{trace}");
    }
}

#[tokio::test]
async fn each_version_that_the_client_may_speak() {
    let Some(server) = Prosody::shared() else { return };
    for (version, name) in [(TlsVersion::V1_2, "TLSv1.2"), (TlsVersion::V1_3, "TLSv1.3")] {
        for direct in [false, true] {
            let at = if direct { server.direct_tls() } else { server.c2s() };
            let builder = Session::builder(client(ALICE, "version"))
                .transport(jabber::Tcp::new(tls(server.authority(), &[version])))
                .server(address(at))
                .direct_tls(direct);
            let trace = visit(Actor::client(builder, ALICE)).await;
            assert_eq!(tls_version(&trace), name);
            assert!(trace.find(Status::SslSuccess).detail().starts_with(name), "{trace}");
        }
    }
}

#[tokio::test]
async fn each_version_that_the_server_may_speak() {
    for (version, name) in [(Tls::V12, "TLSv1.2"), (Tls::V13, "TLSv1.3")] {
        let started = Prosody::start(&Options::new().tls(version));
        let Some(server) = skip::unless_missing(started) else { return };
        let builder = Session::builder(client(ALICE, "version"))
            .transport(tcp(&server))
            .server(address(server.c2s()));
        let trace = visit(Actor::client(builder, ALICE)).await;
        assert_eq!(tls_version(&trace), name);
    }
}

#[tokio::test]
async fn each_mechanism_with_each_kind_of_password() {
    let Some(server) = Prosody::shared() else { return };
    for wanted in [Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::Plain] {
        for account in [ALICE, ZOE, SPACEY] {
            let config = client(account, "mechanism").with_policy(Policy::only(&[wanted]));
            let builder =
                Session::builder(config).transport(tcp(server)).server(address(server.c2s()));
            let trace = visit(Actor::client(builder, account)).await;
            assert_eq!(mechanism(&trace), wanted);
            assert!(trace.find(Status::AuthNegotiate).detail().starts_with(wanted.name()));
        }
    }
}

#[tokio::test]
async fn the_only_mechanism_that_the_server_offers() {
    for wanted in [Mechanism::ScramSha1, Mechanism::Plain] {
        let started = Prosody::start(&Options::new().mechanisms(&[wanted.name()]));
        let Some(server) = skip::unless_missing(started) else { return };
        let builder = Session::builder(client(ALICE, "only"))
            .transport(tcp(&server))
            .server(address(server.c2s()));
        let trace = visit(Actor::client(builder, ALICE)).await;
        assert_eq!(mechanism(&trace), wanted);
    }
}

#[tokio::test]
async fn without_tls_on_loopback() {
    let Some(server) = Prosody::shared() else { return };
    let visit_open = async |account: Account, policy: Policy| {
        let config = client(account, "open").with_tls(TlsPolicy::Off).with_policy(policy);
        let builder = Session::builder(config).transport(tcp(server)).server(address(server.c2s()));
        let trace = visit(Actor::client(builder, account)).await;
        assert_eq!(trace.steps(), OPEN, "{trace}");
        mechanism(&trace)
    };
    assert_eq!(visit_open(ALICE, Policy::default()).await, Mechanism::ScramSha256);
    let plain = Policy::only(&[Mechanism::Plain]);
    assert_eq!(visit_open(ZOE, plain).await, Mechanism::Plain);
}
