//! The scanner against a second reader of ours, slow and strict (`common/strict/`): what one takes
//! the other takes and reads the same, and what one refuses the other refuses with the same fault.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../common/agree.rs"]
mod agree;
#[path = "../common/mod.rs"]
mod common;
#[path = "../constructs/mod.rs"]
mod constructs;
mod limits;
#[path = "../common/random.rs"]
mod random;
mod stanzas;
mod streams;
#[path = "../common/strict/mod.rs"]
mod strict;
mod tags;
