//! What an established TLS connection is: its facts, its channel binding, its ends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail anywhere"
)]

mod support;

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use jabber_security::{Security, TlsFacts};
use jabber_tcp::{Tcp, TlsVersion};
use jabber_transport::{Connected, Target, Transport};
use rcgen::ExtendedKeyUsagePurpose;
use rustls::version::{TLS12, TLS13};
use sha2::{Digest, Sha256, Sha384};
use support::{Authority, BOTH, meet};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

fn facts(connected: &Connected) -> &TlsFacts {
    match &connected.security {
        Security::Encrypted(facts) => facts,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn both_versions_with_their_channel_binding() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let mut exported = Vec::new();
    for (offered, wanted, version) in [
        (&[&TLS12][..], &[TlsVersion::V1_2, TlsVersion::V1_3][..], "TLSv1.2"),
        (&[&TLS13], &[TlsVersion::V1_2, TlsVersion::V1_3], "TLSv1.3"),
        (BOTH, &[TlsVersion::V1_2, TlsVersion::V1_3], "TLSv1.3"),
        (BOTH, &[TlsVersion::V1_2], "TLSv1.2"),
        (BOTH, &[TlsVersion::V1_3], "TLSv1.3"),
    ] {
        let tls = authority.trusted().with_versions(wanted).build().unwrap();
        let (client, server) = meet(&tls, identity.server(offered), "example.org", false).await;
        let (client, server) = (client.unwrap(), server.unwrap());
        let facts = facts(&client);
        assert_eq!((&*facts.version, &*facts.peer_name), (version, "example.org"));
        let prefix = if version == "TLSv1.3" { "TLS_AES_" } else { "TLS_ECDHE_ECDSA_WITH_" };
        assert!(facts.cipher_suite.starts_with(prefix), "{}", facts.cipher_suite);

        let ours = facts.channel_binding.tls_exporter.unwrap();
        let theirs = server
            .get_ref()
            .1
            .export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[]))
            .unwrap();
        assert_eq!(ours, theirs);
        exported.push(ours);
        let end_point = facts.channel_binding.tls_server_end_point.as_deref().unwrap();
        assert_eq!(end_point, Sha256::digest(&identity.chain[0]).as_slice());
    }
    exported.sort_unstable();
    exported.dedup();
    assert_eq!(exported.len(), 5, "each connection exports its own");
}

#[tokio::test]
async fn no_exporter_where_tls_1_2_may_lack_the_extended_master_secret() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let tls = authority.trusted().dangerous_allow_no_extended_master_secret(true);
    let tls = tls.build().unwrap();
    for (versions, has) in [(&[&TLS12][..], false), (&[&TLS13], true)] {
        let (client, _) = meet(&tls, identity.server(versions), "example.org", false).await;
        let binding = &facts(client.as_ref().unwrap()).channel_binding;
        assert_eq!(binding.tls_exporter.is_some(), has);
        assert!(binding.tls_server_end_point.is_some());
    }
}

/// The certificate's signature is what its authority's key makes, so the authority is varied.
#[tokio::test]
async fn end_point_by_the_signatures_hash() {
    for (algorithm, defined) in
        [(&rcgen::PKCS_ECDSA_P384_SHA384, true), (&rcgen::PKCS_ED25519, false)]
    {
        let authority = Authority::with(algorithm);
        let identity = authority.issue(&["example.org"], |_| ());
        let (client, _) = meet(&authority.tls(), identity.server(BOTH), "example.org", false).await;
        let binding = &facts(client.as_ref().unwrap()).channel_binding;
        let expected = defined.then(|| Sha384::digest(&identity.chain[0]).to_vec());
        assert_eq!(binding.tls_server_end_point, expected);
        assert!(binding.tls_exporter.is_some());
    }
}

#[tokio::test]
async fn alpn_only_with_direct_tls() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let other = authority.trusted().with_direct_tls_alpn(&[b"xmpp-client-2"]).build().unwrap();
    let none = authority.trusted().with_direct_tls_alpn(&[]).build().unwrap();
    for (tls, direct, seen) in [
        (&authority.tls(), true, Some(&b"xmpp-client"[..])),
        (&authority.tls(), false, None),
        (&other, true, Some(b"xmpp-client-2")),
        (&none, true, None),
    ] {
        let mut server = identity.server(BOTH);
        server.alpn_protocols = vec![b"xmpp-client".to_vec(), b"xmpp-client-2".to_vec()];
        let (client, server) = meet(tls, server, "example.org", direct).await;
        client.unwrap();
        assert_eq!(server.unwrap().get_ref().1.alpn_protocol(), seen);
    }
}

