//! The XML tap against the bytes themselves, in each dialect, on the embedded server.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt, StreamExt};
use jabber::{
    Connected, Direction, Element, Event, Part, Phase, Protocol, Session, SessionBuilder, Tapped,
    Tcp, TlsConfig, Transport, Wire, component, jabberd20_component, legacy, xmpp,
};
use jabber_server::Server;
use jabber_transport::{BoxFuture, BoxPipe, ConnectError, Target, TlsError};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// The bytes that went through, those within TLS as they are inside of it.
#[derive(Debug, Default)]
struct Bytes {
    sent: Vec<u8>,
    received: Vec<u8>,
    /// How many TLS handshakes there were: the pipe from before one has ciphertext after it.
    layer: usize,
}

type Log = Arc<Mutex<Bytes>>;

/// A transport that writes down all that goes through it.
#[derive(Debug)]
struct Recording(Tcp, Log);

struct Pipe {
    inner: BoxPipe,
    log: Log,
    layer: usize,
}

impl Recording {
    fn pipe(&self, connected: Connected) -> Connected {
        let layer = self.1.lock().unwrap().layer;
        let pipe = Pipe { inner: connected.pipe, log: Arc::clone(&self.1), layer };
        Connected::new(Box::new(pipe), connected.security)
    }
}

impl Transport for Recording {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(async { self.0.connect(target).await.map(|it| self.pipe(it)) })
    }

    fn start_tls<'a>(
        &'a self,
        pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        self.1.lock().unwrap().layer += 1;
        Box::pin(async { self.0.start_tls(pipe, target).await.map(|it| self.pipe(it)) })
    }
}

