//! Runs one attempt by hand: the server's side is wire text, ours comes out as lines.
//!
//! `C` what we send, `S` what the server sends, `!` a status, `=` what the dialect wants or says.
//! Whatever is run is held against the lifecycle grammar, and against the rule that nothing but
//! `<starttls/>` leaves before TLS, unless the configuration lets a login cross the pipe as it is.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod digest;
mod session;

use bytes::BytesMut;
use jabber_dialect::{Actions, Dialect, Failure, Identity, Input, Protocol, Step};
use jabber_jabberd20_component::{Config, Error};
use jabber_security::{ChannelBinding, Entropy, KeyDerivation, Security, TlsFacts};
use jabber_status::{ErrorStatus, Kind, Lifecycle, Stamp, Status, StatusEvent};
use jabber_xml::{Element, Item, Limits, Scanner, StreamError, StreamHeader, ns};

/// The router's namespace, as a declaration.
pub const C: &str = "xmlns='http://jabberd.jabberstudio.org/ns/component/1.0'";
pub const PASSWORD: &str = "sesame";
/// The router's header.
pub const HEADER: &str = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
    xmlns='http://jabberd.jabberstudio.org/ns/component/1.0' from='echo.localhost' version='1.0' \
    id='s1'>";
/// The router's features after the login.
pub const EMPTY: &str =
    "<stream:features xmlns:stream='http://etherx.jabber.org/streams'></stream:features>";
pub const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
pub const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

pub fn echo() -> Config {
    Config::new("echo.localhost".parse().unwrap(), PASSWORD)
        .with_policy(jabber_sasl::Policy::PLAIN_OVER_TLS.allow(jabber_sasl::Mechanism::DigestMd5))
}

pub fn features(inner: &str) -> String {
    format!("<stream:features>{inner}</stream:features>")
}

pub fn mechanisms(names: &[&str]) -> String {
    let names: String = names.iter().map(|n| format!("<mechanism>{n}</mechanism>")).collect();
    features(&format!("<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{names}</mechanisms>"))
}

pub fn sasl(name: &str, inner: &str) -> String {
    format!("<{name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{inner}</{name}>")
}

