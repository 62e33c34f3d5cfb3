//! The smallest dialect there is, and a server in memory that speaks it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{any::Any, time::Duration};

use futures_util::StreamExt;
use jabber::{
    Event, Identity, Jid, KindSet, Phase, Protocol, Receipt, Returned, Session, SessionBuilder,
    Status, StatusEvent, ns,
};
use jabber_connection::Detail;
use jabber_dialect::{Actions, Dialect, Endpoint, Failure, Input, Memory, Redaction, Step};
use jabber_security::Security;
use jabber_status::{Kind, Lifecycle, Shape, Stamp};
use jabber_transport::memory::{MemoryListener, MemoryPipe, MemoryTransport};
use jabber_xml::StreamHeader;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

/// Everybody is let in who opens a stream and is sent `<welcome/>`.
#[derive(Debug)]
pub(crate) struct Toy;

pub(crate) const ME: &str = "me@toy.example/here";

impl Protocol for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }
    fn shape(&self) -> Shape {
        Shape::new()
    }
    fn endpoint(&self) -> Endpoint {
        Endpoint::new(Jid::new("toy.example").unwrap(), 1)
    }
    fn begin(&self, _: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Attempt)
    }
}

#[derive(Debug)]
struct Attempt;

#[derive(Clone, Debug)]
struct Said(Stamp, Status);

impl StatusEvent for Said {
    fn kind(&self) -> Kind {
        self.1.into()
    }
    fn phase(&self) -> Phase {
        self.0.phase
    }
    fn attempt(&self) -> u32 {
        self.0.attempt
    }
    fn dialect(&self) -> &'static str {
        self.0.dialect
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}

impl Dialect for Attempt {
    fn start(&mut self, _: &Security, actions: &mut dyn Actions) -> Result<Step, Failure> {
        actions.open_stream(StreamHeader::new(ns::CLIENT).with_to("toy.example"));
        Ok(Step::Continue)
    }

    fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure> {
        match input {
            Input::StreamOpened(_) => {
                actions.status(&Said(actions.stamp(), Status::AuthNegotiate));
                Ok(Step::Continue)
            }
            Input::Element(element) if element.name() == "welcome" => {
                actions.status(&Said(actions.stamp(), Status::AuthSuccess));
                Ok(Step::Ready(Identity::new(Jid::new(ME).unwrap())))
            }
            Input::Element(element) => {
                actions.hold(element);
                Ok(Step::Continue)
            }
            _ => Ok(Step::Continue),
        }
    }

    fn awaiting(&self) -> &'static str {
        "the welcome"
    }

    fn redaction(&self, element: &jabber::Element) -> Redaction {
        let hushed = element.children().any(|child| child.name() == "hush");
        if hushed { Redaction::Texts } else { Redaction::of(element) }
    }
}

/// A session that tells everything, and the server's side of its connections.
pub(crate) fn session() -> (Session, MemoryListener) {
    session_with(|builder| builder)
}

/// The same, with further settings.
pub(crate) fn session_with(
    settings: impl FnOnce(SessionBuilder) -> SessionBuilder,
) -> (Session, MemoryListener) {
    let (transport, listener) = MemoryTransport::new();
    let builder = settings(Session::builder(Toy).subscribe(KindSet::ALL));
    (builder.build_with(transport), listener)
}

/// The server's end of one connection.
pub(crate) struct Peer(pub(crate) MemoryPipe);

pub(crate) const HEADER: &str = "<stream:stream xmlns='jabber:client' \
     xmlns:stream='http://etherx.jabber.org/streams' id='1' from='toy.example'>";

impl Peer {
    pub(crate) async fn accept(listener: &mut MemoryListener) -> Self {
        Self(listener.accept().await.unwrap())
    }