impl Pipe {
    fn log(&self, log: impl FnOnce(&mut Bytes)) {
        let mut bytes = self.log.lock().unwrap();
        if bytes.layer == self.layer {
            log(&mut bytes);
        }
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        self.log(|it| it.received.extend_from_slice(&buf.filled()[before..]));
        read
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, buf);
        if let Poll::Ready(Ok(count)) = &written {
            self.log(|it| it.sent.extend_from_slice(&buf[..*count]));
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Whether that is the text of those bytes, but for what is redacted.
fn shows(text: &str, bytes: &str) -> bool {
    let mut rest = bytes;
    for (number, piece) in text.split("[redacted]").enumerate() {
        match rest.find(piece) {
            Some(at) if at == 0 || number > 0 => rest = &rest[at + piece.len()..],
            _ => return false,
        }
    }
    rest.is_empty() || text.ends_with("[redacted]")
}

/// Logs in as the dialect does, sends what is redacted and what is not, and ends.
async fn taps(
    name: &str,
    protocol: impl Protocol + 'static,
    at: impl Fn(&Server) -> SocketAddr,
    settings: impl Fn(SessionBuilder) -> SessionBuilder,
    secrets: &[&str],
) -> Vec<Tapped> {
    let server = Server::builder()
        .user("bob", "builder")
        .component("echo.localhost", "secret")
        .router_user("jabberd", "secret")
        .start()
        .await
        .unwrap();
    let tls = TlsConfig::builder().without_system_roots();
    let tls = tls.add_ca_pem(server.ca_pem().as_bytes()).unwrap().build().unwrap();
    let log = Log::default();
    let raw = Arc::new(Mutex::new(Bytes::default()));
    let tapped = Arc::clone(&raw);
    let builder = Session::builder(protocol)
        .server(at(&server).to_string().parse().unwrap())
        .transport(Recording(Tcp::new(tls), Arc::clone(&log)))
        .tap(move |item: &Wire<'_>| {
            let mut bytes = tapped.lock().unwrap();
            match item.direction() {
                Direction::Sent => bytes.sent.extend_from_slice(item.dangerous_bytes()),
                Direction::Received => bytes.received.extend_from_slice(item.dangerous_bytes()),
            }
        });
    let mut session = settings(builder).build();
    assert_eq!(session.dialect(), name);
    let mut stream = session.tap_stream(1000);
    session.connect().unwrap();
    let identity = timeout(PATIENCE, session.ready()).await.unwrap().unwrap();
    let me = &identity.jid;
    for stanza in [
        format!("<message from='{me}' to=\"{me}\" ><body>1 &lt; 2 &#9731;</body></message>"),
        format!("<x:message xmlns:x='jabber:client' from='{me}' to='{me}'><x:body/></x:message>"),
        format!(
            "<iq type='set' id='r' from='{me}' to='{me}'><query xmlns='jabber:iq:register'><password>hidden-1</password><x><![CDATA[</x>hidden-2]]></x></query></iq>"
        ),
        format!("<message from='{me}' to='{me}'><x xmlns='urn:x' a='>'/></message>"),
    ] {
        let stanza: Element = stanza.parse().unwrap();
        session.send(stanza).await.unwrap();
    }
    // The last comes back.
    let last =
        |event: &Event| matches!(event, Event::Stanza(it) if it.stanza.as_str().contains("urn:x"));
    while !last(&timeout(PATIENCE, session.next()).await.unwrap().unwrap()) {}
    session.shutdown();
    while timeout(PATIENCE, session.next()).await.unwrap().is_some() {}
    server.shutdown().await;

    let (wire, raw) = (log.lock().unwrap(), raw.lock().unwrap());
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(text(&raw.sent), text(&wire.sent), "{name}: sent");
    assert_eq!(text(&raw.received), text(&wire.received), "{name}: received");
    assert!(wire.sent.len() > 500 && wire.received.len() > 500, "{name}");
    let items: Vec<_> = std::iter::from_fn(|| stream.next().now_or_never().flatten()).collect();
    for (direction, bytes) in [(Direction::Sent, &wire.sent), (Direction::Received, &wire.received)]
    {
        let mut rest = &bytes[..];
        for item in items.iter().filter(|item| item.direction == direction) {
            let (own, behind) = rest.split_at(item.byte_len);
            assert!(shows(&item.text, &text(own)), "{name}: {item} is not {}", text(own));
            rest = behind;
        }
        assert!(rest.is_empty());
    }
    for secret in secrets.iter().chain(&["hidden-1", "hidden-2"]) {
        assert!(text(&wire.sent).contains(secret), "{name}: {secret} was to be sent");
        assert!(!items.iter().any(|item| item.text.contains(secret)), "{name}: {secret}");
    }
    assert!(items.is_sorted_by_key(|item| item.at), "{name}");
    let parts = |part| items.iter().filter(move |item| item.part == part);
    assert_eq!(parts(Part::End).count(), 2, "{name}");
    assert!(parts(Part::Header).count() >= 2 && parts(Part::Header).count() % 2 == 0, "{name}");
    assert!(items.iter().all(|item| item.attempt == 1 && item.dialect == name));
    assert_eq!(items[0].phase, Phase::Negotiation);
    items
}

#[tokio::test]
async fn xmpp_client() {
    let config = xmpp::Config::new("bob@localhost/bot".parse().unwrap(), "builder");
    let items = taps("xmpp", config, Server::c2s, |it| it, &[]).await;
    let hidden = items.iter().filter(|item| item.text.contains("[redacted]"));
    // SCRAM's four, and the registration on its way out and back.
    assert_eq!(hidden.count(), 4 + 2);
    assert_eq!(items.iter().filter(|item| item.part == Part::Header).count(), 6);
}

#[tokio::test]
async fn legacy_client() {
    let config = legacy::Config::new("bob@localhost/bot".parse().unwrap(), "builder").unwrap();
    let direct = |builder: SessionBuilder| builder.direct_tls(true);
    taps("legacy", config, Server::direct_tls, direct, &[">bob<"]).await;
}

#[tokio::test]
async fn external_component() {
    let config = component::Config::new("echo.localhost".parse().unwrap(), "secret");
    let items = taps("component", config, Server::components, |it| it, &[]).await;
    assert!(items.iter().any(|item| item.text.ends_with("<handshake>[redacted]</handshake>")));
}

#[tokio::test]
async fn component_of_the_router() {
    let config = jabberd20_component::Config::new("bot.localhost".parse().unwrap(), "secret")
        .with_username("jabberd");
    let name = |builder: SessionBuilder| builder.tls_name("localhost".parse().unwrap());
    taps("jabberd20-component", config, Server::components, name, &[]).await;
}
