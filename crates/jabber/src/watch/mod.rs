//! Who is told what happens in a session, beside the session's own stream.

mod backlog;
mod observing;
mod state;
mod status_stream;
mod tap_stream;
mod watchers;

pub use state::State;
pub use status_stream::StatusStream;
pub use tap_stream::{TapStream, Tapped};

pub(crate) use backlog::{Backlog, Taker, bounded};
pub(crate) use observing::Watch;
pub(crate) use state::StateCell;
pub(crate) use watchers::Watchers;
