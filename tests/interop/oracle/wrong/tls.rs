//! TLS that is not offered, refused or broken: SSLFAIL, and nothing secret was sent.

use jabber::{
    ConnectionError, Deadlines, Error, ErrorStatus, Session, Status, jabberd20_component,
};
use jabber_tests::{
    jabberd2::{self, Jabberd2, ROUTER_SECRET},
    server::{ALICE, Account},
    skip,
};
use jabber_transport::{TlsError, TlsFault};

use super::{
    peer::{END, HEADER, PROCEED, Peer, ROUTER_HEADER, STARTTLS, Step},
    routed, times,
};
use crate::support::{Actor, PATIENCE, Trace, address, client, jid};

const NO_STARTTLS: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
     <mechanism>PLAIN</mechanism><mechanism>DIGEST-MD5</mechanism></mechanisms></stream:features>";
const REFUSED: &str = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>";

/// A client and a component of the router, each with its peer; how each ended.
async fn both(script: impl Fn(&str) -> Vec<Step>) -> [(Error, Trace, String); 2] {
    let deadlines = Deadlines::default().with_step(PATIENCE / 20).with_closing(PATIENCE / 20);
    let peer = Peer::start(script(HEADER));
    let builder = Session::builder(client(ALICE, "tls"));
    let builder = builder.server(address(peer.address)).deadlines(deadlines);
    let (error, trace) = Actor::client(builder, ALICE).fails().await;
    let one = (error, trace, peer.heard());

    let peer = Peer::start(script(ROUTER_HEADER));
    let builder = Session::builder(jabberd20_component::Config::new(jid("svc"), ROUTER_SECRET));
    let builder = builder.server(address(peer.address)).deadlines(deadlines);
    let account = Account { name: "svc", password: ROUTER_SECRET };
    let (error, trace) = Actor::client(builder, account).fails().await;
    [one, (error, trace, peer.heard())]
}

/// SSLFAIL and what follows, never SSLSUCCESS, and nothing that could be a login.
fn failed(error: &Error, trace: &Trace, heard: &str) {
    assert_eq!(error.status(), ErrorStatus::SslFail, "{trace}");
    assert_eq!(times(trace, Status::SslSuccess), 0, "{trace}");
    assert_eq!(times(trace, Status::AuthNegotiate), 0, "{trace}");
    assert!(!heard.contains("<auth") && !heard.contains(ALICE.password), "{heard}");
}

/// oracle 7: where STARTTLS is not offered, it is SSLFAIL in xmpp as in jabberd20-component.
#[tokio::test]
async fn no_starttls_is_sslfail() {
    let script = |header: &str| {
        vec![("<stream:stream ", format!("{header}{NO_STARTTLS}")), (END, END.to_owned())]
    };
    for (error, trace, heard) in both(script).await {
        failed(&error, &trace, &heard);
        let end = "STREAMSTART SSLFAIL STREAMEND SOCKETDISCONNECT";
        assert!(trace.steps().ends_with(end), "{trace}");
    }
}

/// oracle 7: so it is on a real router without STARTTLS. Nobody asked for a shutdown, and none is told.
#[tokio::test]
async fn a_router_without_starttls_is_sslfail() {
    let options = jabberd2::Options::new().router_tls(false);
    let Some(server) = skip::unless_missing(Jabberd2::start(&options)) else { return };
    let (error, trace) = routed(&server, "oracle7.localhost").fails().await;
    failed(&error, &trace, "");
    let cause = trace.find(ErrorStatus::SslFail);
    let cause = cause.cause::<jabberd20_component::Error>();
    let no_starttls = matches!(
        cause,
        jabberd20_component::Error::PeerIncompatible(
            jabberd20_component::Incompatibility::NoStartTls { .. }
        )
    );
    assert!(no_starttls, "{cause:?}");
    assert!(trace.steps().ends_with("STREAMSTART SSLFAIL STREAMEND SOCKETDISCONNECT"), "{trace}");
}

/// oracle 8: STARTTLS refused is SSLFAIL, and no AUTHFAIL, in both.
#[tokio::test]
async fn starttls_refused_is_sslfail() {
    let script = |header: &str| {
        vec![("<stream:stream ", format!("{header}{STARTTLS}")), ("<starttls ", REFUSED.to_owned())]
    };
    for (error, trace, heard) in both(script).await {
        failed(&error, &trace, &heard);
        let steps = trace.steps();
        assert!(steps.ends_with("SSLNEGOTIATE SSLFAIL STREAMEND SOCKETDISCONNECT"), "{trace}");
        assert_eq!(times(&trace, ErrorStatus::AuthFail), 0, "{trace}");
    }
}

/// oracle 8: a handshake that meets garbage or a close is SSLFAIL; SSLSUCCESS is told of one that is
/// done.
#[tokio::test]
async fn a_handshake_that_fails_is_no_success() {
    // A ClientHello is a record of type 22; nothing else that we send begins so.
    const HELLO: &str = "\u{16}\u{3}";
    for after in ["this is no TLS, whatever you take it for", ""] {
        let script = |header: &str| {
            vec![
                ("<stream:stream ", format!("{header}{STARTTLS}")),
                ("<starttls ", PROCEED.to_owned()),
                (HELLO, after.to_owned()),
            ]
        };
        for (error, trace, heard) in both(script).await {
            failed(&error, &trace, &heard);
            let fault = trace.find(ErrorStatus::SslFail).cause::<TlsError>().fault();
            let closed = matches!(fault, TlsFault::HandshakeEof | TlsFault::HandshakeReset);
            assert_eq!(closed, after.is_empty(), "{after:?}: {fault:?}\n{trace}");
            assert!(trace.steps().ends_with("SSLNEGOTIATE SSLFAIL SOCKETDISCONNECT"), "{trace}");
        }
    }
}

type Script = fn(&str) -> Vec<Step>;

/// oracle 8: every step has a time limit, the handshake too, and what did not come in time is told.
#[tokio::test]
async fn silence_has_an_end() {
    let scripts: [(Script, &str); 3] = [
        (|_| Vec::new(), "STREAMSTART STREAMEND SOCKETDISCONNECT"),
        (
            |header| vec![("<stream:stream ", format!("{header}{STARTTLS}"))],
            "SSLNEGOTIATE STREAMEND SOCKETDISCONNECT",
        ),
        (
            |header| {
                vec![
                    ("<stream:stream ", format!("{header}{STARTTLS}")),
                    ("<starttls ", PROCEED.to_owned()),
                ]
            },
            "SSLNEGOTIATE SOCKETDISCONNECT",
        ),
    ];
    for (script, end) in scripts {
        for (error, trace, _) in both(script).await {
            assert_eq!(error.status(), ErrorStatus::SocketDisconnect, "{trace}");
            let cause = trace.find(ErrorStatus::SocketDisconnect).cause::<ConnectionError>();
            assert!(matches!(cause, ConnectionError::Deadline { .. }), "{cause:?}");
            assert!(trace.steps().ends_with(end), "{trace}");
        }
    }
}
