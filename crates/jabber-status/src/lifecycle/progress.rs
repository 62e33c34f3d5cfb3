//! From CONNECT to INIT_FINISHED: the table of the order.

use super::State;
use super::position::{Position, Stream};
use crate::{Shape, Status};

impl Position {
    /// Where a status of the way up leads; `None` where it must not come.
    pub(super) fn progress(self, status: Status, shape: Shape) -> Option<Self> {
        let next = match (self.state, status) {
            (State::Idle, Status::Connect) => return Some(Self::IDLE.at(State::Dialling)),
            (State::Dialling, Status::Connecting) => self.at(State::Connecting),
            (State::Connecting, Status::Connected) => self.at(State::Connected),
            (State::Connected | State::Encrypted, Status::StreamStart) => {
                self.opened().at(State::Stream)
            }
            (State::Connected | State::Stream, Status::SslNegotiate)
                if shape.tls && !self.handshaken =>
            {
                self.handshaking()
            }
            (State::Handshake, Status::SslSuccess) => self.encrypted(),
            (State::Stream, Status::AuthNegotiate) => self.at(State::Auth),
            (State::Auth, Status::AuthSuccess) => self.at(State::Authenticated),
            (State::Authenticated, Status::StreamStart) if shape.restart => {
                self.opened().at(State::Bind)
            }
            (_, Status::BindNegotiate) if shape.bind && self.awaits_bind(shape) => {
                self.at(State::Binding)
            }
            (State::Binding, Status::BindSuccess) => self.at(State::Bound),
            (_, Status::SessionNegotiate) if shape.session && self.is_bound(shape) => {
                self.at(State::Session)
            }
            (State::Session, Status::SessionSuccess) => self.at(State::Established),
            (_, Status::InitFinished)
                if self.state == State::Established || self.is_bound(shape) =>
            {
                Self { was_ready: true, ..self.at(State::Ready) }
            }
            _ => return None,
        };
        Some(next)
    }

    /// Whether a bind, if the shape has one, or a resumption may come.
    pub(super) fn awaits_bind(self, shape: Shape) -> bool {
        match self.state {
            State::Bind => true,
            State::Authenticated => !shape.restart,
            _ => false,
        }
    }

    /// Whether a bind, if the shape has one, has been.
    fn is_bound(self, shape: Shape) -> bool {
        self.state == State::Bound || (!shape.bind && self.awaits_bind(shape))
    }

    fn opened(self) -> Self {
        Self { stream: Stream::Open, ..self }
    }

    fn handshaking(self) -> Self {
        // With direct TLS there is no stream yet.
        let stream = match self.stream {
            Stream::Unopened => Stream::Unopened,
            _ => Stream::Suspended,
        };
        Self { stream, handshaken: true, ..self.at(State::Handshake) }
    }

    fn encrypted(self) -> Self {
        let stream = match self.stream {
            Stream::Unopened => Stream::Unopened,
            _ => Stream::Replaced,
        };
        Self { stream, ..self.at(State::Encrypted) }
    }
}
