//! One connection: the login, then orders.

use std::error::Error;

use bytes::BytesMut;
use jabber_xml::{Element, Item, Limits, Scanner, StreamHeader, ns};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use crate::orders::{Order, Source};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Who is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Component,
    Client,
    /// With STARTTLS, which is required.
    ClientTls,
}

/// How far a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Tls,
    Login,
    Ready,
}

/// One connection.
pub(crate) struct Connection {
    who: Who,
    stage: Stage,
    scanner: Scanner,
    input: BytesMut,
    output: BytesMut,
    /// Whom we talk to.
    peer: String,
    /// Messages that are counted yet.
    sink: usize,
    source: Option<Source>,
    echo: bool,
    /// It wants TLS.
    secure: bool,
}

impl Connection {
    pub(crate) fn new(who: Who) -> Self {
        let stage = if who == Who::ClientTls { Stage::Tls } else { Stage::Login };
        let peer = if who == Who::Component { "bench.localhost" } else { "bench@localhost/bench" };
        Self {
            who,
            stage,
            scanner: Scanner::new(Limits::default()),
            input: BytesMut::new(),
            output: BytesMut::new(),
            peer: peer.to_owned(),
            sink: 0,
            source: None,
            echo: false,
            secure: false,
        }
    }

    /// Until the peer leaves.
    pub(crate) async fn serve(mut self, mut socket: TcpStream, tls: &TlsAcceptor) -> Outcome<()> {
        if self.talk(&mut socket).await? {
            self.secure = false;
            self.stage = Stage::Login;
            self.scanner = Scanner::new(Limits::default());
            let mut socket = tls.accept(socket).await?;
            self.talk(&mut socket).await?;
        }
        Ok(())
    }

    /// True where TLS is to come.
    async fn talk(&mut self, pipe: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Outcome<bool> {
        loop {
            while let Some(item) = self.scanner.next(&mut self.input)? {
                if self.said(item)? {
                    pipe.write_all(&self.output).await?;
                    pipe.flush().await?;
                    let _ = pipe.shutdown().await;
                    return Ok(false);
                }
            }
            if !self.output.is_empty() {
                pipe.write_all(&self.output).await?;
                self.output.clear();
                pipe.flush().await?;
            }
            if self.secure {
                return Ok(true);
            }
            if let Some(mut source) = self.source.take() {
                while let Some(bytes) = source.take() {
                    pipe.write_all(bytes).await?;
                }
                pipe.flush().await?;
                continue;
            }
            if self.input.is_empty() && self.sink == 0 {
                // An idle connection is to cost as little as can be here too.
                self.input = BytesMut::new();
                self.output = BytesMut::new();
                self.scanner.release();
            }
            let room = if self.sink > 0 { 64 << 10 } else { 4 << 10 };
            self.input.reserve(room);
            if pipe.read_buf(&mut self.input).await? == 0 {
                return Ok(false);
            }
        }
    }

    /// True where the stream has ended.
    fn said(&mut self, item: Item) -> Outcome<bool> {
        match item {
            Item::Header(_) => self.open(),
            Item::Element(element) => self.element(&element)?,
            Item::End => {
                self.say("</stream:stream>");
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn say(&mut self, text: &str) {
        self.output.extend_from_slice(text.as_bytes());
    }

    fn open(&mut self) {
        let content = if self.who == Who::Component { ns::COMPONENT_ACCEPT } else { ns::CLIENT };
        let header = StreamHeader::new(content).with_id("load").with_from("localhost");
        if self.who == Who::Component {
            header.write_to(&mut self.output);
            return;
        }
        header.with_version("1.0").write_to(&mut self.output);
        self.say(match self.stage {
            Stage::Tls => {
                "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
            }
            Stage::Login => {
                "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
            }
            Stage::Ready => {
                "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session></stream:features>"
            }
        });
    }

    fn element(&mut self, element: &Element) -> Outcome<()> {
        match element.name() {
            "handshake" => self.say("<handshake/>"),
            "starttls" => {
                self.say("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
                self.secure = true;
            }
            "auth" => {
                self.say("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
                self.stage = Stage::Ready;
                self.scanner.restart();
            }
            "iq" => self.asked(element),
            "message" => self.message(element)?,
            _ => {}
        }
        Ok(())
    }

    fn asked(&mut self, iq: &Element) {
        let id = iq.attribute("id").unwrap_or_default();
        let from = iq.attribute("to").map(|to| format!(" from='{to}'")).unwrap_or_default();
        let to = &self.peer;
        let result = if iq.child("bind", ns::BIND).is_some() {
            format!(
                "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{to}</jid></bind></iq>"
            )
        } else {
            format!("<iq type='result' id='{id}'{from} to='{to}'/>")
        };
        if matches!(iq.attribute("type").as_deref(), Some("get" | "set")) {
            self.say(&result);
        }
    }

    fn message(&mut self, message: &Element) -> Outcome<()> {
        if self.sink > 0 {
            self.sink -= 1;
            if self.sink == 0 {
                let to = self.peer.clone();
                self.say(&format!(
                    "<message from='localhost' to='{to}' type='chat'><body>done</body></message>"
                ));
            }
            return Ok(());
        }
        let content = message.namespace();
        let body = message.child("body", content).map(|body| body.text().into_owned());
        match body.as_deref().and_then(Order::read) {
            Some(Order::Source(kind, n)) => self.source = Some(Source::new(kind, &self.peer, n)),
            Some(Order::Sink(n)) => self.sink = n,
            Some(Order::Echo) => self.echo = true,
            None if self.echo => {
                let (from, to) = (message.attribute("to"), message.attribute("from"));
                let turned = message.with_attribute("from", &from.unwrap_or("localhost".into()))?;
                let to = to.map_or(self.peer.clone(), |to| to.into_owned());
                let turned = turned.with_attribute("to", &to)?;
                if let Some(scope) = self.scanner.scope() {
                    turned.write_to(&mut self.output, scope);
                }
            }
            None => {}
        }
        Ok(())
    }
}