    /// Lets the client in.
    pub(crate) async fn welcome(listener: &mut MemoryListener) -> Self {
        let mut peer = Self::accept(listener).await;
        peer.reads("toy.example").await;
        peer.says(HEADER).await;
        peer.says("<welcome/>").await;
        peer
    }

    pub(crate) async fn says(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until what was read contains `text`.
    pub(crate) async fn reads(&mut self, text: &str) -> String {
        let mut read = Vec::new();
        loop {
            let so_far = String::from_utf8_lossy(&read).into_owned();
            if so_far.contains(text) {
                return so_far;
            }
            let count = self.0.read_buf(&mut read).await.unwrap();
            assert_ne!(count, 0, "the client closed after {so_far:?}; expected {text:?}");
        }
    }

    /// What comes next.
    pub(crate) async fn reads_some(&mut self) -> String {
        let mut read = Vec::new();
        assert_ne!(self.0.read_buf(&mut read).await.unwrap(), 0, "the client closed");
        String::from_utf8(read).unwrap()
    }

    /// All that there is.
    pub(crate) async fn reads_all(&mut self) -> String {
        let mut read = Vec::new();
        while timeout(SECOND / 10, self.0.read_buf(&mut read)).await.is_ok_and(|it| it.unwrap() > 0)
        {
        }
        String::from_utf8(read).unwrap()
    }

    pub(crate) async fn reads_end(&mut self) -> String {
        let mut read = String::new();
        self.0.read_to_string(&mut read).await.unwrap();
        read
    }
}

/// What a session told, in order: statuses by name, stanzas by their text.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) lines: Vec<String>,
    pub(crate) written: Vec<Receipt>,
    pub(crate) returned: Vec<(Receipt, Returned)>,
    life: Lifecycle,
}

impl Trace {
    pub(crate) fn new() -> Self {
        let life = Lifecycle::of(Shape::new());
        Self { lines: Vec::new(), written: Vec::new(), returned: Vec::new(), life }
    }

    /// Takes one event; every status is held against the grammar.
    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::Status(status) => {
                let verdict = self.life.check_event(&*status);
                verdict.unwrap_or_else(|error| panic!("{error}\n{status:?}\n{:#?}", self.lines));
                let name = status.kind().to_string();
                self.lines.push(name.trim_start_matches("PCJ_").to_owned());
            }
            Event::Stanza(delivery) => self.lines.push(delivery.stanza.as_str().to_owned()),
            Event::RequestEnded(_, end) => self.lines.push(format!("{end:?}")),
            Event::Returned(receipt, returned) => self.returned.push((receipt, returned)),
            Event::Written(receipt) => self.written.push(receipt),
            other => panic!("{other:?}"),
        }
    }

    /// Drives the session, until it ends.
    pub(crate) async fn drive(&mut self, session: &mut Session) {
        while let Some(event) = session.next().await {
            self.take(event);
        }
    }

    /// Drives the session as long as anything happens.
    pub(crate) async fn drain(&mut self, session: &mut Session) {
        let quiet = SECOND / 10;
        while let Ok(Some(event)) = timeout(quiet, session.next()).await {
            self.take(event);
        }
    }

    /// Drives the session to its end, and gives what was told since the last call.
    pub(crate) async fn finish(&mut self, session: &mut Session) -> String {
        while let Some(event) = session.next().await {
            self.take(event);
        }
        self.life.finish().unwrap();
        std::mem::take(&mut self.lines).join(" ")
    }
}

/// What ended the connection, as SOCKETDISCONNECT or CONNECTFAIL tells it.
pub(crate) fn failure(event: &dyn StatusEvent) -> jabber::ConnectionError {
    let event = event.as_any().downcast_ref::<jabber_connection::Event>().unwrap();
    match event.typed() {
        Detail::Failed(error, _) => {
            let error: &(dyn std::error::Error + 'static) = &**error;
            error.downcast_ref::<jabber::ConnectionError>().unwrap().clone()
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) const SECOND: Duration = Duration::from_secs(1);
