//! What is no Jabber server at all. These tests need none.

use std::{
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use jabber::{ConnectionError, Deadlines, ErrorStatus, Party, Retry, Session, StreamCondition};
use jabber_tests::prosody::ALICE;

use crate::support::{Actor, PATIENCE, Trace, address, client, component};

/// A port that nobody has.
pub(crate) fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Somebody who says `greeting` to everybody and then nothing, for as long as the test runs.
pub(crate) fn stranger(greeting: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut visitors: Vec<TcpStream> = Vec::new();
        for visitor in listener.incoming() {
            let mut visitor = visitor.unwrap();
            visitor.write_all(greeting).unwrap();
            visitors.push(visitor);
        }
    });
    address
}

fn actor(at: SocketAddr, direct: bool, deadline: Duration) -> Actor {
    let deadlines = Deadlines::default().with_step(deadline).with_closing(deadline);
    let builder = Session::builder(client(ALICE, "stranger"))
        .server(address(at))
        .direct_tls(direct)
        .deadlines(deadlines);
    Actor::client(builder, ALICE)
}

#[tokio::test]
async fn not_a_jabber_port() {
    for (greeting, condition) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], StreamCondition::NotWellFormed),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", StreamCondition::NotWellFormed),
        (b"\x15\x03\x01\x00\x02\x02\x16", StreamCondition::NotWellFormed),
        (b"<html><body>it works</body></html>", StreamCondition::InvalidNamespace),
    ] {
        let (error, trace) = actor(stranger(greeting), false, PATIENCE / 2).fails().await;
        assert_eq!(error.status(), ErrorStatus::SocketDisconnect, "{trace}");
        let line = trace.find(ErrorStatus::SocketDisconnect);
        let cause = line.cause::<ConnectionError>();
        assert_eq!((cause.by(), cause.condition()), (Party::Us, Some(condition)), "{trace}");
        assert!(trace.all().ends_with("NODESENT STREAMEND SOCKETDISCONNECT"), "{trace}");
        assert!(last_sent(&trace).contains(condition.as_str()), "{trace}");
    }
}

#[tokio::test]
async fn direct_tls_where_there_is_no_tls() {
    let at = stranger(b"<stream:stream xmlns='jabber:client'>");
    let (error, trace) = actor(at, true, PATIENCE / 2).fails().await;
    assert_eq!(error.status(), ErrorStatus::SslFail, "{trace}");
    assert_eq!(trace.all(), "CONNECT CONNECTING CONNECTED SSLNEGOTIATE SSLFAIL SOCKETDISCONNECT");
    assert!(error.to_string().contains("not TLS"), "{error}");
}

#[tokio::test]
async fn nobody_answers() {
    let deadline = Duration::from_millis(300);
    let start = Instant::now();
    let (error, trace) = actor(stranger(b""), false, deadline).fails().await;
    let took = start.elapsed();
    assert!(took >= deadline && took < PATIENCE / 2, "{took:?}");
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Later));
    let cause = trace.find(ErrorStatus::SocketDisconnect).cause::<ConnectionError>();
    assert!(matches!(cause, ConnectionError::Deadline { .. }), "{cause:?}");
    assert_eq!(cause.condition(), Some(StreamCondition::ConnectionTimeout));
    assert!(trace.all().ends_with("NODESENT STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert!(last_sent(&trace).contains("connection-timeout"), "{trace}");
}

#[tokio::test]
async fn nobody_answers_a_component() {
    let deadlines = Deadlines::default().with_step(Duration::from_millis(300));
    let builder = Session::builder(component("echo.localhost", "a secret of ours"))
        .server(address(stranger(b"")))
        .deadlines(deadlines);
    let (error, trace) = Actor::component(builder, "a secret of ours").fails().await;
    assert_eq!(error.status(), ErrorStatus::SocketDisconnect);
    assert!(last_sent(&trace).contains("connection-timeout"), "{trace}");
}

fn last_sent(trace: &Trace) -> String {
    trace.nodes(jabber::Status::NodeSent).pop().unwrap()
}
