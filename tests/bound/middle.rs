//! Somebody on the way who has a certificate for the server's name, by an authority that we trust.

use std::{net::SocketAddr, sync::Arc};

use jabber_server::Server;
use jabber_tests::pki::Authority;
use rustls::{
    ClientConfig, DEFAULT_VERSIONS, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What he does with the words that pass: the first, in whatever direction, becomes the second.
pub(crate) type Change = (&'static str, &'static str);

/// Ends our TLS, begins one of his own with the server, and passes on one connection, changed.
pub(crate) async fn reading(server: &Server, his: &Authority, changes: &[Change]) -> SocketAddr {
    let (acceptor, connector) = (acceptor(his), connector(server.ca_pem()));
    let (theirs, changes) = (server.direct_tls(), changes.to_vec());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let ours = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
        let theirs = TcpStream::connect(theirs).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let theirs = connector.connect(name, theirs).await.unwrap();
        let ((from_us, to_us), (from_them, to_them)) = (split(ours), split(theirs));
        tokio::join!(pass(from_us, to_them, &changes), pass(from_them, to_us, &changes));
    });
    at
}

/// Both sides write their elements in one piece, so that a word is never cut.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    changes: &[Change],
) {
    let mut buffer = vec![0; 16 << 10];
    while let Some(length) = from.read(&mut buffer).await.ok().filter(|length| *length > 0) {
        let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let said = changes.iter().fold(said, |said, (word, other)| said.replace(word, other));
        if to.write_all(said.as_bytes()).await.is_err() || to.flush().await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

fn acceptor(his: &Authority) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(his.issue(&["localhost"]).server(DEFAULT_VERSIONS)))
}

fn connector(trusted: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
