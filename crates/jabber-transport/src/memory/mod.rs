//! Pipes in memory, and a transport made of them: for tests, and for what runs in one process.
//!
//! They need no runtime and read no clock, so tests on a paused clock use them too.

mod direction;
mod listener;
mod pipe;
mod transport;

pub use listener::MemoryListener;
pub use pipe::{MemoryPipe, pair, pair_with_capacity};
pub use transport::MemoryTransport;
