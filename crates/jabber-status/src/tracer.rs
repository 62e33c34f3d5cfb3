//! Statuses as tracing events.

use crate::{ErrorStatus, Extra, Kind, KindSet, Observer, Status, StatusEvent};

/// An observer that turns each status into a [`tracing`] event.
///
/// | target | level | kinds |
/// |---|---|---|
/// | `jabber::status` | INFO | CONNECTED, INIT_FINISHED, SHUTDOWN_FINISH |
/// | `jabber::status` | DEBUG | the other statuses of a connection's life |
/// | `jabber::node` | TRACE | NODESENT, NODERECEIVED, NODEQUEUED, RTS_START, RTS_FINISH |
/// | `jabber::error` | ERROR | the error statuses, but SOCKETDISCONNECT |
/// | `jabber::error` | WARN | SOCKETDISCONNECT with an error |
/// | `jabber::error` | INFO | SOCKETDISCONNECT without one, which ends every connection |
/// | `jabber::extra` | WARN | TARGET_FAILED, RECONNECT_STOPPED |
/// | `jabber::extra` | INFO | the other statuses above 100 |
///
/// The message is the status's name; the fields are `code`, `phase`, `attempt`, `dialect`, and
/// where the event has them `detail`, `error` and `node` (secrets redacted). They are formatted
/// only where a subscriber wants the target at that level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracer {
    interests: KindSet,
}

impl Tracer {
    /// For every kind.
    #[must_use]
    pub const fn new() -> Self {
        Self::of(KindSet::ALL)
    }

    /// For these kinds only; nothing is spent on the others, whatever a subscriber wants.
    #[must_use]
    pub const fn of(interests: KindSet) -> Self {
        Self { interests }
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
        self.interests
    }

    fn on_status(&mut self, event: &dyn StatusEvent) {
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
            Kind::Error(ErrorStatus::SocketDisconnect) if event.error().is_none() => {
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
}