pub fn stream_error(condition: &str) -> String {
    format!(
        "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    )
}

pub fn encrypted() -> Security {
    let facts = TlsFacts::new("TLSv1.3", "AES", "localhost", ChannelBinding::none());
    Security::Encrypted(facts)
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
    held: Vec<Element>,
    life: Lifecycle,
    scanner: Scanner,
    entropy: Counting,
    job: Option<KeyDerivation>,
    tls_wanted: bool,
    /// A login may cross.
    safe: bool,
    /// A step has failed: nothing may happen any more.
    over: bool,
}

impl Recorder {
    fn check(&mut self, kind: impl Into<Kind>) {
        let kind = kind.into();
        self.life.check(kind).unwrap_or_else(|error| panic!("{error}\n{}", self.lines.join("\n")));
    }

    fn fire(&mut self, kind: impl Into<Kind>) {
        let kind = kind.into();
        self.check(kind);
        if !matches!(kind, Kind::Status(Status::NodeSent | Status::NodeReceived)) {
            self.lines.push(format!("! {}", &kind.name()[4..]));
        }
    }
}

impl Actions for Recorder {
    fn stamp(&self) -> Stamp {
        Stamp::new(self.life.phase(), self.life.attempt(), "jabberd20-component")
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        assert!(!self.over);
        self.check(event.kind());
        assert_eq!(event.dialect(), "jabberd20-component");
        let detail = event.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        self.lines.push(format!("! {}{detail}", &event.kind().name()[4..]));
        self.events.push(event.to_boxed());
    }

    fn open_stream(&mut self, header: StreamHeader) {
        assert!(!self.over);
        self.fire(Status::StreamStart);
        self.fire(Status::NodeSent);
        let (to, version) = (header.to().unwrap(), header.version().unwrap());
        assert_eq!(header.content(), ns::JABBERD20_COMPONENT);
        assert_eq!((header.from(), header.lang()), (None, None));
        self.lines.push(format!("C header to={to} version={version}"));
        self.scanner.restart();
    }

    fn send(&mut self, element: Element) {
        assert!(!self.over);
        assert!(self.safe || element.is("starttls", ns::TLS), "{element} is sent before TLS");
        self.fire(Status::NodeSent);
        // Ids are random, and how much was drawn before is not ours to know.
        let id = element.attribute("id").map(|id| format!("'{id}'"));
        let text = element.to_string();
        self.lines.push(format!("C {}", id.map_or(text.clone(), |id| text.replace(&id, "'ID'"))));
        self.sent.push(element);
    }

    fn start_tls(&mut self) {
        assert!(!self.over);
        self.lines.push("= TLS handshake".into());
        self.tls_wanted = true;
    }

    fn derive(&mut self, job: KeyDerivation) {
        assert!(!self.over);
        assert!(self.job.replace(job).is_none(), "one job at a time");
        self.lines.push("= derive".into());
    }

    fn hold(&mut self, stanza: Element) {
        assert!(!self.over);
        self.lines.push(format!("= held {}", stanza.name()));
        self.held.push(stanza);
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
    pub outcome: Outcome,
    /// Keys are derived by [`Run::derive`] and not at once.
    pub slow: bool,
}

impl Run {
    /// `safe`: the configuration lets a login cross this pipe as it is.
    pub fn start(protocol: &dyn Protocol, security: &Security, safe: bool) -> Self {
        let mut recorder = Recorder {
            lines: Vec::new(),
            events: Vec::new(),
            sent: Vec::new(),
            held: Vec::new(),
            life: Lifecycle::of(protocol.shape()),
            scanner: Scanner::new(Limits::default()),
            entropy: Counting(0),
            job: None,
            tls_wanted: false,
            safe,
            over: false,
        };
        for status in [Status::Connect, Status::Connecting, Status::Connected] {
            recorder.check(status);
        }
        let mut run =
            Self { dialect: protocol.begin(None), recorder, outcome: Outcome::Open, slow: false };
        let step = run.dialect.start(security, &mut run.recorder);
        run.take(step);
        run
    }

    /// The server sends this.
    pub fn server(&mut self, text: &str) -> &mut Self {
        let mut input = BytesMut::from(text);
        while let Some(item) = self.recorder.scanner.next(&mut input).expect("good XML") {
            match item {
                Item::Header(header) => {
                    self.recorder.lines.push("S header".into());
                    self.handle(Input::StreamOpened(header));
                }
                Item::Element(element) => {
                    self.recorder.check(Status::NodeReceived);
                    self.recorder.lines.push(format!("S <{}>", element.name()));
                    self.handle(match StreamError::from_element(element.root()) {
                        Some(error) => Input::StreamError(error),
                        None => Input::Element(element),
                    });
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(input.is_empty());
        self
    }

    /// The TLS handshake that was asked for is complete.
    pub fn tls(&mut self) -> &mut Self {
        self.tls_as(encrypted())
    }

    pub fn tls_as(&mut self, security: Security) -> &mut Self {
        assert!(std::mem::take(&mut self.recorder.tls_wanted), "nobody asked for TLS");
        self.recorder.safe = true;
        self.handle(Input::TlsEstablished(security));
        self
    }

    pub fn handle(&mut self, input: Input) {
        if !matches!(self.outcome, Outcome::Open) {
            return;
        }
        let step = self.dialect.handle(input, &mut self.recorder);
        self.take(step);
        if !self.slow {
            self.derive();
        }
    }

    /// Runs the job that is out.
    pub fn derive(&mut self) {
        if let Some(job) = self.recorder.job.take() {
            self.handle(Input::KeyDerived(job.run()));
        }
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
                if let Some(cause) = failure.cause() {
                    self.recorder.fire(cause);
                }
                self.recorder.lines.push(format!("= {:?}: {failure}", failure.retry()));
                self.outcome = Outcome::Failed(failure);
                self.prod();
            }
        }
    }

    /// Whatever comes after a failure, nothing happens.
    fn prod(&mut self) {
        self.recorder.over = true;
        let element = |text: &str| Input::Element(text.parse().unwrap());
        let header = StreamHeader::new(ns::JABBERD20_COMPONENT).with_version("1.0");
        for input in [
            element("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            element(SUCCESS),
            element("<message/>"),
            Input::StreamOpened(header),
            Input::TlsEstablished(encrypted()),
            element(&format!("<features xmlns='{}'>{STARTTLS}</features>", ns::STREAM)),
            element(&format!("<bind {C}/>")),
        ] {
            assert_eq!(self.dialect.handle(input, &mut self.recorder).unwrap(), Step::Continue);
        }
    }

    pub fn awaiting(&self) -> &'static str {
        self.dialect.awaiting()
    }

    pub fn is_open(&self) -> bool {
        matches!(self.outcome, Outcome::Open)
    }

    pub fn wants_tls(&self) -> bool {
        self.recorder.tls_wanted
    }

    pub fn events(&self) -> &[Box<dyn StatusEvent>] {
        &self.recorder.events
    }

    pub fn held(&self) -> &[Element] {
        &self.recorder.held
    }

    /// The element that we sent last.
    pub fn last_sent(&self) -> Option<&Element> {
        self.recorder.sent.last()
    }

    pub fn sent(&self) -> &Element {
        self.last_sent().expect("something was sent")
    }

    /// The id of the bind that we sent last.
    pub fn id(&self) -> String {
        self.sent().attribute("id").expect("a bind").into_owned()
    }

    pub fn failure(&self) -> &Failure {
        match &self.outcome {
            Outcome::Failed(failure) => failure,
            other => panic!("{other:?}\n{}", self.lines()),
        }
    }

    pub fn error(&self) -> &Error {
        self.failure().error().downcast_ref().expect("our error")
    }

    pub fn lines(&self) -> String {
        self.recorder.lines.join("\n")
    }

    /// Ends the connection as the connection does, and checks that the whole trace is in order.
    pub fn end(mut self) -> String {
        let lines = self.lines();
        self.recorder.fire(ErrorStatus::SocketDisconnect);
        self.recorder.life.finish().expect("a whole trace");
        lines
    }
}
