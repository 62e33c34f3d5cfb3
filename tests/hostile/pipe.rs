//! A pipe of real TLS that can be broken.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use jabber_testkit::misbehaving::BreakablePipe;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

/// TLS over a socket; broken, it is not there any more.
pub(crate) struct Pipe(pub(crate) Option<TlsStream<TcpStream>>);

impl BreakablePipe for Pipe {
    /// The socket is closed, and TLS says no word of it.
    fn truncate(&mut self) {
        self.0 = None;
    }

    fn reset(&mut self) {
        if let Some(tls) = self.0.take() {
            // No time for what is not sent yet: RST.
            let _ = tls.get_ref().0.set_zero_linger();
        }
    }
}

impl Pipe {
    fn get(&mut self) -> io::Result<Pin<&mut TlsStream<TcpStream>>> {
        self.0.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
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
