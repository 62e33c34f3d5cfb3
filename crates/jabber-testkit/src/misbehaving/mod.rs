//! A server that misbehaves, for testing what a client makes of it: this library's dialects, and
//! your own program.
//!
//! A [`Server`] speaks one of four protocols (RFC 6120, XEP-0078, XEP-0114, jabberd 2's router)
//! rightly, step by step, and checks what it is told, so that a wrong password is refused. At a
//! [`Step`] that you name it misbehaves in one way, a [`Misbehaviour`], and goes on after it where it
//! can.
//!
//! A [`Lie`] is a misbehaviour that a client must not believe, or not take in. A client that does is
//! served as if it were true: what it then says shows its mistake ([`Conversation::heard`]).
//!
//! | lies about | which |
//! |---|---|
//! | SCRAM's challenge | nonce, salt, iterations, extensions, order, an error, the XEP-0474 hash |
//! | DIGEST-MD5's challenge | `qop`, `algorithm`, two nonces |
//! | the success | too early, unasked, the server's proof missing, empty, wrong, cut short |
//! | the features | no STARTTLS, no mechanism, no login, extensions that nobody asked for |
//! | `<proceed/>` | something behind it, in one piece or a read of its own |
//! | redirects | elsewhere, to itself, to what is no address |
//! | answers | from somebody else, a request or a message in place of one, a bind of another JID |
//! | amounts | stanzas, white space, features, an endless stanza or attribute, depth; nothing read any more |
//!
//! | layer | what it is |
//! |---|---|
//! | [`Server`] | who is served, how, and what goes wrong where |
//! | [`Conversation`] | the server's side of one connection without I/O: bytes in, [`Act`]s out |
//! | [`serve`] | the conversation held on a pipe that can be broken, [`BreakablePipe`] |
//! | [`Transport`] | such a pipe in memory, for a session: nothing is to be spawned |
//!
//! What a test waits for costs no time on tokio's paused clock.
//!
//! # TLS
//! In memory the handshake is one record each way, and nothing is encrypted: it is there to be
//! refused, cut, reset or never answered. Over sockets a handshake is the driver's to do, between
//! [`serve_to_handshake`] and [`serve`].
//!
//! # Examples
//! A program's own test, as it stands in this library's. (It is not run from here, as the facade lies
//! above this crate.)
//! ```ignore
#![doc = include_str!("../../../jabber/tests/silent_after_login.rs")]
//! ```

mod act;
mod conversation;
mod fake_tls;
mod lie;
mod login;
mod misbehaviour;
mod refusals;
mod said;
mod serve;
mod server;
mod speaker;
mod step;
mod transport;

pub use act::Act;
pub use conversation::Conversation;
pub use lie::Lie;
pub use misbehaviour::Misbehaviour;
pub use serve::{BreakablePipe, serve, serve_to_handshake};
pub use server::{Server, Tls};
pub use step::Step;
pub use transport::Transport;
