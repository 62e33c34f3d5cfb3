//! A socket whose bytes may be written one by one, with a pause behind each.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

pub(crate) struct Paced {
    pub(crate) socket: TcpStream,
    pause: Option<Duration>,
    pausing: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    pub(crate) const fn new(socket: TcpStream, pause: Option<Duration>) -> Self {
        Self { socket, pause, pausing: None }
    }

    /// From now on it writes what it can.
    pub(crate) fn hurry(&mut self) {
        self.pause = None;
        self.pausing = None;
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(pausing) = &mut self.pausing {
            ready!(pausing.as_mut().poll(cx));
            self.pausing = None;
        }
        let Some(pause) = self.pause else {
            return Pin::new(&mut self.socket).poll_write(cx, bytes);
        };
        let one = bytes.get(..1).unwrap_or_default();
        let written = ready!(Pin::new(&mut self.socket).poll_write(cx, one));
        self.pausing = (!pause.is_zero()).then(|| Box::pin(sleep(pause)));
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
