//! One run of a program that does what `jabber connect --request` does: it connects, asks once,
//! closes, and says what went wrong first.

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt as _;
use jabber::{
    ConnectionError, Deadlines, Element, ErrorStatus, Event, HostPort, Kind, KindSet, Limits,
    Protocol, RequestEnd, RequestEndKind, Retry, SendErrorReason, Session, Status, StatusEvent,
    Transport,
};
use jabber_status::{Lifecycle, observe};
use jabber_xml::Item;
use tokio::time::Instant;

use crate::{cause, secrets, setups::Setup};

/// What one answer of the server may take: less than all of them, so that a bound that is not kept
/// shows in the time.
const STEP: Duration = Duration::from_secs(10);
const READY: Duration = Duration::from_secs(40);
const REQUEST: Duration = Duration::from_secs(20);
const CLOSING: Duration = Duration::from_secs(5);
/// Shorter than a step, as with direct TLS it has the handshake in it.
const CONNECTING: Duration = Duration::from_secs(8);

/// Less than the default, so that what has no end costs little time.
const ELEMENT: usize = 256 * 1024;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    /// Every status, with what it tells.
    pub(crate) trace: Vec<String>,
    pub(crate) exit: u8,
    /// Whether our stream end was answered, as the end of a shutdown is told.
    pub(crate) end: Option<&'static str>,
    /// The first error status that was fired, and its cause; a shutdown's end is none.
    pub(crate) status: Option<ErrorStatus>,
    pub(crate) condition: Option<String>,
    pub(crate) by: Option<&'static str>,
    pub(crate) retry: Option<Retry>,
    /// The stream error that we end our stream with.
    pub(crate) told: Option<String>,
    /// How many stanzas the user was given.
    pub(crate) stanzas: usize,
    pub(crate) elapsed: Duration,
    /// All that the server heard.
    pub(crate) heard: Vec<Item>,
    /// What must never be.
    pub(crate) faults: Vec<String>,
}

/// Lets the program run, on a connection that comes from there. Whatever is a time is that many times
/// shorter than the table has it, and told as if it were not.
pub(crate) async fn run(
    setup: Setup,
    transport: impl Transport + 'static,
    server: Option<HostPort>,
    pace: u32,
) -> Run {
    let deadlines = Deadlines::default()
        .with_connecting(CONNECTING / pace)
        .with_step(STEP / pace)
        .with_ready(READY / pace)
        .with_closing(CLOSING / pace);
    let protocol: Arc<dyn Protocol> = setup.protocol().into();
    let observed = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&observed);
    let builder = Session::builder(Arc::clone(&protocol))
        .redirects(0)
        .subscribe(KindSet::ALL)
        .observer(observe(KindSet::ALL, move |event: &dyn StatusEvent| {
            seen.lock().unwrap().push(line(event));
        }))
        .deadlines(deadlines)
        .limits(Limits::default().with_element_bytes(ELEMENT))
        .direct_tls(setup.direct_tls());
    let builder = match server {
        Some(server) => builder.server(server),
        None => builder,
    };
    let mut session = builder.build_with(transport);
    let start = Instant::now();
    session.connect().unwrap();
    let mut program = Program::new(Lifecycle::of(protocol.shape()), REQUEST / pace);
    while let Some(event) = session.next().await {
        program.take(event, &mut session);
    }
    let elapsed = start.elapsed() * pace;
    let verdict = session.ready().await.err();
    let mut run = program.finish(elapsed);
    if *observed.lock().unwrap() != run.trace {
        run.faults.push("an observer and the stream were told different things".to_owned());
    }
    // `ready` says the same as the events.
    let first = verdict.as_ref().map(jabber::Error::status);
    if run.status.is_some() && first != run.status {
        run.faults.push(format!("ready() says {first:?}, the events {:?}", run.status));
    }
    run.retry = verdict.as_ref().map(jabber::Error::retry).filter(|_| run.status.is_some());
    run
}

impl Run {
    /// The server has heard that.
    pub(crate) fn hear(&mut self, heard: Vec<Item>) {
        self.heard = heard;
        self.faults.extend(secrets::told(self));
    }
}

struct Program {
    request: Duration,
    life: Lifecycle,
    trace: Vec<String>,
    faults: Vec<String>,
    ready: bool,
    closing: bool,
    stanzas: usize,
    /// The first thing that went wrong.
    exit: Option<u8>,
    end: Option<&'static str>,
    status: Option<ErrorStatus>,
    condition: Option<String>,
    by: Option<&'static str>,
    answers: usize,
    told: Option<String>,
}

