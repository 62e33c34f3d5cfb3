//! Whether an event's phase agrees with the order.

use super::position::Position;
use super::{State, Violation};
use crate::{ErrorStatus, Kind, Phase, Status};

/// Compares the phase that an event says with the one it must have; gives the position `after` it,
/// which is closing if the event is the first to show that.
pub(super) fn agree(
    came: Kind,
    said: Phase,
    before: Position,
    after: Position,
) -> Result<Position, Violation> {
    let expected = expected(came, after.state);
    if said == expected {
        return Ok(after);
    }
    // An error may tell the phase in which it struck.
    if matches!(came, Kind::Error(_)) && said == before.state.phase() {
        return Ok(after);
    }
    // The peer's end is no status: this is the first event after it.
    if said == Phase::Closing && after.state.is_live() && is_tail(came) {
        return Ok(after.at(State::Closing));
    }
    Err(Violation::Phase { state: before.state, came, said, expected })
}

/// A phase includes the status that ends it, where it says so; else an event has the phase that it
/// leads to.
fn expected(came: Kind, after: State) -> Phase {
    match came {
        Kind::Status(Status::Connected) => Phase::Connecting,
        Kind::Status(Status::ShutdownFinish) | Kind::Error(ErrorStatus::SocketDisconnect) => {
            Phase::Closing
        }
        Kind::Error(ErrorStatus::ConnectFail) => Phase::Closing,
        _ => after.phase(),
    }
}

/// What may stand in an ending and does not begin it.
fn is_tail(came: Kind) -> bool {
    match came {
        Kind::Status(status) => {
            matches!(status, Status::NodeSent | Status::NodeReceived | Status::RtsFinish)
        }
        Kind::Error(_) => false,
        Kind::Extra(_) => true,
    }
}
