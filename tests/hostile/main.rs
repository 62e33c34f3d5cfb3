//! The misbehaving server over real sockets and real TLS: what a client does not believe in memory it does
//! not believe there, and what TLS itself has to keep out is kept out.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail anywhere"
)]

#[path = "../interop/program/binary.rs"]
mod binary;
#[path = "../../crates/jabber-cli/src/connect/cause.rs"]
mod cause;
mod certificates;
#[path = "../../crates/jabber-cli/tests/matrix/judge.rs"]
#[allow(dead_code, reason = "the matrix in memory counts the outcomes")]
mod judge;
mod matrix;
mod paced;
mod peer;
mod pipe;
mod proceed;
#[path = "../../crates/jabber-cli/tests/matrix/program.rs"]
mod program;
#[path = "../../crates/jabber-cli/tests/matrix/secrets.rs"]
mod secrets;
#[path = "../../crates/jabber-cli/tests/matrix/setups.rs"]
mod setups;
#[path = "../../crates/jabber-cli/tests/matrix/table.rs"]
#[allow(dead_code, reason = "the matrix in memory meets every rule")]
mod table;
