//! A connection's life as tracing spans, seen by a subscriber that writes all of it down.
#![cfg(feature = "tracing")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::any::Any;
use std::fmt::{self, Display, Write};
use std::io;
use std::sync::{Arc, Mutex};

use jabber_status::{
    Kind, KindSet, Lifecycle, Observer, Phase, Shape, Status, StatusEvent, Tracer,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};

#[derive(Clone, Copy, Debug)]
struct Event(Kind, Phase, u32);

impl StatusEvent for Event {
    fn kind(&self) -> Kind {
        self.0
    }
    fn phase(&self) -> Phase {
        self.1
    }
    fn attempt(&self) -> u32 {
        self.2
    }
    fn dialect(&self) -> &'static str {
        "xmpp"
    }
    fn node(&self) -> Option<&dyn Display> {
        None
    }
    fn error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        static ERROR: io::ErrorKind = io::ErrorKind::BrokenPipe;
        static SHOWN: std::sync::OnceLock<io::Error> = std::sync::OnceLock::new();
        matches!(self.0, Kind::Error(_)).then(|| SHOWN.get_or_init(|| ERROR.into()) as _)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(*self)
    }
}

/// One line for each span that begins or ends and each event, indented by what it lies in.
#[derive(Clone)]
struct Journal {
    level: Level,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    lines: Vec<String>,
    /// Name, parent, how many handles there are.
    spans: Vec<(&'static str, Option<u64>, u32)>,
    entered: Vec<u64>,
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if matches!(field.name(), "message" | "domain" | "error" | "attempt") {
            write!(self.0, " {}={value:?}", field.name()).unwrap();
        }
    }
}

impl Kept {
    fn depth(&self, mut span: Option<u64>) -> usize {
        let mut depth = 0;
        while let Some(id) = span {
            depth += 1;
            span = self.spans[id as usize - 1].1;
        }
        depth
    }

    fn line(&mut self, within: Option<u64>, text: &str) {
        let depth = self.depth(within);
        self.lines.push(format!("{}{text}", "  ".repeat(depth)));
    }
}