impl Program {
    fn new(life: Lifecycle, request: Duration) -> Self {
        Self {
            request,
            life,
            trace: Vec::new(),
            faults: Vec::new(),
            ready: false,
            closing: false,
            stanzas: 0,
            exit: None,
            end: None,
            status: None,
            condition: None,
            by: None,
            answers: 0,
            told: None,
        }
    }

    fn take(&mut self, event: Event, session: &mut Session) {
        match event {
            Event::Status(status) => self.status(&*status, session),
            Event::RequestEnded(_, end) => self.answered(&end, session),
            Event::Stanza(_) => {
                self.stanzas += 1;
                if !self.ready {
                    self.faults.push("a stanza before INIT_FINISHED".to_owned());
                }
            }
            other => self.faults.push(format!("{other:?}")),
        }
    }

    fn status(&mut self, event: &dyn StatusEvent, session: &mut Session) {
        self.trace.push(line(event));
        if let Err(violation) = self.life.check_event(event) {
            self.faults.push(violation.to_string());
        }
        match event.kind() {
            Kind::Status(Status::InitFinished) => {
                self.ready = true;
                let request: Element =
                    "<iq type='get' to='localhost'><query xmlns='jabber:iq:version'/></iq>"
                        .parse()
                        .unwrap();
                // Over a socket the end may have been read together with what made it ready.
                if let Err(error) = session.begin_request(request, self.request) {
                    assert!(matches!(error.reason, SendErrorReason::Closing), "{error}");
                    self.answers += 1;
                }
            }
            Kind::Status(Status::NodeSent) => {
                let node = event.node().map(ToString::to_string).unwrap_or_default();
                let error = node.strip_prefix("<stream:error><").and_then(|it| it.split_once(' '));
                self.told = self.told.take().or(error.map(|(condition, _)| condition.to_owned()));
            }
            Kind::Error(status) => self.went_wrong(status, event.error()),
            _ => {}
        }
    }

    /// As the program does: what follows a shutdown does not count.
    fn went_wrong(&mut self, status: ErrorStatus, error: Option<&(dyn Error + 'static)>) {
        let end = match error.and_then(<dyn Error>::downcast_ref) {
            Some(ConnectionError::Shutdown) => Some("answered"),
            Some(ConnectionError::ShutdownUnanswered) => Some("unanswered"),
            _ => None,
        };
        let asked_for = end.is_some();
        self.end = self.end.or(end);
        let lost = matches!(
            error.and_then(<dyn Error>::downcast_ref),
            Some(
                ConnectionError::PeerClosed { .. }
                    | ConnectionError::Truncated { .. }
                    | ConnectionError::Socket { .. }
                    | ConnectionError::Stream { .. }
                    | ConnectionError::Deadline { .. }
            )
        );
        // Rule 9.
        if lost && !error.map(cause::text).unwrap_or_default().contains("we waited for ") {
            self.faults.push("the step is not named".to_owned());
        }
        if !asked_for && self.status.is_none() {
            self.status = Some(status);
            self.condition = error.and_then(cause::condition);
            self.by = error.and_then(cause::by);
        }
        if !self.closing
            && let Some(exit) = cause::exit_status(status, error, false)
        {
            self.exit.get_or_insert(exit);
        }
    }

    fn answered(&mut self, end: &RequestEnd, session: &mut Session) {
        self.answers += 1;
        match end {
            RequestEnd::Answer(_) => {}
            RequestEnd::Unanswered(RequestEndKind::Disconnected) => return,
            _ => {
                self.exit.get_or_insert(18);
            }
        }
        self.closing = true;
        session.shutdown();
    }

    fn finish(mut self, elapsed: Duration) -> Run {
        if let Err(violation) = self.life.finish() {
            self.faults.push(violation.to_string());
        }
        if self.answers != usize::from(self.ready) {
            self.faults.push(format!("the request ended {} times", self.answers));
        }
        Run {
            trace: self.trace,
            exit: self.exit.unwrap_or(0),
            end: self.end,
            status: self.status,
            condition: self.condition,
            by: self.by,
            retry: None,
            told: self.told,
            stanzas: self.stanzas,
            elapsed,
            heard: Vec::new(),
            faults: self.faults,
        }
    }
}

/// All that an event tells.
fn line(event: &dyn StatusEvent) -> String {
    let (kind, phase, attempt) = (event.kind(), event.phase(), event.attempt());
    let detail = event.detail().map(|detail| format!(" {detail}")).unwrap_or_default();
    let node = event.node().map(|node| format!(" {node}")).unwrap_or_default();
    let error = event.error().map(|error| format!(" [{}]", cause::text(error))).unwrap_or_default();
    format!("{kind} {phase} {attempt}{detail}{node}{error}")
}
