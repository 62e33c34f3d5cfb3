//! Whole sessions with a real Prosody, ejabberd and jabberd2, by the crate `jabber` and by the program `jabber`.
//!
//! Every trace, of a session that goes well as of one that fails, is held against the grammar of
//! statuses and searched for secrets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod components;
mod legacy;
mod matrix;
mod messages;
mod oracle;
mod program;
mod queue;
mod router;
mod strangers;
mod support;
