//! The handshake: what succeeds, what is refused, what is tolerated. Each trace is held against the
//! lifecycle grammar.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bytes::BytesMut;
use jabber_component::{Config, Detail, Error, Event, Misbehaviour, Rejection};
use jabber_dialect::{Actions, Dialect, Failure, Input, Protocol, Retry, Step, TlsName};
use jabber_security::{Entropy, KeyDerivation, Security};
use jabber_status::{ErrorStatus, Kind, Lifecycle, Shape, Stamp, Status, StatusEvent};
use jabber_xml::{Element, Item, Limits, Scanner, StreamError, StreamHeader, ns};

const HEADER: &str = "<stream:stream xmlns='jabber:component:accept' \
    xmlns:stream='http://etherx.jabber.org/streams' from='echo.localhost' id='3BF96D32'>";

fn stream_error(condition: &str) -> String {
    format!(
        "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    )
}

struct Recorder {
    lines: Vec<String>,
    events: Vec<Box<dyn StatusEvent>>,
    life: Lifecycle,
    over: bool,
}

impl Recorder {
    fn fire(&mut self, kind: impl Into<Kind>) {
        self.life.check(kind).unwrap_or_else(|error| panic!("{error}\n{:?}", self.lines));
    }
}

impl Actions for Recorder {
    fn stamp(&self) -> Stamp {
        Stamp::new(self.life.phase(), self.life.attempt(), "component")
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        assert!(!self.over);
        self.fire(event.kind());
        self.lines.push(format!("! {}: {}", &event.kind().name()[4..], event.detail().unwrap()));
        self.events.push(event.to_boxed());
    }

    fn open_stream(&mut self, header: StreamHeader) {
        assert!(!self.over);
        self.fire(Status::StreamStart);
        self.fire(Status::NodeSent);
        self.lines.push(format!("C {header}"));
    }

    fn send(&mut self, element: Element) {
        assert!(!self.over);
        self.fire(Status::NodeSent);
        self.lines.push(format!("C {element}"));
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
        panic!("nothing is random")
    }
}

struct Run {
    dialect: Box<dyn Dialect>,
    recorder: Recorder,
    scanner: Scanner,
    end: Option<Result<String, Failure>>,
}

impl Run {
    fn start(config: &Config, security: &Security) -> Self {
        let mut life = Lifecycle::of(config.shape());
        for status in [Status::Connect, Status::Connecting, Status::Connected] {
            life.check(status).unwrap();
        }
        let recorder = Recorder { lines: Vec::new(), events: Vec::new(), life, over: false };
        let scanner = Scanner::new(Limits::default());
        let mut run = Self { dialect: config.begin(None), recorder, scanner, end: None };
        let step = run.dialect.start(security, &mut run.recorder);
        run.take(step);
        run
    }

    fn server(&mut self, text: &str) -> &mut Self {
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
            assert!(self.end.is_none());
            let step = self.dialect.handle(input, &mut self.recorder);
            self.take(step);
        }
        self
    }

    fn take(&mut self, step: Result<Step, Failure>) {
        match step {
            Ok(Step::Ready(identity)) => {
                self.recorder.fire(Status::InitFinished);
                self.end = Some(Ok(identity.to_string()));
            }
            Ok(_) => {}
            Err(failure) => {
                self.recorder.fire(failure.cause().expect("a step"));
                self.end = Some(Err(failure));
                self.recorder.over = true;
                for input in [
                    Input::Element("<handshake/>".parse().unwrap()),
                    Input::StreamOpened(StreamHeader::new(ns::COMPONENT_ACCEPT).with_id("1")),
                ] {
                    let step = self.dialect.handle(input, &mut self.recorder);
                    assert_eq!(step.unwrap(), Step::Continue);
                }
            }
        }
    }

    fn lines(&self) -> Vec<&str> {
        self.recorder.lines.iter().map(String::as_str).collect()
    }

    fn failure(&self) -> (&Failure, &Error) {
        let Some(Err(failure)) = &self.end else { panic!("{:?}", self.lines()) };
        (failure, failure.error().downcast_ref().expect("ours"))
    }

    fn finish(mut self) {
        self.recorder.fire(ErrorStatus::SocketDisconnect);
        self.recorder.life.finish().expect("a whole trace");
    }
}

fn echo(secret: &str) -> Config {
    Config::new("echo.localhost".parse().unwrap(), secret)
}

#[test]
fn where_and_what() {
    let config = Config::new("x@Echo.localhost/y".parse().unwrap(), "s");
    assert_eq!(config.domain().as_str(), "echo.localhost");
    let endpoint = config.endpoint();
    assert_eq!((endpoint.port, endpoint.tls_name), (5347, TlsName::Server));
    assert_eq!(config.shape(), Shape::new());
}

