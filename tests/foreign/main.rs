//! Other people's clients on our server: slixmpp and libstrophe log in to `jabber serve`, and talk
//! with a client of ours.
//!
//! Each is a small program of ours around the library, a bot (`slixmpp/bot.py`, `strophe/bot.c`). Its
//! environment says who it is and what to do (`AS`, `HOST`, `PORT`, `DOMAIN`, `JID`, `PASSWORD`, `CA`,
//! `DIRECT_TLS`, `PEER`, `TEXT`, `LINE`, `SECONDS`). It logs in, asks the server for its version and
//! pings it, sends the peer a message, and leaves when the peer tells it to. It prints what happens,
//! one line each: a word, and the texts that belong to it in hexadecimal UTF-8, `-` for none.
//!
//! | word | texts | exit status |
//! |---|---|---|
//! | `ready` | its JID, how it logged in, and more | |
//! | `version` | the server's name | |
//! | `pong` | | |
//! | `message` | from, body, the note's attribute, the note's text | |
//! | `closed` | after both streams were ended | 0 |
//! | `refused` | | 3 |
//! | `distrusted` | the certificate was | 4 |
//! | `unreachable`, `lost`, `stuck` | | 5, 6, 7 |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "../interop/program/binary.rs"]
mod binary;
mod bot;
mod meeting;
mod serve;
mod slixmpp;
mod strophe;
#[path = "../interop/support/mod.rs"]
#[allow(dead_code, unused_imports, clippy::print_stderr, reason = "for the interoperability tests")]
mod support;
mod without_sasl;
