use std::{
    fmt, io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use jabber_security::Security;
use jabber_transport::{
    BoxFuture, BoxPipe, ConnectError, Connected, Target, TlsError, memory, memory::MemoryPipe,
};
use jabber_xml::Item;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Server, Tls, fake_tls, serve};
use crate::fixed::encrypted;

/// A transport in memory whose every connection ends at a [`Server`], which runs in the pipe itself:
/// nothing is to be spawned, and on tokio's paused clock no time is lost.
///
/// Clones share the count of connections and what was heard. Without TLS its pipes are
/// [`Security::Private`]. Where the server has TLS the handshake is one record each way, and
/// encrypts nothing.
#[derive(Clone, Debug)]
pub struct Transport {
    server: Arc<Server>,
    connections: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<Item>>>,
}

impl Transport {
    pub(super) fn new(server: Server) -> Self {
        Self { server: Arc::new(server), connections: Arc::default(), heard: Arc::default() }
    }

    /// How many connections were made.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// All that clients have said so far on all connections, credentials included.
    #[must_use]
    pub fn heard(&self) -> Vec<Item> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl jabber_transport::Transport for Transport {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(async move {
            let number = self.connections.fetch_add(1, Ordering::Relaxed);
            let server = self.server.on_connection(number);
            let mut conversation = server.conversation().sharing(Arc::clone(&self.heard));
            let (pipe, mut peer) = memory::pair();
            let security = match self.server.tls {
                _ if target.direct_tls => Security::TlsNext,
                Tls::Off => Security::Private,
                Tls::StartTls | Tls::Direct => Security::Open,
            };
            let server = async move { serve(&mut peer, &mut conversation).await };
            let served = Served { pipe, server: Some(Box::pin(server)) };
            Ok(Connected::new(Box::new(served), security).with_peer("misbehaving server"))
        })
    }

    fn start_tls<'a>(
        &'a self,
        mut pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        Box::pin(async move {
            fake_tls::handshake(&mut pipe, &target.domain).await?;
            Ok(Connected::new(pipe, encrypted()).with_peer("misbehaving server"))
        })
    }
}

/// The client's end of a pipe, with the server at the other one.
struct Served {
    pipe: MemoryPipe,
    /// Until it is done.
    server: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Served {
    /// Lets the server do what it can.
    fn turn(&mut self, context: &mut Context<'_>) {
        if let Some(server) = &mut self.server
            && server.as_mut().poll(context).is_ready()
        {
            self.server = None;
        }
    }
}

impl AsyncRead for Served {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.turn(context);
        Pin::new(&mut self.pipe).poll_read(context, buffer)
    }
}

impl AsyncWrite for Served {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipe).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.pipe).poll_shutdown(context);
        self.turn(context);
        done
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served").field("pipe", &self.pipe).finish_non_exhaustive()
    }
}
