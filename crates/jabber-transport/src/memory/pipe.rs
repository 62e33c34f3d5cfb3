use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::direction::{Direction, End};

/// Two ends of a pipe in memory, with room for 64 KiB on the way in each direction.
///
/// # Examples
///
/// ```
/// use jabber_transport::memory;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let (mut client, mut server) = memory::pair();
/// client.write_all(b"<presence/>").await?;
/// client.shutdown().await?;
/// let mut read = String::new();
/// server.read_to_string(&mut read).await?;
/// assert_eq!(read, "<presence/>");
/// server.write_all(b"and back").await?; // the other direction is still open
/// # Ok::<(), std::io::Error>(())
/// # }).unwrap();
/// ```
#[must_use]
pub fn pair() -> (MemoryPipe, MemoryPipe) {
    pair_with_capacity(64 * 1024)
}

/// Two ends of a pipe in memory, with room for `capacity` bytes (at least one) on the way in each
/// direction; a writer waits for room.
#[must_use]
pub fn pair_with_capacity(capacity: usize) -> (MemoryPipe, MemoryPipe) {
    let (one, other) = (Direction::new(capacity), Direction::new(capacity));
    (
        MemoryPipe { incoming: one.clone(), outgoing: other.clone() },
        MemoryPipe { incoming: other, outgoing: one },
    )
}

/// One end of a pipe in memory.
///
/// It behaves like a TCP connection: `shutdown` closes one's own direction, dropping closes both,
/// and [`reset`](MemoryPipe::reset) tears down.
///
/// # Cancellation safety
///
/// `read` and `write` (as in tokio's extension traits) are cancel safe; `read_exact` and
/// `write_all` are not.
#[derive(Debug)]
pub struct MemoryPipe {
    incoming: Direction,
    outgoing: Direction,
}

impl MemoryPipe {
    /// Ends this end's direction, as `shutdown` does, without waiting (half close).
    pub fn close(&self) {
        self.outgoing.end(End::Finished);
    }

    /// Breaks this end's direction off: the peer reads what is on its way, then this error.
    ///
    /// With [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) that is what a TLS connection does that
    /// ends without `close_notify`.
    pub fn fail(&self, kind: io::ErrorKind) {
        self.outgoing.end(End::Failed(kind));
    }

    /// Tears the connection down: what is on its way is lost, and on both ends reading and writing
    /// fail with [`ConnectionReset`](io::ErrorKind::ConnectionReset).
    pub fn reset(&self) {
        self.outgoing.end(End::Reset);
        self.incoming.end(End::Reset);
    }
}

impl Drop for MemoryPipe {
    fn drop(&mut self) {
        self.outgoing.end(End::Finished);
        self.incoming.end(End::Unread);
    }
}

impl AsyncRead for MemoryPipe {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.incoming.poll_read(context, buffer)
    }
}

impl AsyncWrite for MemoryPipe {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.outgoing.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.close();
        Poll::Ready(Ok(()))
    }
}
