//! Handshakes that come to nothing, and what is said about them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail anywhere"
)]

mod support;

use std::{error::Error, io, sync::Arc};

use jabber_tcp::{Tcp, TlsConfig, TlsVersion};
use jabber_transport::{CertificateFault, Target, TlsError, TlsFault, Transport, memory};
use rustls::{
    ClientConfig,
    client::WebPkiServerVerifier,
    crypto::ring,
    version::{TLS12, TLS13},
};
use support::{Authority, BOTH, meet};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A handshake with a server that reads the client's hello and then does `act`.
async fn with_server(act: impl FnOnce(&mut memory::MemoryPipe) -> Vec<u8>) -> TlsError {
    let (client, mut server) = memory::pair();
    let target = Target::new("example.org", 5222);
    let tcp = Tcp::new(Authority::new().tls());
    let (connected, ()) = tokio::join!(tcp.start_tls(Box::new(client), &target), async {
        let mut hello = [0; 4096];
        let read = server.read(&mut hello).await.unwrap();
        assert_eq!(hello[..2], [0x16, 0x03], "{read} bytes");
        let answer = act(&mut server);
        // The client may be gone already, having heard enough.
        let _ = server.write_all(&answer).await;
        if answer.is_empty() {
            return;
        }
        let _ = server.read_to_end(&mut Vec::new()).await;
    });
    let error = connected.unwrap_err();
    assert_eq!(error.name(), "example.org");
    error
}

#[tokio::test]
async fn the_end_within_the_handshake() {
    let error = with_server(|server| {
        server.close();
        Vec::new()
    })
    .await;
    assert_eq!(error.fault(), &TlsFault::HandshakeEof);
    assert!(
        error.to_string().contains("closed the connection within the handshake. Check the port")
    );

    let error = with_server(|server| {
        server.reset();
        Vec::new()
    })
    .await;
    assert_eq!(error.fault(), &TlsFault::HandshakeReset);
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::ConnectionReset);

    let error = with_server(|server| {
        server.fail(io::ErrorKind::TimedOut);
        Vec::new()
    })
    .await;
    assert_eq!(error.fault(), &TlsFault::HandshakeTimeout);
}

#[tokio::test]
async fn something_else_than_tls() {
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client'>",
        b"\0\0\0\0\0\0\0\0",
    ] {
        let error = with_server(|_| answer.to_vec()).await;
        assert_eq!(error.fault(), &TlsFault::NotTls);
        let text = "what it sent is not TLS. Check the port: this one may be for STARTTLS";
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn an_alert_is_named() {
    for (code, name, words) in [
        (40, "handshake_failure", "The server needs TLS 1.2 or 1.3"),
        (70, "protocol_version", "The server needs TLS 1.2 or 1.3"),
        (80, "internal_error", "The server's log tells why"),
        (112, "unrecognized_name", "does not serve it"),
        (120, "no_application_protocol", "not one for XMPP"),
    ] {
        let error = with_server(|_| vec![0x15, 3, 3, 0, 2, 2, code]).await;
        assert_eq!(error.fault(), &TlsFault::Alert { name: name.to_owned(), code });
        let text = error.to_string();
        assert!(text.contains(&format!("the alert {name} ({code}). ")), "{text}");
        assert!(text.contains(words), "{text}");
    }
}

/// rustls cannot offer TLS 1.1, so the server's hello is written by hand.
#[tokio::test]
async fn threat_08_tls_1_1_is_refused() {
    let error = with_server(|_| {
        let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
        hello.extend([7; 32]); // random
        hello.extend([0, 0xc0, 0x13, 0]); // no session, ECDHE_RSA_WITH_AES_128_CBC_SHA
        hello
    })
    .await;
    assert!(matches!(error.fault(), TlsFault::NothingInCommon { .. }), "{error:?}");
    assert!(error.to_string().contains("needs TLS 1.2 or 1.3"), "{error}");
}

#[tokio::test]
async fn no_version_in_common() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    for (server, client) in [(&TLS12, TlsVersion::V1_3), (&TLS13, TlsVersion::V1_2)] {
        let tls = authority.trusted().with_versions(&[client]).build().unwrap();
        let (client, server) = meet(&tls, identity.server(&[server]), "example.org", true).await;
        let error = client.unwrap_err();
        assert!(
            matches!(
                error.fault(),
                TlsFault::Alert { code: 70, .. } | TlsFault::NothingInCommon { .. }
            ),
            "{error:?}"
        );
        server.unwrap_err();
    }
}

