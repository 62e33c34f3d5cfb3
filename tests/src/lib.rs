//! Shared parts of the end-to-end tests: they start the real servers themselves.
//!
//! Each server lives in a temporary folder of its own, on free ports of the loopback interface, with
//! a certificate authority made for it. Nothing outlives the test process, however that ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support")]

pub mod causes;
pub mod ejabberd;
pub mod jabberd2;
pub mod keeper;
pub mod pki;
pub mod prosody;
pub mod server;
pub mod skip;
pub mod wire;
