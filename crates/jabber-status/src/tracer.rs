//! Statuses as tracing spans and events.

use alloc::boxed::Box;

use crate::spans::Spans;
use crate::{ErrorStatus, Extra, Kind, KindSet, Observer, Status, StatusEvent};

/// An observer that turns connections into [`tracing`] spans, and statuses into events within them.
///
/// | target | level | event: the kinds |
/// |---|---|---|
/// | `jabber::status` | INFO | CONNECTED, INIT_FINISHED, SHUTDOWN_FINISH |
/// | `jabber::status` | DEBUG | the other statuses of a connection's life |
/// | `jabber::node` | TRACE | NODESENT, NODERECEIVED, NODEQUEUED, RTS_START, RTS_FINISH |
/// | `jabber::error` | ERROR | the error statuses, but SOCKETDISCONNECT |
/// | `jabber::error` | WARN | SOCKETDISCONNECT with an error and without a shutdown |
/// | `jabber::error` | INFO | any other SOCKETDISCONNECT: one ends every connection |
/// | `jabber::extra` | WARN | TARGET_FAILED, RECONNECT_STOPPED |
/// | `jabber::extra` | INFO | the other statuses above 100 |
///
/// The message is the status's name; the fields are `code`, `phase`, `attempt`, `dialect`, and
/// where the event has them `detail`, `error` and `node` (secrets redacted). They are formatted
/// only where a subscriber wants the target at that level.
///
/// | target | level | span | from | to |
/// |---|---|---|---|---|
/// | `jabber::connection` | INFO | `connection` | CONNECT | CONNECTFAIL or SOCKETDISCONNECT, or the SHUTDOWN_FINISH behind it |
/// | `jabber::phase` | DEBUG | `connecting` | CONNECT | CONNECTED |
/// | `jabber::phase` | DEBUG | `stream` | CONNECTED, and each success below | what comes next: a stream is opened, features are waited for |
/// | `jabber::phase` | DEBUG | `tls` | SSLNEGOTIATE | SSLSUCCESS |
/// | `jabber::phase` | DEBUG | `auth` | AUTHNEGOTIATE | AUTHSUCCESS |
/// | `jabber::phase` | DEBUG | `bind` | BINDNEGOTIATE | BINDSUCCESS |
/// | `jabber::phase` | DEBUG | `session` | SESSIONNEGOTIATE | SESSIONSUCCESS |
/// | `jabber::phase` | DEBUG | `ready` | INIT_FINISHED | the phase closing |
/// | `jabber::phase` | DEBUG | `closing` | the first status in the phase closing | the connection's end |
///
/// There is one `connection` for each attempt, with the fields `dialect`, `attempt`, `domain` (where
/// [`with_domain`](Self::with_domain) gives it) and `error` (the name of the error status that ended
/// it, if one did). The others lie in it, one after the other. All statuses that come in one are
/// within it; it is entered for their time alone, so its duration is what a subscriber calls its
/// idle time.
#[derive(Debug)]
pub struct Tracer {
    events: KindSet,
    domain: Option<Box<str>>,
    spans: Spans,
}

impl Tracer {
    /// Spans, and events for every kind.
    #[must_use]
    pub const fn new() -> Self {
        Self::of(KindSet::ALL)
    }

    /// Spans, and events for these kinds only; nothing is spent on the other ones of
    /// [`KindSet::NODES`], whatever a subscriber wants. With [`KindSet::EMPTY`] there are spans alone.
    #[must_use]
    pub const fn of(events: KindSet) -> Self {
        Self { events, domain: None, spans: Spans::new() }
    }

    /// Names the domain that is connected to, as the field `domain` of each connection.
    #[must_use]
    pub fn with_domain(mut self, domain: impl Into<Box<str>>) -> Self {
        self.domain = Some(domain.into());
        self
    }
}

impl Default for Tracer {
    fn default() -> Self {
        Self::new()
    }
}

/// Target and level must be constant at each place, hence a macro.
macro_rules! emit {
    ($target:literal, $level:ident, $event:expr) => {
        tracing::$level!(
            target: $target,
            code = $event.kind().code(),
            phase = %$event.phase(),
            attempt = $event.attempt(),
            dialect = $event.dialect(),
            detail = $event.detail().map(tracing::field::display),
            error = $event.error().map(tracing::field::display),
            node = $event.node().map(tracing::field::display),
            "{}",
            $event.kind().name(),
        )
    };
}

impl Observer for Tracer {
    fn interests(&self) -> KindSet {
        // Spans follow from the connection's life.
        self.events.union(KindSet::LIFECYCLE)
    }

    fn on_status(&mut self, event: &dyn StatusEvent) {
        let Self { events, domain, spans } = self;
        spans.around(event, domain.as_deref(), |shutdown| {
            if events.contains(event.kind()) {
                emit(event, shutdown);
            }
        });
    }
}

/// `shutdown` says that the connection's end was asked for.
fn emit(event: &dyn StatusEvent, shutdown: bool) {
    match event.kind() {
        Kind::Status(status) => match status {
            Status::Connected | Status::InitFinished | Status::ShutdownFinish => {
                emit!("jabber::status", info, event);
            }
            Status::NodeSent
            | Status::NodeReceived
            | Status::NodeQueued
            | Status::RtsStart
            | Status::RtsFinish => emit!("jabber::node", trace, event),
            _ => emit!("jabber::status", debug, event),
        },
        Kind::Error(ErrorStatus::SocketDisconnect) if shutdown || event.error().is_none() => {
            emit!("jabber::error", info, event);
        }
        Kind::Error(ErrorStatus::SocketDisconnect) => emit!("jabber::error", warn, event),
        Kind::Error(_) => emit!("jabber::error", error, event),
        Kind::Extra(Extra::TargetFailed | Extra::ReconnectStopped) => {
            emit!("jabber::extra", warn, event);
        }
        Kind::Extra(_) => emit!("jabber::extra", info, event),
    }
}
