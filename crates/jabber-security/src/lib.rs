//! What protects a pipe, what must not leak, and what must not be believed.
//!
//! This crate is the small vocabulary that transports, dialects and SASL mechanisms share without
//! knowing each other:
//!
//! - [`Security`]: how a byte pipe is protected; policy (may a password cross it?) reads this and
//!   never an address.
//! - [`TlsFacts`] and [`ChannelBinding`]: what a TLS handshake established, and the data by which
//!   an authentication is tied to it.
//! - [`Secret`] and [`DerivedKey`]: zeroised when dropped, redacted in `Debug`.
//! - [`KeyDerivation`]: an expensive derivation as a job, so that whoever drives a connection runs
//!   it where it blocks nobody.
//! - [`Entropy`]: where random bytes come from; protocol logic never draws them itself.
//! - [`Untrusted`]: a peer's words, so that they do not command a terminal.
//! - [`hex`]: a hash as text.
//!
//! It is `no_std` (with `alloc`).
#![no_std]

extern crate alloc;

mod channel_binding;
mod entropy;
mod hex;
mod key;
mod pipe;
mod secret;
mod untrusted;

pub use channel_binding::ChannelBinding;
pub use entropy::Entropy;
pub use hex::hex;
pub use key::{DerivedKey, KeyDerivation};
pub use pipe::{Security, TlsFacts};
pub use secret::Secret;
pub use untrusted::Untrusted;
