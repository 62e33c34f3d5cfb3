//! Runs one attempt by hand: the server's side is wire text, ours comes out as lines.
//!
//! `C` what we send, `S` what the server sends, `!` a status, `=` what it comes to. Whatever is run
//! is held against the lifecycle grammar, and against the rule that the password itself crosses
//! only where the configuration or the pipe permits it.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use bytes::BytesMut;
use jabber_dialect::{Actions, Dialect, Failure, Identity, Input, Protocol, Step};
use jabber_legacy::{Config, Error};
use jabber_security::{ChannelBinding, Entropy, KeyDerivation, Security, TlsFacts};
use jabber_status::{ErrorStatus, Kind, Lifecycle, Stamp, Status, StatusEvent};
use jabber_xml::{Element, Item, Limits, Scanner, StreamError, StreamHeader, ns};

/// A server's header; the id is that of XEP-0078's example.
pub const HEADER: &str = "<stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' id='3EE948B0' from='localhost'>";
pub const PASSWORD: &str = "Calli0pe";
pub const DIGEST: &str = "48fc78be9ec8f86d8ce1c39c320c97c21d62334d";
/// What the servers' forms list (Prosody: no digest).
pub const BOTH: &[&str] = &["username", "password", "digest", "resource"];
pub const PLAIN: &[&str] = &["username", "password", "resource"];

pub fn alice() -> Config {
    Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD).unwrap()
}

