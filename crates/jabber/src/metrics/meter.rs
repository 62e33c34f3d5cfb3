use jabber_connection::{Connection, Direction, Error as ConnectionError, Part, Wire};
use jabber_status::{ErrorStatus, Extra, Kind, KindSet, Phase, Status, StatusEvent};
use tokio::time::Instant;

use super::handles::{Handles, count_error};

/// Measures one session.
#[derive(Default)]
pub(crate) struct Meter {
    /// When the attempt began.
    begun: Option<Instant>,
    /// INIT_FINISHED came: what follows are stanzas.
    initialized: bool,
    handles: Option<Handles>,
}

impl Meter {
    /// The statuses that it measures by; none of them is told for each stanza.
    pub(crate) const INTERESTS: KindSet = KindSet::LIFECYCLE;

    pub(crate) fn note(&mut self, event: &dyn StatusEvent) {
        if !Self::INTERESTS.contains(event.kind()) {
            return;
        }
        let handles = self.handles.get_or_insert_with(|| Handles::new(event.dialect()));
        if event.kind() == Kind::Status(Status::Connect) {
            self.begun = Some(Instant::now());
            self.initialized = false;
            handles.attempts.increment(1);
            if event.attempt() > 1 {
                handles.reconnects.increment(1);
            }
        }
        let reached = match event.kind() {
            Kind::Status(Status::Connected) => &handles.to_connected,
            Kind::Status(Status::SslSuccess) | Kind::Extra(Extra::TlsEstablished) => {
                &handles.to_tls
            }
            Kind::Status(Status::AuthSuccess) => &handles.to_auth,
            Kind::Status(Status::InitFinished) => {
                handles.ready.set(1);
                self.initialized = true;
                &handles.to_ready
            }
            Kind::Error(error) => {
                if !(error == ErrorStatus::SocketDisconnect && was_asked_for(event)) {
                    count_error(event.dialect(), error.name());
                }
                return;
            }
            _ => return,
        };
        if let Some(begun) = self.begun {
            reached.record(begun.elapsed());
        }
    }

    pub(crate) fn count(&mut self, item: &Wire<'_>) {
        let Some(handles) = &self.handles else { return };
        let traffic = match item.direction() {
            Direction::Sent => &handles.sent,
            Direction::Received => &handles.received,
        };
        traffic.bytes.increment(item.byte_len() as u64);
        if item.part() == Part::Node && self.initialized {
            traffic.stanzas.increment(1);
        }
    }

    /// Takes over how far the connection is.
    pub(crate) fn measure(&mut self, connection: &Connection) {
        let dialect = || connection.protocol().name();
        let handles = self.handles.get_or_insert_with(|| Handles::new(dialect()));
        let queue = connection.queue();
        handles.queue_stanzas.set(queue.len());
        handles.queue_bytes.set(queue.bytes());
        handles.requests.set(connection.outstanding_requests());
        handles.ready.set(usize::from(connection.phase() == Phase::Ready));
    }
}

/// An end that was asked for is no error.
fn was_asked_for(event: &dyn StatusEvent) -> bool {
    let error = event.error().and_then(|error| error.downcast_ref::<ConnectionError>());
    error.is_some_and(ConnectionError::was_asked_for)
}