/// The digest is over id and secret; known answers from an independent SHA-1.
#[test]
fn accepted() {
    for (secret, header, answer, digest) in [
        ("test", HEADER.to_owned(), "<handshake/>", "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e"),
        (
            "test",
            HEADER.to_owned(),
            "<handshake xmlns='jabber:component:accept'></handshake>",
            "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e",
        ),
        ("", HEADER.to_owned(), "<handshake/>", "84f31469cf456e7c406e883395cb5907ff056c6b"),
        // Neither is hashed as XML writes it.
        (
            "<p&q>",
            HEADER.replace("3BF96D32", "a&amp;b&apos;"),
            "<handshake/>",
            "bd73b930f2c4f5ae65f981e6e800f6c044562b47",
        ),
        ("pässwörd", HEADER.to_owned(), "<handshake/>", "b98b55b8861572aa263491b569489156853cc6fa"),
    ] {
        let mut run = Run::start(&echo(secret), &Security::Open);
        run.server(&header).server(answer);
        assert_eq!(
            run.lines()[0],
            "C <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
             xmlns:stream='http://etherx.jabber.org/streams' to='echo.localhost'>"
        );
        assert!(run.lines()[1].starts_with("! AUTHNEGOTIATE: handshake over stream id"));
        assert_eq!(run.lines()[2], format!("C <handshake>{digest}</handshake>"), "{secret}");
        assert_eq!(run.lines()[3..], ["! AUTHSUCCESS: echo.localhost"]);
        assert!(matches!(&run.end, Some(Ok(jid)) if jid == "echo.localhost"));
        let typed: Vec<_> = run
            .recorder
            .events
            .iter()
            .map(|event| event.as_any().downcast_ref::<Event>().expect("ours").typed())
            .collect();
        assert!(matches!(typed[..], [Detail::Authenticating { .. }, Detail::Authenticated { .. }]));
        run.finish();
    }
}

#[test]
fn a_version_where_one_is_wanted() {
    let run = Run::start(&echo("s").with_version("1.0"), &Security::Private);
    assert!(run.lines()[0].ends_with(" to='echo.localhost' version='1.0'>"));
    assert_eq!(run.dialect.awaiting(), "the stream header");
}

/// Features, stanzas and what only looks like it before the answer change nothing.
#[test]
fn nothing_but_the_handshake_is_an_answer() {
    for noise in [
        "<stream:features/>",
        "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
        "<message from='a@b'><body>hi</body></message>",
        "<iq type='result' id='1'><handshake/></iq>",
        "<handshake xmlns='urn:x'/>",
        "<x xmlns='jabber:component:accept'/>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    ] {
        let mut run = Run::start(&echo("test"), &Security::Open);
        run.server(HEADER);
        let before = run.lines().len();
        run.server(noise);
        assert!(run.end.is_none(), "{noise}");
        assert_eq!(run.lines().len(), before, "{noise}");
        assert_eq!(run.dialect.awaiting(), "the answer to the handshake");
        run.server("<handshake/>");
        assert!(matches!(run.end, Some(Ok(_))));
    }
}

#[test]
fn a_wrong_secret_is_an_authfail() {
    for header in [HEADER, &HEADER.replace("id=", "xml:lang=")] {
        let mut run = Run::start(&echo("test"), &Security::Open);
        run.server(header).server(&stream_error("not-authorized"));
        let (failure, error) = run.failure();
        assert_eq!(failure.cause(), Some(ErrorStatus::AuthFail));
        assert_eq!(failure.retry(), Retry::NewCredentials);
        assert!(matches!(error, Error::Rejected(Rejection::Handshake(_))));
        assert!(!run.recorder.lines.iter().any(|line| line.contains("AUTHSUCCESS")));
        run.finish();
    }
}

/// Rule 9 of the status contract: not about the step, so it counts as a disconnect.
#[test]
fn other_stream_errors_are_disconnects() {
    for condition in ["host-unknown", "conflict", "invalid-from", "system-shutdown", "x-new"] {
        let mut run = Run::start(&echo("test"), &Security::Open);
        run.server(HEADER).server(&stream_error(condition));
        assert!(run.end.is_none(), "{condition}");
        run.finish();
    }
}

/// The digest is over the id. Without one nothing is sent, and what comes next says why: Prosody
/// refuses an unknown domain by such a header and a stream error.
#[test]
fn a_header_without_id_is_refused() {
    for header in [HEADER.replace(" id='3BF96D32'", ""), HEADER.replace("3BF96D32", "")] {
        for next in ["<stream:features/>", "<handshake/>", "<message/>"] {
            let mut run = Run::start(&echo("test"), &Security::Open);
            run.server(&header);
            assert_eq!(run.lines().len(), 1, "{:?}", run.lines());
            run.server(next);
            let (failure, error) = run.failure();
            assert_eq!(failure.cause(), Some(ErrorStatus::AuthFail));
            assert_eq!(failure.retry(), Retry::Never);
            assert!(matches!(error, Error::PeerMisbehaved(Misbehaviour::NoStreamId)));
            assert_eq!(run.lines().len(), 1, "{:?}", run.lines());
            run.finish();
        }
        let mut run = Run::start(&echo("test"), &Security::Open);
        run.server(&header).server(&stream_error("host-unknown"));
        assert!(run.end.is_none());
        assert!(run.dialect.awaiting().contains("without id"));
        run.finish();
    }
}

#[test]
fn nothing_is_sent_where_tls_comes_first() {
    let run = Run::start(&echo("test"), &Security::TlsNext);
    assert_eq!(run.failure().0.cause(), Some(ErrorStatus::AuthFail));
    assert_eq!(run.lines(), [""; 0]);
    run.finish();
}

#[test]
fn the_secret_is_never_shown() {
    let config = echo("sesame");
    let dialect = config.begin(None);
    assert!(!format!("{config:?} {dialect:?}").contains("sesame"));
}
