//! The transport in memory connects a test's client with its server side.

use jabber_security::{ChannelBinding, Security, TlsFacts};
use jabber_transport::{
    BoxPipe, ConnectFailure, Target, TlsFault, Transport, memory::MemoryTransport,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn target() -> Target {
    Target::new("example.org", 5222)
}

#[tokio::test]
async fn connections_arrive_in_order_with_their_target() {
    let (transport, mut listener) = MemoryTransport::new();
    let other = target().with_server("192.0.2.1:1".parse().unwrap());
    let mut first = transport.connect(&target()).await.unwrap();
    let _second = transport.connect(&other).await.unwrap();
    assert_eq!(first.security, Security::Private);
    first.pipe.write_all(b"1").await.unwrap();

    let (mut pipe, seen) = listener.accept_with_target().await.unwrap();
    assert_eq!(seen, target());
    assert_eq!(pipe.read_u8().await.unwrap(), b'1');
    assert_eq!(listener.accept_with_target().await.unwrap().1, other);
}

#[tokio::test]
async fn accept_waits_for_a_client_and_ends_with_the_last() {
    let (transport, mut listener) = MemoryTransport::new();
    let server = tokio::spawn(async move {
        let mut count = 0;
        while listener.accept().await.is_some() {
            count += 1;
        }
        count
    });
    tokio::task::yield_now().await;
    let clone = transport.clone();
    transport.connect(&target()).await.unwrap();
    drop(transport);
    tokio::task::yield_now().await;
    clone.connect(&target()).await.unwrap();
    // The listener waits again by now.
    tokio::task::yield_now().await;
    drop(clone);
    assert_eq!(server.await.unwrap(), 2);
}

#[tokio::test]
async fn failures_are_planned_and_a_dropped_listener_refuses() {
    let (transport, mut listener) = MemoryTransport::new();
    listener.refuse(ConnectFailure::new("getaddrinfo", "no such name"));
    let error = transport.connect(&target()).await.unwrap_err();
    assert_eq!((error.call(), error.text()), ("getaddrinfo", "no such name"));
    let mut waiting = transport.connect(&target()).await.unwrap();

    drop(listener);
    assert_eq!(waiting.pipe.read(&mut [0]).await.unwrap(), 0);
    let error = transport.connect(&target()).await.unwrap_err();
    assert_eq!(error.call(), "connect");
    assert!(error.to_string().contains("Check that the server runs"), "{error}");
}

#[tokio::test]
async fn tls_as_planned() {
    let (transport, _listener) = MemoryTransport::new();
    let connected = transport.connect(&target().with_direct_tls(true)).await.unwrap();
    assert_eq!(connected.security, Security::TlsNext);
    let error = transport.start_tls(connected.pipe, &target()).await.unwrap_err();
    assert_eq!(error.fault(), &TlsFault::Unsupported);

    let facts = TlsFacts::new("TLSv1.3", "none", "example.org", ChannelBinding::none());
    let transport = transport.with_tls(facts.clone()).with_security(Security::Open);
    let plain = transport.connect(&target()).await.unwrap();
    assert_eq!(plain.security, Security::Open);
    let pipe: BoxPipe = plain.pipe;
    let encrypted = transport.start_tls(pipe, &target()).await.unwrap();
    assert_eq!(encrypted.security, Security::Encrypted(facts));

    let transport = transport.with_tls_fault(TlsFault::HandshakeEof);
    let plain = transport.connect(&target()).await.unwrap();
    let error = transport.start_tls(plain.pipe, &target()).await.unwrap_err();
    assert_eq!(error.fault(), &TlsFault::HandshakeEof);
}
