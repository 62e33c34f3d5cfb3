//! How it ends: after all is over, told in full, with its cause.

use std::time::{Duration, Instant};

use jabber::{
    ConnectionError, ErrorStatus, Extra, RequestError, Retry, Session, StanzaCondition,
    StanzaErrorType, Status, StreamCondition, StreamError,
    sasl::{Mechanism, Policy},
    xmpp::{self, TlsPolicy},
};
use jabber_tests::{
    jabberd2::Jabberd2,
    prosody::Prosody,
    server::{ALICE, OPTIONAL},
    skip,
};

use super::super::tcp;
use super::{
    peer::{END, HEADER, Peer, Step},
    routed, times,
};
use crate::support::{Actor, address, body, client, client_at, version_request, xml};

const FEATURES: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
     <mechanism>PLAIN</mechanism></mechanisms></stream:features>";

/// The way of a client to its bind, without TLS.
fn to_the_bind() -> Vec<Step> {
    let success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
    let bind =
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
    vec![
        ("<stream:stream ", format!("{HEADER}{FEATURES}")),
        ("</auth>", success.to_owned()),
        ("<stream:stream ", format!("{HEADER}{bind}")),
    ]
}

/// Over a connection that is private to this machine.
fn in_clear(peer: &Peer) -> Actor {
    let config = client(ALICE, "peer").with_tls(TlsPolicy::Off);
    let config = config.with_policy(Policy::only(&[Mechanism::Plain]));
    Actor::client(Session::builder(config).server(address(peer.address)), ALICE)
}

/// oracle 5: SHUTDOWN_FINISH comes when the peer has ended its stream too and the connection is
/// closed, by us. And then it is over: another connect works.
#[tokio::test]
async fn a_shutdown_is_finished_when_all_is_over() {
    let pause = Duration::from_millis(400);
    let mut script = to_the_bind();
    let bound = "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
                 <jid>alice@localhost/peer</jid></bind></iq>";
    script.push(("</iq>", bound.to_owned()));
    script.push((END, END.to_owned()));
    let peer = Peer::slow(script, pause);
    let mut actor = in_clear(&peer);
    actor.connect();
    actor.ready().await;
    let asked = Instant::now();
    actor.session.shutdown();
    while actor.next().await.is_some() {}
    assert!(asked.elapsed() >= pause, "it did not wait for the peer's end");
    // The session is still there: it is the shutdown that has closed the connection.
    assert!(peer.heard().ends_with(END));
    let trace = actor.until_it_ends().await;
    let end = "INIT_FINISHED SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH";
    assert!(trace.steps().ends_with(end), "{trace}");
}

/// oracle 5: after a shutdown, a new connection; after a loss, no request waits for ever.
#[tokio::test]
async fn nothing_is_left_of_an_end() {
    let started = Prosody::start(&Default::default());
    let Some(mut server) = skip::unless_missing(started) else { return };
    let builder = Session::builder(client(ALICE, "oracle5"))
        .transport(tcp(&server))
        .server(address(server.c2s()));
    let mut actor = Actor::client(builder, ALICE);
    for attempt in 1..=2 {
        actor.connect();
        actor.ready().await;
        assert_eq!(actor.session.attempt(), attempt);
        if attempt == 1 {
            actor.session.shutdown();
            while actor.next().await.is_some() {}
        }
    }
    // Prosody has none of that name, and is gone before it could say so.
    server.kill().unwrap();
    let answer = actor.request(version_request(OPTIONAL)).await;
    assert!(matches!(answer, Err(RequestError::Disconnected)), "{answer:?}");
    let trace = actor.until_it_ends().await;
    assert_eq!(times(&trace, Extra::RequestEnded), 1, "{trace}");
    assert_eq!(times(&trace, Status::ShutdownFinish), 1, "{trace}");
}

/// oracle 6: over TLS, a component of the router tells all: NODERECEIVED, RTS_FINISH,
/// SOCKETDISCONNECT, SHUTDOWN_FINISH.
#[tokio::test]
async fn a_component_of_the_router_tells_all_after_tls() {
    let Some(server) = Jabberd2::shared() else { return };
    let mut actor = routed(server, "oracle6.localhost");
    actor.connect();
    actor.ready().await;
    let message =
        "<message from='a@oracle6.localhost' to='a@oracle6.localhost'><body>x</body></message>";
    let answer = actor.request(xml(message)).await.unwrap();
    assert_eq!(body(&answer), "x");
    let trace = actor.close().await;
    let after = trace.lines.iter().skip_while(|it| it.kind != Status::SslSuccess.into());
    let after: Vec<_> = after.map(|line| line.kind).collect();
    for kind in [Status::NodeReceived, Status::RtsFinish, Status::ShutdownFinish] {
        assert!(after.contains(&kind.into()), "{kind}\n{trace}");
    }
    assert!(
        trace.steps().ends_with("SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH"),
        "{trace}"
    );
}

/// oracle 12: a stream error before INIT_FINISHED ends the attempt, with its condition.
#[tokio::test]
async fn a_host_that_is_unknown_is_told_as_such() {
    let Some(server) = Prosody::shared() else { return };
    let builder = Session::builder(client_at(ALICE, "nowhere.test", "oracle12"))
        .transport(tcp(server))
        .server(address(server.c2s()));
    let (error, trace) = Actor::client(builder, ALICE).fails().await;
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Never));
    let line = trace.find(ErrorStatus::SocketDisconnect);
    assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::HostUnknown);
    assert_eq!(line.cause::<ConnectionError>().condition(), Some(StreamCondition::HostUnknown));
    assert_eq!(times(&trace, ErrorStatus::SocketFail), 0, "{trace}");
}

/// oracle 12: an error of the bind is one whatever its type, and never silence.
#[tokio::test]
async fn each_type_of_error_of_the_bind_is_bindfail() {
    for (kind, condition) in [
        (StanzaErrorType::Wait, StanzaCondition::ResourceConstraint),
        (StanzaErrorType::Auth, StanzaCondition::Forbidden),
        (StanzaErrorType::Cancel, StanzaCondition::NotAllowed),
        (StanzaErrorType::Modify, StanzaCondition::BadRequest),
    ] {
        let mut script = to_the_bind();
        let (kind_name, name) = (kind.as_str(), condition.as_str());
        script.push((
            "</iq>",
            format!(
                "<iq type='error' id='{{id}}'><error type='{kind_name}'><{name} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            ),
        ));
        script.push((END, END.to_owned()));
        let peer = Peer::start(script);
        let (error, trace) = in_clear(&peer).fails().await;
        assert_eq!(error.status(), ErrorStatus::BindFail, "{trace}");
        match trace.find(ErrorStatus::BindFail).cause::<xmpp::Error>() {
            xmpp::Error::Rejected(xmpp::Rejection::Bind(error)) => {
                assert_eq!(error.condition, condition);
            }
            other => panic!("{other:?}"),
        }
        assert!(
            trace.steps().ends_with("BINDNEGOTIATE BINDFAIL STREAMEND SOCKETDISCONNECT"),
            "{trace}"
        );
        peer.heard();
    }
}
