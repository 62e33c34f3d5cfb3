//! A socket that may be encrypted by real TLS, and that can be broken.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::FutureExt as _;
use jabber_testkit::misbehaving::BreakablePipe;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::paced::Paced;

/// How long a client may take to go away behind the end.
const LINGER: Duration = Duration::from_secs(2);

pub(crate) enum Pipe {
    Open(TcpStream),
    Encrypted(Box<TlsStream<Paced>>),
    Gone,
}

impl Pipe {
    /// TLS from here on, each byte of the handshake with that pause behind it.
    pub(crate) async fn encrypt(
        &mut self,
        acceptor: &TlsAcceptor,
        pause: Option<Duration>,
    ) -> io::Result<()> {
        let Self::Open(socket) = std::mem::replace(self, Self::Gone) else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let mut tls = acceptor.accept(Paced::new(socket, pause)).await?;
        tls.get_mut().0.hurry();
        *self = Self::Encrypted(Box::new(tls));
        Ok(())
    }

    /// Reads one TLS record, which is a client's hello (RFC 8446 §5.1).
    pub(crate) async fn read_hello(&mut self) -> io::Result<()> {
        let mut head = [0; 5];
        self.read_exact(&mut head).await?;
        let [.., high, low] = head;
        let mut hello = vec![0; u16::from_be_bytes([high, low]).into()];
        self.read_exact(&mut hello).await.map(drop)
    }

    /// Reads what still comes: unread bytes would make a reset of the end (RFC 1122 §4.2.2.13).
    pub(crate) async fn drain(&mut self) {
        let _ = timeout(LINGER, tokio::io::copy(self, &mut tokio::io::sink())).await;
    }

    fn get(&mut self) -> io::Result<Pin<&mut dyn Both>> {
        match self {
            Self::Open(socket) => Ok(Pin::new(socket)),
            Self::Encrypted(tls) => Ok(Pin::new(tls.as_mut())),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

trait Both: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Both for T {}

impl BreakablePipe for Pipe {
    /// TLS says no word of it, and the socket is closed.
    fn truncate(&mut self) {
        match std::mem::replace(self, Self::Gone) {
            Self::Encrypted(tls) => *self = Self::Open(tls.into_inner().0.socket),
            other => *self = other,
        }
        let _ = self.shutdown().now_or_never();
    }

    fn reset(&mut self) {
        // No time for what is not sent yet: RST.
        let _ = match std::mem::replace(self, Self::Gone) {
            Self::Open(socket) => socket.set_zero_linger(),
            Self::Encrypted(tls) => tls.get_ref().0.socket.set_zero_linger(),
            Self::Gone => Ok(()),
        };
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.get()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get()?.poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get()?.poll_shutdown(cx)
    }
}
