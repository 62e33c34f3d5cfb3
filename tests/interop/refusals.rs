//! Logins that must fail: each with its error, in its order.

use jabber::{
    ErrorStatus, Jid, Retry, Session, StreamCondition, StreamError, component as dialect, login,
    sasl::{FailureCondition, Mechanism, Policy},
    xmpp,
};
use jabber_tcp::TlsVersion;
use jabber_tests::{
    pki::Authority,
    prosody::{ALICE, Account, BOB, COMPONENT, Options, Prosody, UNCOVERED, ZOE},
    skip,
};
use jabber_transport::{CertificateFault, TlsError, TlsFault};

use crate::support::{Actor, Trace, address, client, client_at, component, tcp, tls};

const BOTH: &[TlsVersion] = &[TlsVersion::V1_2, TlsVersion::V1_3];

#[tokio::test]
async fn a_wrong_password() {
    let Some(server) = Prosody::shared() else { return };
    let wrong = Account { name: "alice", password: "looking-glass" };
    let nobody = Account { name: "nobody", password: "looking-glass" };
    for account in [wrong, nobody, Account { name: "zoe", password: "pässwörd" }] {
        for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::Plain] {
            let config = client(account, "wrong").with_policy(Policy::only(&[mechanism]));
            let builder =
                Session::builder(config).transport(tcp(server)).server(address(server.c2s()));
            let (error, trace) = Actor::client(builder, account).fails().await;
            assert_eq!(error.status(), ErrorStatus::AuthFail, "{trace}");
            assert_eq!(error.retry(), Retry::NewCredentials);
            let line = trace.find(ErrorStatus::AuthFail);
            match line.cause::<xmpp::Error>() {
                xmpp::Error::Rejected(xmpp::Rejection::Login(login::Rejection::Sasl {
                    refused,
                    ..
                })) => {
                    assert_eq!(refused.condition, FailureCondition::NotAuthorized);
                }
                other => panic!("{other:?}"),
            }
            assert!(
                trace.steps().ends_with("AUTHNEGOTIATE AUTHFAIL STREAMEND SOCKETDISCONNECT"),
                "{trace}"
            );
        }
    }
    assert_ne!(ZOE.password, "pässwörd");
}

fn fault(trace: &Trace) -> &TlsFault {
    assert!(trace.steps().ends_with("SSLNEGOTIATE SSLFAIL SOCKETDISCONNECT"), "{trace}");
    trace.find(ErrorStatus::SslFail).cause::<TlsError>().fault()
}

#[tokio::test]
async fn a_wrong_authority() {
    let Some(server) = Prosody::shared() else { return };
    for (name, direct) in [("Somebody", false), ("Somebody", true), ("A test's authority", false)] {
        let at = if direct { server.direct_tls() } else { server.c2s() };
        let builder = Session::builder(client(ALICE, "ca"))
            .transport(jabber::Tcp::new(tls(&Authority::new(name), BOTH)))
            .server(address(at))
            .direct_tls(direct);
        let (error, trace) = Actor::client(builder, ALICE).fails().await;
        assert_eq!((error.status(), error.retry()), (ErrorStatus::SslFail, Retry::Never));
        // An authority of the same name has another key.
        let expected = if name == "Somebody" {
            CertificateFault::UnknownIssuer
        } else {
            CertificateFault::BadSignature
        };
        assert_eq!(*fault(&trace), TlsFault::Certificate(expected), "{trace}");
    }
}

