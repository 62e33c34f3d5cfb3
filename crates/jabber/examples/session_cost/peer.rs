//! A server of components that is in the same process, and answers at once.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
                      xmlns:stream='http://etherx.jabber.org/streams' from='bench.localhost' id='load'>";
const MESSAGE: &str = "<message from='peer@localhost/orchard-1' to='bench.localhost' type='chat' \
                       id='m000042'><body>Line 000042: the quick brown fox &amp; its friends jump over \
                       the lazy dogs that sleep in the warm sunlit</body></message>";

/// The pipe to it.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    /// What it has said, and how much of that was read.
    said: Vec<u8>,
    read: usize,
    /// Messages that it says yet.
    messages: usize,
    logged_in: bool,
    reader: Option<Waker>,
}

impl Peer {
    /// An address of which it says nothing.
    pub(crate) const SILENT: &'static str = "silent.localhost";

    /// It says so many messages once it has let us in.
    pub(crate) fn saying(messages: usize) -> Self {
        Self { messages, ..Self::default() }
    }

    fn say(&mut self, text: &str) {
        if self.read == self.said.len() {
            self.said.clear();
            self.read = 0;
        }
        self.said.extend_from_slice(text.as_bytes());
    }

    /// Each write holds whole nodes: the pipe takes all that it is given.
    fn hear(&mut self, bytes: &[u8]) {
        if self.logged_in {
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            for iq in text.split("<iq ").skip(1).filter(|iq| !iq.contains(Self::SILENT)) {
                let id = iq.split_once("id='").and_then(|(_, rest)| rest.split_once('\''));
                let id = id.map_or("", |(id, _)| id);
                self.say(&format!(
                    "<iq type='result' from='localhost' to='bench.localhost' id='{id}'/>"
                ));
            }
        } else if bytes.starts_with(b"<handshake") {
            self.logged_in = true;
            self.say("<handshake/>");
        } else {
            self.say(HEADER);
        }
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let unread = self.said.get(self.read..).unwrap_or_default();
        if !unread.is_empty() {
            let count = unread.len().min(buf.remaining());
            buf.put_slice(unread.get(..count).unwrap_or_default());
            self.read += count;
            return Poll::Ready(Ok(()));
        }
        let before = self.messages;
        while self.logged_in && self.messages > 0 && buf.remaining() >= MESSAGE.len() {
            buf.put_slice(MESSAGE.as_bytes());
            self.messages -= 1;
        }
        if self.messages < before {
            return Poll::Ready(Ok(()));
        }
        self.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.hear(buf);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
