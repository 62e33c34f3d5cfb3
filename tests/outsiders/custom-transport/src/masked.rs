//! A pipe on which every byte is masked (XOR): a whole transport in one file.
//!
//! It stands for whatever carries bytes in its own way: a compressor, a tunnel, a serial line. It
//! hides nothing from anybody, so it says nothing about security that the pipe below does not say.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use jabber::Security;
use jabber_transport::{
    BoxFuture, BoxPipe, ConnectError, ConnectFailure, Connected, Target, TlsError, TlsFault,
    Transport,
};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// Connects once: it hands out one end of a pipe in memory.
pub struct Masked(Mutex<Option<DuplexStream>>);

impl Masked {
    pub fn new(pipe: DuplexStream) -> Self {
        Self(Mutex::new(Some(pipe)))
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked")
    }
}

impl Transport for Masked {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(async move {
            let pipe = self.0.lock().ok().and_then(|mut pipe| pipe.take());
            let failure = || ConnectFailure::new("take", "the pipe was handed out before");
            let pipe = pipe.ok_or_else(|| ConnectError::new(target, failure()))?;
            // It never leaves this process.
            Ok(Connected::new(Box::new(Mask(pipe)), Security::Private).with_peer("memory"))
        })
    }

    fn start_tls<'a>(
        &'a self,
        _: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        Box::pin(async { Err(TlsError::new(TlsFault::Unsupported, &target.domain)) })
    }
}

/// A pipe whose bytes are masked on the way out and unmasked on the way in.
pub struct Mask<P>(pub P);

const MASK: u8 = 0x5a;

impl<P: AsyncRead + Unpin> AsyncRead for Mask<P> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.0).poll_read(cx, buffer);
        buffer.filled_mut()[before..].iter_mut().for_each(|byte| *byte ^= MASK);
        read
    }
}

impl<P: AsyncWrite + Unpin> AsyncWrite for Mask<P> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let masked: Vec<u8> = bytes.iter().map(|byte| byte ^ MASK).collect();
        Pin::new(&mut self.0).poll_write(cx, &masked)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
