//! Connecting: addresses, what protects them, and what is said where it fails.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail anywhere"
)]

mod support;

use jabber_security::Security;
use jabber_tcp::{Tcp, TlsConfig};
use jabber_transport::{HostPort, Target, Transport};
use support::{Authority, BOTH};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

fn target(server: &HostPort) -> Target {
    Target::new("example.org", 5222).with_server(server.clone())
}

/// An address on loopback where nobody listens.
async fn nobody(host: &str) -> HostPort {
    let listener = TcpListener::bind((host, 0)).await.unwrap();
    HostPort::from(listener.local_addr().unwrap())
}

#[tokio::test]
async fn loopback_is_private() {
    for (host, by_name) in [("127.0.0.1", false), ("127.0.0.1", true), ("::1", false)] {
        let listener = match TcpListener::bind((host, 0)).await {
            Ok(listener) => listener,
            Err(error) if host == "::1" => {
                println!("skipped, no IPv6 here: {error}");
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        let address = listener.local_addr().unwrap();
        let server = if by_name {
            HostPort::new("localhost", address.port()).unwrap()
        } else {
            address.into()
        };
        let tcp = Tcp::default();
        let mut connected = tcp.connect(&target(&server)).await.unwrap();
        assert_eq!(connected.security, Security::Private);
        assert_eq!(connected.peer.as_deref(), Some(&*address.to_string()));
        let (mut accepted, _) = listener.accept().await.unwrap();
        connected.pipe.write_all(b"x").await.unwrap();
        assert_eq!(accepted.read_u8().await.unwrap(), b'x');

        let connected = tcp.connect(&target(&server).with_direct_tls(true)).await.unwrap();
        assert_eq!(connected.security, Security::TlsNext);
    }
}

#[tokio::test]
async fn a_connected_socket_is_taken_without_delay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    assert_eq!(Tcp::connected(socket).unwrap().security, Security::Private);
}

#[tokio::test]
async fn refused() {
    let server = nobody("127.0.0.1").await;
    let error = Tcp::default().connect(&target(&server)).await.unwrap_err();
    let code = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    assert_eq!((error.call(), error.failures().len()), ("connect", 1));
    assert!(error.os_code().is_some());
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.downcast_ref::<std::io::Error>().unwrap().kind(), code.kind());
    let start = format!("cannot connect to example.org at {server}: connect {server}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(
        error
            .to_string()
            .ends_with("Check that the server runs, and listens on this address and port.")
    );
}

/// `localhost` is often two addresses; each one's failure is told.
#[tokio::test]
async fn every_address_is_tried_and_told() {
    let port = nobody("127.0.0.1").await.port();
    let addresses: Vec<_> = tokio::net::lookup_host(("localhost", port)).await.unwrap().collect();
    let server = HostPort::new("localhost", port).unwrap();
    let error = Tcp::default().connect(&target(&server)).await.unwrap_err();
    assert_eq!(error.failures().len(), addresses.len());
    for (failure, address) in error.failures().iter().zip(addresses) {
        assert_eq!(failure.address(), Some(&*address.to_string()));
        assert!(error.to_string().contains(&format!("connect {address}: ")), "{error}");
    }
}

#[tokio::test]
async fn no_such_name() {
    // RFC 6761 §6.4: no name under `invalid` exists.
    let error = Tcp::default().connect(&Target::new("no.such.invalid", 5222)).await.unwrap_err();
    assert_eq!((error.call(), error.failures().len()), ("getaddrinfo", 1));
    assert_eq!(error.failures()[0].address(), Some("`no.such.invalid`"));
    let start = "cannot connect to no.such.invalid:5222: getaddrinfo `no.such.invalid`: ";
    assert!(error.to_string().starts_with(start), "{error}");
    assert!(error.to_string().contains("Check the spelling"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_private_and_speaks_tls_too() {
    let path = std::env::temp_dir().join(format!("jabber-tcp-test-{}", std::process::id()));
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let authority = Authority::new();
    let server = authority.issue(&["example.org"], |_| ()).server(BOTH);
    let unix = jabber_tcp::Unix::new(&path, authority.tls());
    let target = Target::new("example.org", 5222);
    let connected = unix.connect(&target).await.unwrap();
    assert_eq!(connected.security, Security::Private);
    let (socket, _) = listener.accept().await.unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(server));
    let (encrypted, accepted) =
        tokio::join!(unix.start_tls(connected.pipe, &target), acceptor.accept(socket));
    accepted.unwrap();
    assert!(encrypted.unwrap().security.is_encrypted());

    std::fs::remove_file(&path).unwrap();
    let error = jabber_tcp::Unix::new(&path, TlsConfig::default()).connect(&target).await;
    let error = error.unwrap_err();
    assert_eq!(error.failures()[0].address(), Some(&*path.display().to_string()));
}
