//! Tools for testing dialects and clients.
//!
//! A **transcript** is a connection written down: what the server sent, what we sent, and which
//! statuses were fired, line by line. [`check`] plays one against a dialect and compares; then it
//! plays it again, with the server's bytes split at every byte, and byte by byte, and wants the
//! same effects. Every trace is held against the lifecycle's grammar. [`check_folder`] does so with
//! all transcripts of a folder.
//!
//! A **walk** takes every answer of an alphabet in every state that a dialect can reach: see [`walk`].
//!
//! # What happens to the connection (the script)
//!
//! | line | meaning |
//! |---|---|
//! | `@ connect [open\|private\|tls\|encrypted]` | connect; the pipe is open, private (default), begins with TLS, or is encrypted already |
//! | `@ refused` | connect; nobody listens |
//! | `@ dial` | connect; no answer yet |
//! | `S text` | the server sends this; lines that follow one another are one read each |
//! | `P text` | the same, and it is never split: for what is judged by what comes with it |
//! | `T` | the TLS handshake is done (version, cipher and channel binding are fixed) |
//! | `T fails` | the TLS handshake fails |
//! | `E` | the server closes the connection |
//! | `X` | the connection is reset |
//! | `@ truncate` | the TLS connection ends without its `close_notify` |
//! | `@ send xml`, `@ request xml` | the user sends it; a request has 10 seconds |
//! | `@ purge`, `@ shutdown`, `@ halt` | the user asks for it |
//! | `@ wait seconds` | time passes; deadlines are kept |
//! | `@ stall`, `@ drain` | the server stops reading (nothing is flushed any more), and reads again |
//!
//! In what the server sends `\n`, `\r`, `\t`, `\\` and `\xff` stand for bytes, `{id}` for the `id`
//! of the last element with one that we sent, and `{scram-challenge}` and `{scram-success}` for a
//! real SCRAM server's answers, in base64, to what we sent last, `{digest-success}` for what proves a
//! DIGEST-MD5 server. That server knows the password `secret`; it checks our proof and the binding to
//! the channel.
//!
//! What comes of a read must not depend on when we flush: STREAMEND stands where that was. So what the
//! server sends behind something that ends the connection is a line of its own.
//!
//! # What comes of it
//!
//! | line | meaning |
//! |---|---|
//! | `C text` | we send this, up to the next line of another kind |
//! | `! PCJ_NAME \| …` | a status: its detail; an error's text, its sources, who ended the connection, what a retry needs; a node's text where observers see another one than the wire |
//! | `U xml` | a stanza for the user |
//! | `A n end` | the end of the n-th request, from 0 |
//! | `B xml \| reason` | a stanza that was accepted for sending comes back unwritten |
//! | `D [where]` | a new attempt begins by itself; where a server has sent us |
//! | `R text` | what the user asked for is refused |
//! | `K` | we start the TLS handshake |
//! | `L` | we close the pipe |
//! | `? text` | what must never be: a breach of the grammar, a panic, bytes where none may be sent. A transcript with such a line cannot be blessed. |
//!
//! Lines that start with `#` are comments, `# config: key=value …` is read as [`Settings`].
//! Randomness is fixed, so that nonces and ids are the same each time, and key derivations run at
//! once.
//!
//! # Examples
//! A script is enough to begin with: with the environment variable `JABBER_BLESS` set, what came of
//! it is written into the file, for a person to read and agree with. This one is complete:
//! ```
//! use std::sync::Arc;
//!
//! use jabber_dialect::Protocol;
//!
//! let transcript = "\
//! ## Nobody listens.
//! @ refused
//! ! PCJ_CONNECT
//! ! PCJ_CONNECTING
//! ! PCJ_CONNECTFAIL | no connection could be made | connection refused | by Network; retry Later
//! L
//! ";
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("refused.txt");
//! std::fs::write(&file, transcript)?;
//!
//! let config = jabber_component::Config::new("echo.localhost".parse()?, "secret");
//! let protocol: Arc<dyn Protocol> = Arc::new(config);
//! jabber_testkit::check(&file, &protocol)?;
//!
//! // What differs is shown with its surroundings.
//! std::fs::write(&file, transcript.replace("CONNECTFAIL", "SOCKETFAIL"))?;
//! let error = jabber_testkit::check(&file, &protocol).unwrap_err().to_string();
//! assert!(error.contains("- 5 ! PCJ_SOCKETFAIL"), "{error}");
//! assert!(error.contains("+ 5 ! PCJ_CONNECTFAIL"), "{error}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod describe;
mod difference;
mod digest;
mod escape;
pub mod faults;
mod fixed;
mod folder;
mod keys;
pub mod misbehaving;
mod play;
mod recorder;
mod script;
mod server;
mod settings;
mod split;
mod transcript;
pub mod walk;

pub use difference::Difference;
pub use fixed::{FixedEntropy, encrypted};
pub use folder::{FolderError, check_folder};
pub use play::play;
pub use script::{Input, ScriptError};
pub use settings::Settings;
pub use split::Split;
pub use transcript::{TranscriptError, check};