#[tokio::test]
async fn a_client_certificate_where_the_server_asks_for_one() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let alice = authority.issue(&["alice.example"], |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let tls = authority
        .trusted()
        .with_client_certificate_pem(alice.pem.as_bytes(), alice.key.serialize_pem().as_bytes());
    let tls = tls.unwrap().build().unwrap();
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let server = identity.server_for_clients_of(&authority, versions);
        let (client, server) = meet(&tls, server, "example.org", false).await;
        client.unwrap();
        let shown = server.unwrap().get_ref().1.peer_certificates().unwrap()[0].clone();
        assert_eq!(shown, alice.chain[0]);
    }
}

#[tokio::test]
async fn bytes_cross_and_shutdown_says_goodbye() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let tls = authority.tls();
        let (client, server) = meet(&tls, identity.server(versions), "example.org", false).await;
        let (mut client, mut server) = (client.unwrap().pipe, server.unwrap());
        client.write_all(b"<iq/>").await.unwrap();
        client.shutdown().await.unwrap();
        let mut read = Vec::new();
        // An end without close_notify would be an error here.
        server.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"<iq/>");
        // The other direction is still open.
        server.write_all(b"</stream:stream>").await.unwrap();
        server.shutdown().await.unwrap();
        read.clear();
        client.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"</stream:stream>");
    }
}

#[tokio::test]
async fn threat_09_truncation_shows() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let tls = authority.tls();
        let (client, server) = meet(&tls, identity.server(versions), "example.org", false).await;
        let (mut client, mut server) = (client.unwrap().pipe, server.unwrap());
        server.write_all(b"<message>half").await.unwrap();
        server.flush().await.unwrap();
        // FIN without close_notify.
        let (mut socket, _) = server.into_inner();
        socket.shutdown().await.unwrap();
        let mut read = Vec::new();
        let error = client.read_to_end(&mut read).await.unwrap_err();
        assert_eq!(
            (read.as_slice(), error.kind()),
            (&b"<message>half"[..], ErrorKind::UnexpectedEof)
        );
    }
}

/// A socket that breaks when so many bytes are written.
struct Brittle {
    socket: TcpStream,
    left: Arc<AtomicUsize>,
}

impl AsyncRead for Brittle {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Brittle {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        let most = buf.len().min(left);
        let written = ready!(Pin::new(&mut self.socket).poll_write(cx, &buf[..most]))?;
        self.left.fetch_sub(written, Ordering::Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// What the peer could read was told as written, wherever the connection breaks.
#[tokio::test]
async fn what_the_peer_has_had_was_written() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    for allowed in [1000, 16 << 10, 20 << 10, 40 << 10, 70 << 10, 90 << 10] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let config = Arc::new(identity.server(BOTH));
        let server = tokio::spawn(async move {
            let (socket, _) = listener.accept().await.unwrap();
            let mut stream = TlsAcceptor::from(config).accept(socket).await.unwrap();
            let mut heard = Vec::new();
            // It is cut off: an end without close_notify.
            let _ = stream.read_to_end(&mut heard).await;
            heard.len()
        });
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let socket = TcpStream::connect(at).await.unwrap();
        let brittle = Brittle { socket, left: Arc::clone(&left) };
        let target = Target::new("example.org", 1);
        let connected = Tcp::new(authority.tls()).start_tls(Box::new(brittle), &target).await;
        let mut pipe = connected.unwrap().pipe;
        left.store(allowed, Ordering::Relaxed);
        let words = vec![b'x'; 200 << 10];
        let mut written = 0;
        while let Ok(count) = pipe.write(&words[written..]).await {
            written += count;
        }
        drop(pipe);
        let heard = server.await.unwrap();
        assert!(heard <= written, "{allowed}: heard {heard}, written {written}");
        assert!(heard + (17 << 10) > allowed, "{allowed}: the test cut off something else");
    }
}
