//! The misbehaving server on a socket, with real TLS where its handshake is.

use std::{net::SocketAddr, sync::Arc};

use jabber_testkit::misbehaving::{Conversation, Misbehaviour, serve, serve_to_handshake};
use jabber_tests::pki::Identity;
use rustls::{SupportedProtocolVersion, server::NoServerSessionStorage};
use tokio::{net::TcpListener, time::sleep};
use tokio_rustls::TlsAcceptor;

use crate::pipe::Pipe;

/// One that makes a handshake in full each time.
pub(crate) fn acceptor(
    identity: &Identity,
    version: &'static SupportedProtocolVersion,
) -> TlsAcceptor {
    let mut config = identity.server(&[version]);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    TlsAcceptor::from(Arc::new(config))
}

/// A listener on a port of its own.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

/// Serves the first who comes. `at_handshake` is what goes wrong there.
pub(crate) async fn serve_one(
    listener: TcpListener,
    conversation: &mut Conversation,
    acceptor: &TlsAcceptor,
    at_handshake: Option<&Misbehaviour>,
) {
    let (socket, _) = listener.accept().await.unwrap();
    // What is written by itself is read by itself.
    socket.set_nodelay(true).unwrap();
    let mut pipe = Pipe::Open(socket);
    if serve_to_handshake(&mut pipe, conversation).await {
        let shaken = match at_handshake {
            None => pipe.encrypt(acceptor, None).await.is_ok(),
            Some(Misbehaviour::ByteByByte) => {
                pipe.encrypt(acceptor, Some(std::time::Duration::ZERO)).await.is_ok()
            }
            Some(Misbehaviour::Trickle(pause)) => {
                pipe.encrypt(acceptor, Some(*pause)).await.is_ok()
            }
            Some(Misbehaviour::Late(time)) => {
                sleep(*time).await;
                pipe.encrypt(acceptor, None).await.is_ok()
            }
            Some(_) => {
                if pipe.read_hello().await.is_ok() {
                    conversation.client_hello();
                }
                false
            }
        };
        if shaken {
            conversation.encrypted();
        }
        serve(&mut pipe, conversation).await;
    }
    pipe.drain().await;
}
