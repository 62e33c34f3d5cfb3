//! A client of a few lines: it writes text and reads stream items.
#![allow(dead_code, reason = "each test program uses a part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only tests use it")]

pub(crate) mod router;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::BytesMut;
use jabber_server::{Builder, Server};
use jabber_xml::{Element, Item, Limits, Scanner, StreamError, StreamHeader};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

pub(crate) const HEADER: &str = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' \
                          xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
pub(crate) const COMPONENT_HEADER: &str = "<stream:stream to='echo.localhost' \
    xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>";
pub(crate) const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

pub(crate) trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

pub(crate) struct Raw {
    pub(crate) pipe: Box<dyn Pipe>,
    scanner: Scanner,
    input: BytesMut,
}

/// The accounts and the component of `Server::start`, to be changed further.
pub(crate) fn builder() -> Builder {
    let builder = Server::builder().user("alice", "wonderland").user("bob", "builder");
    builder.component("echo.localhost", "secret")
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(Box::new(TcpStream::connect(address).await.unwrap()))
    }

    pub(crate) fn over(pipe: Box<dyn Pipe>) -> Self {
        Self { pipe, scanner: Scanner::new(Limits::default()), input: BytesMut::new() }
    }

    pub(crate) async fn tls(self, server: &Server) -> Self {
        self.tls_as(server, "localhost").await.unwrap()
    }

    pub(crate) async fn tls_as(self, server: &Server, name: &str) -> std::io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(server.ca_pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        Ok(Self::over(Box::new(connector.connect(name, self.pipe).await?)))
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.pipe.write_all(text.as_bytes()).await.unwrap();
        self.pipe.flush().await.unwrap();
    }

    /// The next item, or `None` when the connection has ended.
    pub(crate) async fn item(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.scanner.next(&mut self.input).unwrap() {
                return Some(item);
            }
            let read = timeout(Duration::from_secs(20), self.pipe.read_buf(&mut self.input));
            if read.await.expect("the server is silent").unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    pub(crate) async fn header(&mut self) -> StreamHeader {
        match self.item().await {
            Some(Item::Header(header)) => header,
            other => panic!("no header but {other:?}"),
        }
    }

    pub(crate) async fn element(&mut self) -> Element {
        match self.item().await {
            Some(Item::Element(element)) => element,
            other => panic!("no element but {other:?}"),
        }
    }

    /// Sends a header, and takes the server's and its features.
    pub(crate) async fn open(&mut self) -> Element {
        self.send(HEADER).await;
        assert_eq!(self.header().await.from(), Some("localhost"));
        self.element().await
    }

    /// The stream error that comes next, and after it the orderly end.
    pub(crate) async fn error(&mut self) -> String {
        let element = self.element().await;
        let error = StreamError::from_element(element.root());
        let error = error.unwrap_or_else(|| panic!("no stream error but {element}"));
        self.end().await;
        error.condition().to_string()
    }

    /// The end tag, and nothing after it.
    pub(crate) async fn end(&mut self) {
        assert!(matches!(self.item().await, Some(Item::End)));
        assert!(self.item().await.is_none());
    }

    /// `<auth/>` with PLAIN; what comes back.
    pub(crate) async fn plain(&mut self, user: &str, password: &str) -> Element {
        let message = STANDARD.encode(format!("\0{user}\0{password}"));
        self.send(&format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{message}</auth>")).await;
        self.element().await
    }

    pub(crate) fn restart(&mut self) {
        self.scanner.restart();
    }

    /// With TLS, the features not yet read.
    pub(crate) async fn starttls(server: &Server) -> Self {
        let mut raw = Self::connect(server.c2s()).await;
        raw.open().await;
        raw.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await;
        assert_eq!(raw.element().await.name(), "proceed");
        raw.tls(server).await
    }

    /// Logged in over STARTTLS with PLAIN, and bound.
    pub(crate) async fn login(server: &Server, user: &str, password: &str, resource: &str) -> Self {
        let mut raw = Self::starttls(server).await;
        raw.open().await;
        assert_eq!(raw.plain(user, password).await.name(), "success");
        raw.bind(resource).await;
        raw
    }

    pub(crate) async fn alice(server: &Server) -> Self {
        Self::login(server, "alice", "wonderland", "a").await
    }

    pub(crate) async fn bob(server: &Server) -> Self {
        Self::login(server, "bob", "builder", "b").await
    }

    /// After `<success/>`; returns the JID.
    pub(crate) async fn bind(&mut self, resource: &str) -> String {
        const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
        self.restart();
        let features = self.open().await;
        assert!(features.child("bind", BIND).is_some(), "{features}");
        self.send(&format!(
            "<iq type='set' id='b1'><bind xmlns='{BIND}'><resource>{resource}</resource></bind></iq>"
        ))
        .await;
        let result = self.element().await;
        assert_eq!(result.attribute("type").as_deref(), Some("result"), "{result}");
        assert_eq!(result.attribute("id").as_deref(), Some("b1"));
        let bind = result.child("bind", BIND).unwrap();
        bind.child("jid", BIND).unwrap().text().into_owned()
    }

    /// Available; its own presence taken.
    pub(crate) async fn available(&mut self) {
        self.send("<presence/>").await;
        assert_eq!(self.element().await.name(), "presence");
    }

    pub(crate) async fn component(server: &Server) -> Self {
        let mut raw = Self::connect(server.components()).await;
        let answer = raw.handshake("secret").await;
        assert_eq!(answer.name(), "handshake", "{answer}");
        raw
    }

    /// A component's header and handshake with that secret; the answer.
    pub(crate) async fn handshake(&mut self, secret: &str) -> Element {
        use sha1::{Digest, Sha1};
        self.send(COMPONENT_HEADER).await;
        let header = self.header().await;
        assert_eq!(header.from(), Some("echo.localhost"));
        let digest = Sha1::digest(format!("{}{secret}", header.id().unwrap()));
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.send(&format!("<handshake>{digest}</handshake>")).await;
        self.element().await
    }

    /// Sends a query and takes its answer.
    pub(crate) async fn ask(&mut self, iq: &str) -> Element {
        self.send(iq).await;
        self.element().await
    }
}

/// The condition of a stanza error.
pub(crate) fn condition(stanza: &Element) -> String {
    assert_eq!(stanza.attribute("type").as_deref(), Some("error"), "{stanza}");
    let error = stanza.child("error", jabber_xml::ns::CLIENT).unwrap();
    error.children().next().unwrap().name().to_owned()
}

pub(crate) fn attribute(element: &Element, name: &str) -> String {
    element.attribute(name).unwrap_or_default().into_owned()
}
