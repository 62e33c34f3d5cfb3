//! What a stanza costs, beside other people's libraries.
//!
//! Three programs: `load-server` says what it was told to say, as fast as it can; `bench-driver` is
//! a user of this project's public API and has no path of its own; `floor` does the system calls
//! and nothing else. `cargo xtask bench` runs them by turns with the drivers of the peers.

pub mod options;
pub mod report;
pub mod stanzas;
