//! A stream while it is negotiated: one side speaks at a time.

use std::{io, mem, time::Duration};

use bytes::BytesMut;
use jabber_security::ChannelBinding;
use jabber_xml::{
    Element, Item, Limits, Scanner, Scope, StreamCondition, StreamHeader, XmlError, ns,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

use crate::{ending::Ending, random, tls::Tls};

/// How long the last words may take, and how long a peer has to close its side.
pub(crate) const FAREWELL: Duration = Duration::from_secs(2);

/// The room that a read gets, in bytes.
const READ: usize = 8 << 10;

/// A connection, encrypted or not.
pub(crate) trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

pub(crate) struct Stream {
    pub(crate) pipe: Box<dyn Pipe>,
    pub(crate) incoming: Incoming,
    scope: Scope,
    /// The header for a peer whose own could not be answered.
    fallback: StreamHeader,
    opened: bool,
    /// What a login here can be bound to; nothing without TLS.
    pub(crate) binding: ChannelBinding,
}

/// Stream items out of what is read.
#[derive(Debug)]
pub(crate) struct Incoming {
    scanner: Scanner,
    input: BytesMut,
}

impl Incoming {
    /// The next item. Cancelled, it has lost nothing.
    pub(crate) async fn next(
        &mut self,
        pipe: &mut (impl AsyncRead + Unpin),
    ) -> Result<Item, Ending> {
        loop {
            if let Some(item) = self.scanner.next(&mut self.input)? {
                return Ok(item);
            }
            // Without room it would read a few bytes at a time.
            self.input.reserve(READ);
            if pipe.read_buf(&mut self.input).await? == 0 {
                return Err(Ending::Lost);
            }
        }
    }
}

impl Stream {
    pub(crate) fn new(pipe: Box<dyn Pipe>, content: &str, domain: &str) -> Self {
        Self {
            pipe,
            incoming: Incoming { scanner: Scanner::new(Limits::default()), input: BytesMut::new() },
            scope: Scope::content(content),
            fallback: StreamHeader::new(content).with_from(domain),
            opened: false,
            binding: ChannelBinding::none(),
        }
    }

    /// From now on stanzas are in that namespace: which one is known when the header has come.
    pub(crate) fn speak(&mut self, content: &str, domain: &str) {
        self.scope = Scope::content(content);
        self.fallback = StreamHeader::new(content).with_from(domain);
    }

    /// The peer's stream header.
    pub(crate) async fn header(&mut self) -> Result<StreamHeader, Ending> {
        match self.incoming.next(&mut self.pipe).await? {
            Item::Header(header) => Ok(header),
            // The scanner gives a header first; anything else would be a fault of ours.
            _ => Err(StreamCondition::InternalServerError.into()),
        }
    }

    /// The next element on the open stream.
    pub(crate) async fn element(&mut self) -> Result<Element, Ending> {
        match self.incoming.next(&mut self.pipe).await? {
            Item::Element(element) => Ok(element),
            Item::End => Err(Ending::Closed),
            _ => Err(StreamCondition::InvalidXml.into()),
        }
    }

    /// Answers the peer's header, and offers the features if the stream has such.
    pub(crate) async fn open(
        &mut self,
        header: &StreamHeader,
        features: Option<&Element>,
    ) -> Result<(), Ending> {
        let mut out = BytesMut::new();
        header.write_to(&mut out);
        if let Some(features) = features {
            features.write_to(&mut out, &self.scope);
        }
        self.opened = true;
        self.write(&out).await
    }

    pub(crate) async fn send(&mut self, element: &Element) -> Result<(), Ending> {
        let mut out = BytesMut::new();
        element.write_to(&mut out, &self.scope);
        self.write(&out).await
    }

    /// Sends an element of our own making.
    pub(crate) async fn send_built(
        &mut self,
        element: Result<Element, XmlError>,
    ) -> Result<(), Ending> {
        self.send(&element.map_err(|_| StreamCondition::InternalServerError)?).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Ending> {
        self.pipe.write_all(bytes).await?;
        Ok(self.pipe.flush().await?)
    }

    /// A new header comes next, in both directions (RFC 6120 §4.3.3).
    pub(crate) fn restart(&mut self) {
        self.incoming.scanner.restart();
        self.opened = false;
    }

    /// The TLS handshake of a connection that starts with it.
    pub(crate) async fn start_tls(&mut self, tls: &Tls) -> Result<(), Ending> {
        // RFC 6120 §5.4.3.3: nothing that came in the clear may be taken for protected.
        if !self.incoming.input.is_empty() {
            let text = "bytes before the TLS handshake";
            return Err(Ending::because(StreamCondition::PolicyViolation, text));
        }
        let plain = mem::replace(&mut self.pipe, Box::new(tokio::io::empty()));
        let pipe = tls.acceptor.accept(plain).await?;
        self.binding = tls.binding(pipe.get_ref().1);
        self.pipe = Box::new(pipe);
        Ok(())
    }

    /// Says the last words and closes the connection.
    pub(crate) async fn finish(mut self, ending: Ending) {
        let mut out = BytesMut::new();
        match &ending {
            Ending::Lost => return,
            Ending::Closed => {}
            Ending::Error(error) => {
                // RFC 6120 §4.9.1.2: an error during the set-up stands in a stream all the same.
                if !self.opened {
                    let Ok(id) = random::token::<16>() else { return };
                    let header = self.fallback.clone().with_id(id);
                    header.with_version("1.0").with_lang("en").write_to(&mut out);
                }
                error.to_element().write_to(&mut out, &self.scope);
            }
        }
        self.fallback.write_end(&mut out);
        let _ = timeout(FAREWELL, self.write(&out)).await;
        close(&mut self.pipe).await;
    }
}

/// Closes our direction and waits for the peer's: whoever closes on unread bytes resets the
/// connection, and the peer loses our last words.
pub(crate) async fn close(pipe: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    let closing = async {
        pipe.shutdown().await?;
        let mut ignored = [0; 1024];
        while pipe.read(&mut ignored).await? > 0 {}
        io::Result::Ok(())
    };
    // A peer that is already gone has nothing to close.
    let _ = timeout(FAREWELL, closing).await;
}

/// What the end tag of our streams is written by.
pub(crate) fn write_end(out: &mut BytesMut) {
    StreamHeader::new(ns::CLIENT).write_end(out);
}