#[tokio::test]
async fn no_protocol_in_common() {
    let authority = Authority::new();
    let mut server = authority.issue(&["example.org"], |_| ()).server(BOTH);
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    let (client, _) = meet(&authority.tls(), server, "example.org", true).await;
    let error = client.unwrap_err();
    let name = "no_application_protocol".to_owned();
    assert_eq!(error.fault(), &TlsFault::Alert { name, code: 120 });
}

#[tokio::test]
async fn the_server_wants_a_certificate() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    // TLS 1.2: within the handshake.
    let server = identity.server_for_clients_of(&authority, &[&TLS12]);
    let (client, _) = meet(&authority.tls(), server, "example.org", false).await;
    let error = client.unwrap_err();
    assert!(matches!(error.fault(), TlsFault::Alert { .. }), "{error:?}");
    assert!(error.to_string().contains("this client's certificate, or wants one"), "{error}");
    // TLS 1.3: the client learns of it when it reads.
    let server = identity.server_for_clients_of(&authority, &[&TLS13]);
    let (client, _) = meet(&authority.tls(), server, "example.org", false).await;
    let error = client.unwrap().pipe.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("CertificateRequired"), "{error}");
}

#[tokio::test]
async fn a_domain_that_no_certificate_can_be_for() {
    for domain in ["", "exam ple.org", "bücher.example", "a..b"] {
        let (client, _server) = memory::pair();
        let tcp = Tcp::new(Authority::new().tls());
        let target = Target::new(domain, 5222);
        let error = tcp.start_tls(Box::new(client), &target).await.unwrap_err();
        assert_eq!(error.fault(), &TlsFault::BadName, "{domain}");
    }
}

/// One's own rustls configuration, here with a revocation list.
#[tokio::test]
async fn revoked_by_ones_own_rustls_configuration() {
    let authority = Authority::new();
    let serial = rcgen::SerialNumber::from_slice(&[7]);
    let identity = authority.issue(&["example.org"], |params| {
        params.serial_number = Some(serial.clone());
    });
    let list = rcgen::CertificateRevocationListParams {
        this_update: rcgen::date_time_ymd(2020, 1, 1),
        next_update: rcgen::date_time_ymd(2999, 1, 1),
        crl_number: rcgen::SerialNumber::from_slice(&[1]),
        issuing_distribution_point: None,
        revoked_certs: vec![rcgen::RevokedCertParams {
            serial_number: serial,
            revocation_time: rcgen::date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    let list = list.signed_by(&authority.0).unwrap();
    let provider = Arc::new(ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.0.der().clone()).unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone())
        .with_crls([list.der().clone()])
        .build()
        .unwrap();
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(BOTH)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let tls = TlsConfig::from_rustls(Arc::new(config));
    let (client, _) = meet(&tls, identity.server(BOTH), "example.org", false).await;
    let error = client.unwrap_err();
    assert_eq!(error.fault(), &TlsFault::Certificate(CertificateFault::Revoked));
    let good = authority.issue(&["example.org"], |_| ());
    let (client, _) = meet(&tls, good.server(&[&TLS12]), "example.org", false).await;
    let security = client.unwrap().security;
    // Its `require_ems` is off.
    assert_eq!(security.channel_binding().unwrap().tls_exporter, None);
}