impl Subscriber for Journal {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut kept = self.kept.lock().unwrap();
        assert!(attributes.is_contextual());
        let parent = kept.entered.last().copied();
        let metadata = attributes.metadata();
        let mut fields = Fields(String::new());
        attributes.record(&mut fields);
        let expected = if metadata.name() == "connection" { "connection" } else { "phase" };
        assert_eq!(metadata.target(), format!("jabber::{expected}"));
        kept.line(parent, &format!("+{}{}", metadata.name(), fields.0));
        kept.spans.push((metadata.name(), parent, 1));
        Id::from_u64(kept.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        let mut kept = self.kept.lock().unwrap();
        let name = kept.spans[span.into_u64() as usize - 1].0;
        kept.line(Some(span.into_u64()), &format!("{name}:{}", fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(event.metadata().level().to_string());
        event.record(&mut fields);
        let text = fields.0.replace("message=PCJ_", "").replace("error=broken pipe ", "");
        let mut kept = self.kept.lock().unwrap();
        let within = kept.entered.last().copied();
        let text = text.replace(" attempt=1", "").replace(" error=broken pipe", "");
        kept.line(within, &text);
    }

    fn enter(&self, span: &Id) {
        self.kept.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        assert_eq!(self.kept.lock().unwrap().entered.pop(), Some(span.into_u64()));
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.kept.lock().unwrap().spans[span.into_u64() as usize - 1].2 += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut kept = self.kept.lock().unwrap();
        let at = span.into_u64() as usize - 1;
        kept.spans[at].2 -= 1;
        let (name, parent, handles) = kept.spans[at];
        if handles == 0 {
            kept.line(parent, &format!("-{name}"));
        }
        handles == 0
    }
}

/// Plays statuses, phases from the grammar, and gives what a subscriber of that level saw.
fn journal(level: Level, mut tracer: Tracer, kinds: &[Kind]) -> String {
    let journal = Journal { level, kept: Arc::default() };
    let dispatch = tracing::Dispatch::new(journal.clone());
    let mut life = Lifecycle::of(Shape::new().with_tls().with_restart().with_bind().with_session());
    let mut phase = Phase::Idle;
    tracing::dispatcher::with_default(&dispatch, || {
        for kind in kinds {
            life.check(*kind).unwrap();
            phase = match kind {
                Kind::Status(Status::Connect) => Phase::Connecting,
                Kind::Status(Status::StreamStart) => Phase::Negotiation,
                Kind::Status(Status::InitFinished) => Phase::Ready,
                Kind::Status(Status::ShutdownStart | Status::StreamEnd) => Phase::Closing,
                _ => phase,
            };
            tracer.on_status(&Event(*kind, phase, 1));
        }
    });
    drop(tracer);
    let kept = journal.kept.lock().unwrap();
    assert!(kept.entered.is_empty());
    kept.lines.join("\n")
}

fn kinds(names: &str) -> Vec<Kind> {
    names.split_whitespace().map(|name| format!("PCJ_{name}").parse().unwrap()).collect()
}

const LIFE: &str = "CONNECT CONNECTING CONNECTED STREAMSTART SSLNEGOTIATE SSLSUCCESS STREAMSTART \
                    AUTHNEGOTIATE AUTHSUCCESS STREAMSTART BINDNEGOTIATE BINDSUCCESS \
                    SESSIONNEGOTIATE SESSIONSUCCESS INIT_FINISHED NODESENT SHUTDOWN_START \
                    STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH";

#[test]
fn a_whole_life() {
    let tracer = Tracer::new().with_domain("example.org");
    assert_eq!(
        journal(Level::TRACE, tracer, &kinds(LIFE)),
        "\
+connection attempt=1 domain=example.org
  +connecting
    DEBUG CONNECT
    DEBUG CONNECTING
    INFO CONNECTED
  -connecting
  +stream
    DEBUG STREAMSTART
  -stream
  +tls
    DEBUG SSLNEGOTIATE
    DEBUG SSLSUCCESS
  -tls
  +stream
    DEBUG STREAMSTART
  -stream
  +auth
    DEBUG AUTHNEGOTIATE
    DEBUG AUTHSUCCESS
  -auth
  +stream
    DEBUG STREAMSTART
  -stream
  +bind
    DEBUG BINDNEGOTIATE
    DEBUG BINDSUCCESS
  -bind
  +stream
  -stream
  +session
    DEBUG SESSIONNEGOTIATE
    DEBUG SESSIONSUCCESS
  -session
  +stream
  -stream
  +ready
    INFO INIT_FINISHED
    TRACE NODESENT
  -ready
  +closing
    DEBUG SHUTDOWN_START
    DEBUG STREAMEND
    INFO SOCKETDISCONNECT
    INFO SHUTDOWN_FINISH
  -closing
-connection"
    );
}

#[test]
fn a_failure_is_on_the_connection() {
    let refused = "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHFAIL STREAMEND \
                   SOCKETDISCONNECT";
    let told = journal(Level::DEBUG, Tracer::new(), &kinds(refused));
    assert!(
        told.ends_with(
            "\
  +auth
    DEBUG AUTHNEGOTIATE
  connection: error=\"PCJ_AUTHFAIL\"
    ERROR AUTHFAIL
  -auth
  +closing
    DEBUG STREAMEND
    WARN SOCKETDISCONNECT
  -closing
-connection"
        ),
        "{told}"
    );
    let unreachable = kinds("CONNECT CONNECTING CONNECTFAIL RECONNECT_WAIT CONNECT CONNECTING");
    let told = journal(Level::INFO, Tracer::new(), &unreachable);
    assert_eq!(
        told,
        "\
+connection attempt=1
  connection: error=\"PCJ_CONNECTFAIL\"
  ERROR CONNECTFAIL
-connection
INFO RECONNECT_WAIT
+connection attempt=1
-connection"
    );
}

#[test]
fn spans_alone() {
    let tracer = Tracer::of(KindSet::EMPTY);
    assert_eq!(tracer.interests(), KindSet::LIFECYCLE);
    let told = journal(Level::TRACE, tracer, &kinds(LIFE));
    assert!(told.lines().all(|line| line.trim_start().starts_with(['+', '-'])), "{told}");
    assert_eq!(told.lines().count(), 2 * 13);
}

#[test]
fn what_happens_to_no_connection_is_in_none() {
    let idle = [Status::ShutdownStart, Status::ShutdownFinish].map(Kind::from);
    let told = journal(Level::TRACE, Tracer::new(), &idle);
    assert_eq!(told, "DEBUG SHUTDOWN_START\nINFO SHUTDOWN_FINISH");
}

#[test]
fn the_guide_has_the_same_tables() {
    let rows = |text: &str| {
        let rows = text.lines().map(|line| line.trim_start_matches("/// "));
        rows.filter(|row| row.starts_with("| `jabber::")).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut ours = rows(include_str!("../src/tracer.rs"));
    let mut guide = rows(include_str!("../../../docs/guides/observing.md"));
    ours.sort();
    guide.sort();
    assert_eq!(ours.len(), 8 + 9);
    assert_eq!(ours, guide);
}
