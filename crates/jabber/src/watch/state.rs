use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use jabber_connection::{Connection, Detail, Event as ConnectionEvent};
use jabber_dialect::Identity;
use jabber_security::Security;
use jabber_status::{Extra, Kind, KindSet, Phase, Status, StatusEvent};
use tokio::time::Instant;

use crate::{ConnectionError, Error};

/// Where a session stands, for those who come late: [`Session::state`](crate::Session::state),
/// [`Client::state`](crate::Client::state).
///
/// It is never older than the statuses that were told: whoever has seen INIT_FINISHED finds the
/// phase ready, or what came after it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct State {
    /// The dialect's name.
    pub dialect: &'static str,
    /// The phase it is in.
    pub phase: Phase,
    /// For how long it has been in that phase.
    pub phase_for: Duration,
    /// The number of the attempt: 0 before the first, then 1, 2, ….
    pub attempt: u32,
    /// How long it is until the next attempt, in a pause before it (RECONNECT_WAIT).
    pub next_attempt: Option<Duration>,
    /// Who we are: from INIT_FINISHED to the end of the attempt.
    pub identity: Option<Identity>,
    /// How the connection is protected, while there is one.
    pub security: Option<Security>,
    /// How many stanzas wait in the queue.
    pub queue_stanzas: usize,
    /// Their bytes.
    pub queue_bytes: usize,
    /// How many requests have not ended.
    pub outstanding_requests: usize,
    /// Why the last attempt failed that did. It stays while the next is under way and after it
    /// has succeeded; an end that was asked for is none.
    pub last_error: Option<Error>,
}

/// Shared by a session and its clients. What changes with a stanza is a number without a lock.
#[derive(Clone, Debug)]
pub(crate) struct StateCell(Arc<Cell>);

#[derive(Debug)]
struct Cell {
    told: Mutex<Told>,
    queue_stanzas: AtomicUsize,
    queue_bytes: AtomicUsize,
    outstanding_requests: AtomicUsize,
    /// An attempt was told of, and its end not yet taken over.
    live: AtomicBool,
}

/// What changes a few times in an attempt.
#[derive(Debug)]
struct Told {
    dialect: &'static str,
    phase: Phase,
    since: Instant,
    attempt: u32,
    next_attempt: Option<Instant>,
    identity: Option<Identity>,
    security: Option<Security>,
    last_error: Option<Error>,
}

impl StateCell {
    /// The statuses that change it.
    pub(crate) const INTERESTS: KindSet = KindSet::LIFECYCLE;

    pub(crate) fn new(dialect: &'static str) -> Self {
        Self(Arc::new(Cell {
            told: Mutex::new(Told {
                dialect,
                phase: Phase::Idle,
                since: Instant::now(),
                attempt: 0,
                next_attempt: None,
                identity: None,
                security: None,
                last_error: None,
            }),
            queue_stanzas: AtomicUsize::new(0),
            queue_bytes: AtomicUsize::new(0),
            outstanding_requests: AtomicUsize::new(0),
            live: AtomicBool::new(false),
        }))
    }

    pub(crate) fn snapshot(&self) -> State {
        let cell = &*self.0;
        let told = self.told();
        State {
            dialect: told.dialect,
            phase: told.phase,
            phase_for: told.since.elapsed(),
            attempt: told.attempt,
            next_attempt: told.next_attempt.map(|at| at.duration_since(Instant::now())),
            identity: told.identity.clone(),
            security: told.security.clone(),
            queue_stanzas: cell.queue_stanzas.load(Ordering::Relaxed),
            queue_bytes: cell.queue_bytes.load(Ordering::Relaxed),
            outstanding_requests: cell.outstanding_requests.load(Ordering::Relaxed),
            last_error: told.last_error.clone(),
        }
    }

    /// Takes a status in, before anybody is told of it. `failure` is why the attempt has failed.
    pub(crate) fn note(&self, event: &dyn StatusEvent, failure: Option<&Error>) {
        let kind = event.kind();
        if !Self::INTERESTS.contains(kind) || kind == Kind::Extra(Extra::RequestEnded) {
            return;
        }
        self.0.live.store(true, Ordering::Relaxed);
        let mut told = self.told();
        told.enter(event.phase());
        told.attempt = event.attempt();
        // Whatever happens in a pause ends it.
        told.next_attempt = None;
        let own = event.as_any().downcast_ref::<ConnectionEvent>().map(ConnectionEvent::typed);
        match (kind, own) {
            (Kind::Status(Status::Connect), _) => told.security = None,
            (Kind::Status(Status::InitFinished), Some(Detail::Ready(identity))) => {
                told.identity = Some(identity.clone());
            }
            (Kind::Extra(Extra::ReconnectWait), Some(Detail::Pause(pause))) => {
                told.next_attempt = Some(Instant::now() + pause.length);
            }
            (Kind::Error(_), _) => {
                if let Some(failure) = failure.filter(|failure| !was_asked_for(failure)) {
                    told.last_error = Some(failure.clone());
                }
            }
            _ => {}
        }
    }

    /// The pipe is there, or is encrypted now.
    pub(crate) fn secured(&self, security: &Security) {
        self.told().security = Some(security.clone());
    }

    /// Takes over how far the connection is, once all has been told.
    pub(crate) fn publish(&self, connection: &Connection) {
        let cell = &*self.0;
        let queue = connection.queue();
        cell.queue_stanzas.store(queue.len(), Ordering::Relaxed);
        cell.queue_bytes.store(queue.bytes(), Ordering::Relaxed);
        cell.outstanding_requests.store(connection.outstanding_requests(), Ordering::Relaxed);
        // The last status of an attempt is told in its last phase; after it there is none.
        if connection.phase() == Phase::Idle && cell.live.swap(false, Ordering::Relaxed) {
            let mut told = self.told();
            told.enter(Phase::Idle);
            told.identity = None;
            told.security = None;
        }
    }

    /// What is in there is whole even if somebody panicked.
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.since = Instant::now();
        }
    }
}

/// An end that was asked for is no error.
fn was_asked_for(failure: &Error) -> bool {
    let source: &(dyn std::error::Error + 'static) = &*failure.source;
    source.downcast_ref().is_some_and(ConnectionError::was_asked_for)
}
