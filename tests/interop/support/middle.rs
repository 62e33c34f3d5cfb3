//! Somebody on the way between us and a server.

use std::{net::SocketAddr, sync::Arc};

use jabber_tests::{
    pki::{Authority, Identity},
    server::OPTIONAL,
};
use rustls::{DEFAULT_VERSIONS, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::oneshot,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Passes on one connection to `server` until we say `word`. That and what follows it is kept back,
/// and told; what the server says, its end too, still comes through.
pub(crate) async fn holding(
    server: SocketAddr,
    word: &'static str,
) -> (SocketAddr, oneshot::Receiver<()>) {
    let (held, is_held) = oneshot::channel();
    let (at, listener) = listen().await;
    tokio::spawn(async move {
        let ((mut from_us, mut to_us), (mut from_server, to_server)) =
            ends(&listener, server).await;
        tokio::spawn(async move {
            let _ = copy(&mut from_server, &mut to_us).await;
            let _ = to_us.shutdown().await;
        });
        let kept = pass_until(&mut from_us, to_server, word).await;
        let _ = held.send(());
        // Until here the server's end must not be ours.
        let _ = from_us.read_to_end(&mut Vec::new()).await;
        drop(kept);
    });
    (at, is_held)
}

/// Whose words are changed on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    Theirs,
}

/// Passes on one connection to `server`, and changes the first `word` that one of the two says into
/// another.
pub(crate) async fn changing(
    server: SocketAddr,
    whose: Whose,
    word: &'static str,
    into: &'static str,
) -> SocketAddr {
    let (at, listener) = listen().await;
    tokio::spawn(async move {
        let (ours, theirs) = ends(&listener, server).await;
        let ((mut from, to), (mut other_from, mut other_to)) = match whose {
            Whose::Ours => ((ours.0, theirs.1), (theirs.0, ours.1)),
            Whose::Theirs => ((theirs.0, ours.1), (ours.0, theirs.1)),
        };
        tokio::spawn(async move {
            let _ = copy(&mut other_from, &mut other_to).await;
            let _ = other_to.shutdown().await;
        });
        change(&mut from, to, word, into).await;
    });
    at
}

/// Both sides write their elements in one piece, so that a word is never cut.
async fn change(from: &mut OwnedReadHalf, mut to: OwnedWriteHalf, word: &str, into: &str) {
    while let Some(said) = read(from).await {
        let found = said.contains(word);
        to.write_all(said.replacen(word, into, 1).as_bytes()).await.unwrap();
        if found {
            break;
        }
    }
    let _ = copy(from, &mut to).await;
    let _ = to.shutdown().await;
}

/// Speaks TLS from the first byte on with us, and nothing of it with the server.
pub(crate) async fn securing(server: SocketAddr, identity: &Identity) -> SocketAddr {
    let acceptor = acceptor(identity);
    let (at, listener) = listen().await;
    tokio::spawn(async move {
        while let Ok((ours, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // Who does not trust us goes away.
                let Ok(mut ours) = acceptor.accept(ours).await else { return };
                let mut theirs = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut ours, &mut theirs).await;
            });
        }
    });
    at
}

/// Speaks TLS with both from the first byte on, and reads all that is passed on: somebody to whom an
/// authority that we trust gave a certificate for the server's name.
pub(crate) async fn reading(
    server: SocketAddr,
    identity: &Identity,
    authority: &Authority,
) -> SocketAddr {
    let acceptor = acceptor(identity);
    let connector = TlsConnector::from(authority.client(DEFAULT_VERSIONS));
    let (at, listener) = listen().await;
    tokio::spawn(async move {
        let (ours, _) = listener.accept().await.unwrap();
        let mut ours = acceptor.accept(ours).await.unwrap();
        let theirs = TcpStream::connect(server).await.unwrap();
        let name = ServerName::try_from(OPTIONAL).unwrap();
        let mut theirs = connector.connect(name, theirs).await.unwrap();
        let _ = copy_bidirectional(&mut ours, &mut theirs).await;
    });
    at
}

fn acceptor(identity: &Identity) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(identity.server(DEFAULT_VERSIONS)))
}

async fn listen() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap(), listener)
}

type Halves = (OwnedReadHalf, OwnedWriteHalf);

async fn ends(listener: &TcpListener, server: SocketAddr) -> (Halves, Halves) {
    let ours = listener.accept().await.unwrap().0;
    let theirs = TcpStream::connect(server).await.unwrap();
    (ours.into_split(), theirs.into_split())
}

async fn read(from: &mut OwnedReadHalf) -> Option<String> {
    let mut buffer = [0; 4096];
    let length = from.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

/// Nothing of the piece with the word is passed on. The way to the server stays open.
async fn pass_until(
    from: &mut OwnedReadHalf,
    mut to: OwnedWriteHalf,
    word: &str,
) -> OwnedWriteHalf {
    while let Some(said) = read(from).await {
        if said.contains(word) {
            return to;
        }
        to.write_all(said.as_bytes()).await.unwrap();
    }
    panic!("{word} was never said");
}
