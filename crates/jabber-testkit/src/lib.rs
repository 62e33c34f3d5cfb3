//! Tools for testing dialects and clients.
//!
//! A **transcript** is a connection written down: what the server sent, what we sent, and which
//! statuses were fired, line by line. [`check`] plays one against a dialect and compares; then it
//! plays it again, with the server's bytes split at every byte, and byte by byte, and wants the
//! same effects. Every trace is held against the lifecycle's grammar.
//!
//! # The lines
//! What happens to the connection (the script):
//!
//! | line | meaning |
//! |---|---|
//! | `@ connect [open\|private\|tls]` | connect; the pipe is open, private (default), or TLS comes first |
//! | `@ refused` | connect; nobody listens |
//! | `S text` | the server sends this; lines that follow one another are one read each |
//! | `T` | the TLS handshake is done (version, cipher and channel binding are fixed) |
//! | `T fails` | the TLS handshake fails |
//! | `E` | the server closes the connection |
//! | `X` | the connection is reset |
//! | `@ send xml`, `@ request xml` | the user sends it; a request has 10 seconds |
//! | `@ purge`, `@ shutdown`, `@ halt` | the user asks for it |
//! | `@ wait seconds` | time passes |
//!
//! What comes of it:
//!
//! | line | meaning |
//! |---|---|
//! | `C text` | we send this, up to the next line of another kind |
//! | `! PCJ_NAME` | a status; an error with its text |
//! | `U xml` | a stanza for the user |
//! | `A n end` | the end of the n-th request, from 0 |
//! | `K` | we start the TLS handshake |
//! | `L` | we close the pipe |
//!
//! A line that starts with `#` is a comment. Randomness is fixed, so that nonces and ids are the
//! same each time, and key derivations run at once.
//!
//! # Examples
//! Running a test with the environment variable `JABBER_BLESS` set writes what came of a transcript
//! into its file, for a person to read and agree with:
//! ```no_run
//! use std::{path::Path, sync::Arc};
//!
//! # fn config() -> Arc<dyn jabber_dialect::Protocol> { unimplemented!() }
//! jabber_testkit::check(Path::new("tests/transcripts/happy.txt"), &config()).unwrap();
//! ```

mod fixed;
mod play;
mod recorder;
mod script;
mod split;
mod transcript;

pub use fixed::FixedEntropy;
pub use play::play;
pub use script::{Input, ScriptError};
pub use split::Split;
pub use transcript::{TranscriptError, check};