#[tokio::test]
async fn a_wrong_host_name() {
    let Some(server) = Prosody::shared() else { return };
    for (domain, tls_name) in [(UNCOVERED, None), ("localhost", Some("elsewhere.test"))] {
        let mut builder = Session::builder(client_at(ALICE, domain, "name"))
            .transport(tcp(server))
            .server(address(server.c2s()));
        if let Some(name) = tls_name {
            builder = builder.tls_name(name.parse::<Jid>().unwrap());
        }
        let (error, trace) = Actor::client(builder, ALICE).fails().await;
        assert_eq!(error.status(), ErrorStatus::SslFail);
        match fault(&trace) {
            TlsFault::Certificate(CertificateFault::WrongName { presented }) => {
                assert!(presented.iter().any(|name| name.contains("localhost")), "{presented:?}");
            }
            other => panic!("{other:?}"),
        }
        let told = error.to_string();
        assert!(told.contains(tls_name.unwrap_or(domain)), "{told}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_served() {
    let Some(server) = Prosody::shared() else { return };
    let builder = Session::builder(client_at(ALICE, "nowhere.test", "x"))
        .transport(tcp(server))
        .server(address(server.c2s()));
    let (error, trace) = Actor::client(builder, ALICE).fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Never));
    let stream = trace.find(ErrorStatus::SocketDisconnect).cause::<StreamError>();
    assert_eq!(stream.condition(), StreamCondition::HostUnknown);
    assert_eq!(
        trace.steps(),
        "CONNECT CONNECTING CONNECTED STREAMSTART STREAMEND SOCKETDISCONNECT",
        "{trace}"
    );
}

#[tokio::test]
async fn a_component_that_is_not_known() {
    let Some(server) = Prosody::shared() else { return };
    let builder = Session::builder(component("unknown.localhost", "whatever it is"))
        .transport(tcp(server))
        .server(address(server.component()));
    let (error, trace) = Actor::component(builder, "whatever it is").fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Never));
    let stream = trace.find(ErrorStatus::SocketDisconnect).cause::<StreamError>();
    assert_eq!(stream.condition(), StreamCondition::HostUnknown);
    assert_eq!(
        trace.steps(),
        "CONNECT CONNECTING CONNECTED STREAMSTART STREAMEND SOCKETDISCONNECT",
        "{trace}"
    );
}

#[tokio::test]
async fn a_component_with_a_wrong_secret() {
    let Some(server) = Prosody::shared() else { return };
    let builder = Session::builder(component(COMPONENT, "a wrong secret"))
        .transport(tcp(server))
        .server(address(server.component()));
    let (error, trace) = Actor::component(builder, "a wrong secret").fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::AuthFail, Retry::NewCredentials));
    let line = trace.find(ErrorStatus::AuthFail);
    assert!(matches!(line.cause(), dialect::Error::Rejected(dialect::Rejection::Handshake(_))));
    assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::NotAuthorized);
    assert!(
        trace.steps().ends_with("AUTHNEGOTIATE AUTHFAIL STREAMEND SOCKETDISCONNECT"),
        "{trace}"
    );
}

#[tokio::test]
async fn nothing_secret_is_sent_where_nothing_safe_is_offered() {
    let started = Prosody::start(&Options::new().mechanisms(&["PLAIN"]));
    let Some(server) = skip::unless_missing(started) else { return };
    let scram = Policy::only(&[Mechanism::ScramSha256, Mechanism::ScramSha1]);
    let builder = Session::builder(client(BOB, "safe").with_policy(scram))
        .transport(tcp(&server))
        .server(address(server.c2s()));
    let (error, trace) = Actor::client(builder, BOB).fails().await;
    assert_eq!(error.status(), ErrorStatus::AuthFail);
    assert!(error.to_string().contains("PLAIN"), "{error}");
    assert!(!trace.nodes(jabber::Status::NodeSent).iter().any(|node| node.contains("auth")));
    assert!(trace.steps().ends_with("STREAMSTART AUTHFAIL STREAMEND SOCKETDISCONNECT"), "{trace}");
}

#[tokio::test]
async fn no_version_of_tls_in_common() {
    let started = Prosody::start(&Options::new().tls(jabber_tests::prosody::Tls::V12));
    let Some(server) = skip::unless_missing(started) else { return };
    let builder = Session::builder(client(ALICE, "version"))
        .transport(jabber::Tcp::new(tls(server.authority(), &[TlsVersion::V1_3])))
        .server(address(server.c2s()));
    let (error, trace) = Actor::client(builder, ALICE).fails().await;
    assert_eq!(error.status(), ErrorStatus::SslFail);
    assert!(matches!(fault(&trace), TlsFault::Alert { code: 70, .. }), "{trace}");
}
