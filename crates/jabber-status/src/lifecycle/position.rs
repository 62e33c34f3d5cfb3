//! All that the order of statuses remembers of an attempt.

use super::State;
use crate::{Extra, Kind, Phase, Shape, Status};

/// A state, and what has been before it as far as the rest depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) state: State,
    pub(super) stream: Stream,
    /// SSLNEGOTIATE has come; it comes once.
    pub(super) handshaken: bool,
    /// INIT_FINISHED has come; answers to requests may.
    pub(super) was_ready: bool,
    /// SHUTDOWN_START has come; SHUTDOWN_FINISH will.
    pub(super) shutdown: bool,
    /// The one cause has come.
    pub(super) cause: bool,
}

/// What became of our stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// None was opened on this connection.
    Unopened,
    /// It is open: a shutdown ends it.
    Open,
    /// STARTTLS was asked for on it: over if the peer proceeds, open if it refuses
    /// (RFC 6120 §5.4.2).
    Suspended,
    /// TLS has replaced it (RFC 6120 §5.4.3.3), and no other is open yet.
    Replaced,
    /// STREAMEND has come.
    Ended,
}

impl Position {
    pub(super) const IDLE: Self = Self {
        state: State::Idle,
        stream: Stream::Unopened,
        handshaken: false,
        was_ready: false,
        shutdown: false,
        cause: false,
    };

    pub(super) const fn state(&self) -> State {
        self.state
    }

    /// Where `kind` leads; `None` where it must not come.
    pub(super) fn after(self, kind: Kind, shape: Shape) -> Option<Self> {
        match kind {
            Kind::Status(status) => match status {
                Status::NodeSent
                | Status::NodeReceived
                | Status::NodeQueued
                | Status::RtsStart
                | Status::RtsFinish => self.allows_node(status).then_some(self),
                Status::StreamEnd => self.stream_end(),
                Status::ShutdownStart => self.shutdown_start(),
                Status::ShutdownFinish => self.shutdown_finish(),
                _ => self.progress(status, shape),
            },
            Kind::Error(error) => self.error(error, shape),
            Kind::Extra(Extra::StreamResumed) if shape.resume && self.awaits_bind(shape) => {
                Some(self.at(State::Established))
            }
            Kind::Extra(_) => Some(self),
        }
    }

    pub(super) const fn at(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// Whether there is a connection, be it about to end.
    pub(super) fn is_connected(self) -> bool {
        self.state.is_live() || self.state == State::Closing
    }

    /// Nodes and requests, which lead nowhere.
    fn allows_node(self, status: Status) -> bool {
        // A stream is open from the first STREAMSTART on.
        let open = self.is_connected() && self.stream != Stream::Unopened;
        match status {
            Status::NodeSent => open && self.stream != Stream::Ended,
            Status::NodeReceived => open,
            Status::NodeQueued => !matches!(self.state.phase(), Phase::Ready | Phase::Closing),
            Status::RtsStart => self.state == State::Ready,
            Status::RtsFinish => self.is_connected() && self.was_ready,
            _ => false,
        }
    }
}
