//! What never comes, on tokio's paused clock: a connection, a handshake.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

mod common;

use std::{future::pending, time::Duration};

use common::{Peer, SECOND, Toy, Trace, session};
use jabber::{ConnectionError, Deadlines, ErrorStatus, KindSet, Security, Session, Transport};
use jabber_transport::{
    BoxFuture, BoxPipe, ConnectError, Connected, Target, TlsError,
    memory::{MemoryTransport, pair},
};
use tokio::time::Instant;

/// Connects if it is asked to on a pipe; all else takes for ever.
#[derive(Debug)]
struct Never;

impl Transport for Never {
    fn connect<'a>(&'a self, _: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(pending())
    }
    fn start_tls<'a>(
        &'a self,
        _: BoxPipe,
        _: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        Box::pin(pending())
    }
}

fn never() -> Session {
    Session::builder(Toy).subscribe(KindSet::ALL).build_with(Never)
}

fn why(session: &jabber::Error) -> ConnectionError {
    use std::error::Error;
    session.source().unwrap().downcast_ref::<ConnectionError>().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn threat_31_a_connection_that_never_comes() {
    let mut session = never();
    session.connect().unwrap();
    let start = Instant::now();
    let error = session.ready().await.unwrap_err();
    assert_eq!(error.status(), ErrorStatus::ConnectFail);
    assert!(matches!(why(&error), ConnectionError::ConnectTimeout { .. }));
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(Trace::new().finish(&mut session).await, "CONNECT CONNECTING CONNECTFAIL");
}

#[tokio::test(start_paused = true)]
async fn threat_31_a_handshake_that_never_ends() {
    let mut session = never();
    let (pipe, _peer) = pair();
    session.connect_on(Connected::new(Box::new(pipe), Security::TlsNext)).unwrap();
    let error = session.ready().await.unwrap_err();
    assert_eq!(error.status(), ErrorStatus::SocketDisconnect);
    assert!(matches!(why(&error), ConnectionError::Deadline { awaiting: "the TLS handshake" }));
    // The dialect has no TLS statuses: direct TLS is a part of connecting, and the pipe stood.
    let told = Trace::new().finish(&mut session).await;
    assert_eq!(told, "CONNECT CONNECTING CONNECTED SOCKETDISCONNECT");
}

#[tokio::test(start_paused = true)]
async fn direct_tls_without_tls_statuses_is_a_part_of_connecting() {
    let (transport, mut listener) = MemoryTransport::new();
    let transport = transport.with_security(Security::TlsNext).with_tls(Default::default());
    let mut session = Session::builder(Toy).subscribe(KindSet::ALL).build_with(transport);
    session.connect().unwrap();
    let (ready, _peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    session.halt();
    let told = Trace::new().finish(&mut session).await;
    assert!(told.starts_with("CONNECT CONNECTING TLS_ESTABLISHED CONNECTED STREAMSTART"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_session_on_a_pipe_that_is_there() {
    let mut session = never();
    let (pipe, peer) = pair();
    session.connect_on(Connected::new(Box::new(pipe), Security::Private)).unwrap();
    let server = async {
        let mut peer = Peer(peer);
        peer.reads("toy.example").await;
        peer.says(&format!("{}<welcome/>", common::HEADER)).await;
        peer
    };
    let (ready, mut peer) = tokio::join!(session.ready(), server);
    ready.unwrap();
    session.send("<presence/>".parse().unwrap()).await.unwrap();
    session.flush().await;
    assert_eq!(peer.reads("<presence/>").await, "<presence/>");
}

#[tokio::test(start_paused = true)]
async fn deadlines_are_the_users() {
    let (transport, mut listener) = MemoryTransport::new();
    let deadlines = Deadlines::default().with_ready(3 * SECOND).with_step(2 * SECOND);
    let mut session = Session::builder(Toy).deadlines(deadlines).build_with(transport);
    session.connect().unwrap();
    let start = Instant::now();
    let (error, mut peer) = tokio::join!(session.ready(), Peer::accept(&mut listener));
    assert!(matches!(why(&error.unwrap_err()), ConnectionError::Deadline { .. }));
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert!(peer.reads("</stream:stream>").await.contains("connection-timeout"));

    // What is idle and not connected waits for ever.
    let (mut idle, _listener) = crate::session();
    assert!(tokio::time::timeout(1000 * SECOND, idle.ready()).await.unwrap().is_err());
}

/// For ever is a time too.
#[tokio::test(start_paused = true)]
async fn a_time_without_end_is_no_mistake() {
    let for_ever = Duration::MAX;
    let deadlines = Deadlines::default().with_connecting(for_ever).with_step(for_ever);
    let deadlines = deadlines.with_ready(for_ever).with_closing(for_ever);
    let (mut session, mut listener) = common::session_with(|it| it.deadlines(deadlines));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    let asked = "<iq type='get' id='1' to='a'/>".parse().unwrap();
    let server = async {
        peer.reads("id='1'").await;
        tokio::time::sleep(1000 * SECOND).await;
        peer.says("<iq type='result' id='1' from='a'/>").await;
    };
    let (answer, ()) = tokio::join!(session.request(asked, for_ever), server);
    answer.unwrap();
    session.halt();
}