pub fn stream_error(condition: &str) -> String {
    format!(
        "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    )
}

pub fn encrypted() -> Security {
    Security::Encrypted(TlsFacts::new("TLSv1.3", "AES", "localhost", ChannelBinding::none()))
}

/// Counts, so that every run is the same.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

struct Recorder {
    lines: Vec<String>,
    events: Vec<Box<dyn StatusEvent>>,
    sent: Vec<Element>,
    life: Lifecycle,
    entropy: Counting,
    /// The password itself may cross.
    safe: bool,
    /// The login has failed: nothing may happen any more.
    over: bool,
}

impl Recorder {
    fn fire(&mut self, kind: impl Into<Kind>) {
        self.life.check(kind).unwrap_or_else(|error| panic!("{error}\n{:?}", self.lines));
    }
}

impl Actions for Recorder {
    fn stamp(&self) -> Stamp {
        Stamp::new(self.life.phase(), self.life.attempt(), "legacy")
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        assert!(!self.over);
        self.fire(event.kind());
        assert_eq!(event.dialect(), "legacy");
        self.lines.push(format!("! {}: {}", &event.kind().name()[4..], event.detail().unwrap()));
        self.events.push(event.to_boxed());
    }

    fn open_stream(&mut self, header: StreamHeader) {
        assert!(!self.over);
        assert_eq!(header.content(), ns::CLIENT);
        self.fire(Status::StreamStart);
        self.fire(Status::NodeSent);
        let version = header.version().map(|it| format!(" version={it}")).unwrap_or_default();
        self.lines.push(format!("C header to={}{version}", header.to().unwrap()));
        assert!(header.from().is_none(), "who we are is told before it is asked for");
    }

    fn send(&mut self, element: Element) {
        assert!(!self.over);
        let text = element.to_string();
        assert!(self.safe || !text.contains("<password"), "{text} is sent where all can read it");
        self.fire(Status::NodeSent);
        let id = format!("'{}'", element.attribute("id").expect("an iq"));
        self.lines.push(format!("C {}", text.replace(&id, "'ID'")));
        self.sent.push(element);
    }

    fn start_tls(&mut self) {
        panic!("TLS is not the dialect's")
    }

    fn derive(&mut self, _: KeyDerivation) {
        panic!("nothing is derived")
    }

    fn hold(&mut self, stanza: Element) {
        panic!("{stanza} is kept before anybody is authenticated")
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        &mut self.entropy
    }
}

/// What an attempt came to.
#[derive(Debug)]
pub enum Outcome {
    Open,
    Ready(Identity),
    Failed(Failure),
}

pub struct Run {
    dialect: Box<dyn Dialect>,
    recorder: Recorder,
    scanner: Scanner,
    pub outcome: Outcome,
}

impl Run {
    /// `safe`: the password itself may cross this pipe.
    pub fn start(config: &Config, security: &Security, safe: bool) -> Self {
        let mut recorder = Recorder {
            lines: Vec::new(),
            events: Vec::new(),
            sent: Vec::new(),
            life: Lifecycle::of(config.shape()),
            entropy: Counting(0),
            safe,
            over: false,
        };
        for status in [Status::Connect, Status::Connecting, Status::Connected] {
            recorder.fire(status);
        }
        let scanner = Scanner::new(Limits::default());
        let mut run =
            Self { dialect: config.begin(None), recorder, scanner, outcome: Outcome::Open };
        let step = run.dialect.start(security, &mut run.recorder);
        run.take(step);
        run
    }

    /// On a private pipe, up to the request for the form.
    pub fn asking(config: &Config) -> Self {
        let mut run = Self::start(config, &Security::Private, true);
        run.server(HEADER);
        run
    }

    /// On a private pipe, up to the login.
    pub fn logging_in(config: &Config) -> Self {
        let mut run = Self::asking(config);
        run.form(BOTH);
        run
    }

    /// The server sends this.
    pub fn server(&mut self, text: &str) -> &mut Self {
        let mut input = BytesMut::from(text);
        while let Some(item) = self.scanner.next(&mut input).expect("good XML") {
            let input = match item {
                Item::Header(header) => Input::StreamOpened(header),
                Item::Element(element) => {
                    self.recorder.fire(Status::NodeReceived);
                    match StreamError::from_element(element.root()) {
                        Some(error) => Input::StreamError(error),
                        None => Input::Element(element),
                    }
                }
                other => panic!("{other:?}"),
            };
            if self.is_open() {
                let step = self.dialect.handle(input, &mut self.recorder);
                self.take(step);
            }
        }
        assert!(input.is_empty());
        self
    }

    /// The server answers with a form that lists these.
    pub fn form(&mut self, fields: &[&str]) -> &mut Self {
        let fields: String = fields.iter().map(|field| format!("<{field}/>")).collect();
        let query = format!("<query xmlns='jabber:iq:auth'>{fields}</query>");
        self.result(&query)
    }

    /// The server answers with a result that holds this.
    pub fn result(&mut self, inner: &str) -> &mut Self {
        let id = self.id();
        self.server(&format!("<iq type='result' id='{id}'>{inner}</iq>"))
    }

    /// The server answers with an error.
    pub fn error(&mut self, error: &str) -> &mut Self {
        let id = self.id();
        self.server(&format!("<iq type='error' id='{id}'>{error}</iq>"))
    }

    fn take(&mut self, step: Result<Step, Failure>) {
        match step {
            Ok(Step::Ready(identity)) => {
                self.recorder.fire(Status::InitFinished);
                self.recorder.lines.push(format!("= ready as {identity}"));
                self.outcome = Outcome::Ready(identity);
            }
            Ok(_) => {}
            Err(failure) => {
                self.recorder.fire(failure.cause().expect("a step"));
                self.recorder.lines.push(format!("= {:?}: {failure}", failure.retry()));
                self.outcome = Outcome::Failed(failure);
                self.prod();
            }
        }
    }

    /// Whatever comes after a failure, nothing happens.
    fn prod(&mut self) {
        self.recorder.over = true;
        let id = self.last_sent().map_or(String::new(), |_| self.id());
        let text = format!("<iq type='result' id='{id}'/>");
        for input in [
            Input::Element(text.parse().unwrap()),
            Input::StreamOpened(StreamHeader::new(ns::CLIENT).with_id("1")),
        ] {
            let step = self.dialect.handle(input, &mut self.recorder);
            assert_eq!(step.unwrap(), Step::Continue);
        }
    }

    pub fn awaiting(&self) -> &'static str {
        self.dialect.awaiting()
    }

    pub fn is_open(&self) -> bool {
        matches!(self.outcome, Outcome::Open)
    }

    pub fn events(&self) -> &[Box<dyn StatusEvent>] {
        &self.recorder.events
    }

    pub fn last_sent(&self) -> Option<&Element> {
        self.recorder.sent.last()
    }

    /// The id of the iq that we sent last.
    pub fn id(&self) -> String {
        self.last_sent().and_then(|it| it.attribute("id")).expect("an iq").into_owned()
    }

    pub fn failure(&self) -> (&Failure, &Error) {
        let Outcome::Failed(failure) = &self.outcome else { panic!("{}", self.lines()) };
        (failure, failure.error().downcast_ref().expect("our error"))
    }

    pub fn lines(&self) -> String {
        self.recorder.lines.join("\n")
    }

    /// Ends the connection, and checks that the whole trace is in order.
    pub fn end(mut self) -> String {
        let lines = self.lines();
        self.recorder.fire(ErrorStatus::SocketDisconnect);
        self.recorder.life.finish().expect("a whole trace");
        lines
    }
}
