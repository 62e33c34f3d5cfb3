//! How an attempt ends.
//!
//! Before CONNECTED: CONNECTFAIL, or SHUTDOWN_START \[CONNECTFAIL\] SHUTDOWN_FINISH. After it:
//! tail \[cause\] tail \[STREAMEND\] tail SOCKETDISCONNECT \[SHUTDOWN_FINISH\], with SHUTDOWN_START
//! anywhere before SOCKETDISCONNECT.

use super::State;
use super::position::{Position, Stream};
use crate::{ErrorStatus, Shape};

impl Position {
    pub(super) fn stream_end(self) -> Option<Self> {
        let may_be_open = matches!(self.stream, Stream::Open | Stream::Suspended);
        let ended = Self { stream: Stream::Ended, ..self.at(State::Closing) };
        (self.is_connected() && may_be_open).then_some(ended)
    }

    pub(super) fn shutdown_start(self) -> Option<Self> {
        match self.state {
            State::Idle => Some(self.at(State::Finishing)),
            State::Dialling | State::Connecting => Some(self.at(State::Cancelled)),
            _ if self.is_connected() && !self.shutdown => {
                Some(Self { shutdown: true, ..self.at(State::Closing) })
            }
            _ => None,
        }
    }

    pub(super) fn shutdown_finish(self) -> Option<Self> {
        matches!(self.state, State::Cancelled | State::Finishing).then_some(Self::IDLE)
    }

    pub(super) fn error(self, error: ErrorStatus, shape: Shape) -> Option<Self> {
        let possible = match error {
            ErrorStatus::ConnectFail => return self.connect_fail(),
            ErrorStatus::SocketDisconnect => return self.socket_disconnect(),
            ErrorStatus::SocketFail | ErrorStatus::SslFail | ErrorStatus::AuthFail => true,
            ErrorStatus::BindFail => shape.bind,
            ErrorStatus::SessionFail => shape.session,
        };
        // After STREAMEND there is nothing left that could fail but the wait for the peer's.
        let first = !self.cause && self.stream != Stream::Ended;
        let failed = Self { cause: true, ..self.at(State::Closing) };
        (possible && first && self.is_connected()).then_some(failed)
    }

    fn connect_fail(self) -> Option<Self> {
        match self.state {
            State::Dialling | State::Connecting => Some(Self::IDLE),
            State::Cancelled => Some(self.at(State::Finishing)),
            _ => None,
        }
    }

    fn socket_disconnect(self) -> Option<Self> {
        // An orderly shutdown ends the stream that is open.
        let owes_end = self.shutdown && !self.cause && self.stream == Stream::Open;
        let over = if self.shutdown { self.at(State::Finishing) } else { Self::IDLE };
        (self.is_connected() && !owes_end).then_some(over)
    }
}
