//! An embedded Jabber server for demos, development and tests.
//!
//! One line starts it on free ports of the loopback interface, with a certificate made on the spot:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = jabber_server::Server::start().await?;
//!
//! // A client logs in as alice@localhost with the password "wonderland" at `server.c2s()`, and
//! // trusts the certificate authority in `server.ca_pem()`.
//! assert!(server.c2s().ip().is_loopback());
//! assert!(server.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
//!
//! server.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! [`Server::builder`] chooses domain, accounts, components, addresses and whether TLS is required.
//!
//! # What it does
//!
//! - Clients (RFC 6120): STARTTLS and direct TLS, SASL with SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN,
//!   over TLS both SCRAMs also with `-PLUS` (bound by `tls-exporter` or `tls-server-end-point`, which
//!   XEP-0440 lists), the offer signed (XEP-0474), and who missed its `-PLUS` refused; resource binding
//!   (the newer of two equal resources wins, RFC 6120 §7.7.2.2), session.
//! - Clients from before that (XEP-0078): `jabber:iq:auth` with a digest, or with the password where
//!   the connection is on loopback or has TLS, in streams of version 1.0 and of earlier ones.
//! - Components (XEP-0114): the handshake, and the check that `from` is the component's own.
//! - Components of jabberd 2.0 (its router's protocol), on the same port: STARTTLS, SASL with
//!   DIGEST-MD5 and, over TLS, PLAIN; several names on a connection and several connections for a
//!   name, `<log/>`, `<default/>`, presence of names, routes, broadcast, `<throttle/>`.
//! - Routing of messages, presences and queries among all that are connected, in either direction.
//! - Answers to ping (XEP-0199), software version (XEP-0092), service discovery (XEP-0030), and an
//!   empty roster. Any other query to the server is refused with `service-unavailable`.
//!
//! Whatever breaks the rules gets the stream or stanza error that the RFC names for it. Memory for
//! one connection is bounded: whoever sends to a peer that does not read is held back, and a peer
//! that reads nothing for ten seconds is cut off.
//!
//! # What it does not do
//!
//! It keeps nothing: no roster, no subscriptions, no messages for absent users (they come back as
//! `service-unavailable`). It does not talk to other servers. Passwords are in memory as given. It
//! is not for the open internet.

mod accounts;
mod builder;
mod c2s;
mod component;
mod config;
mod ending;
mod error;
mod listener;
mod names;
mod outbox;
mod peer;
mod random;
mod router;
mod sasl;
mod server;
mod services;
mod session;
mod stanza;
mod stream;
mod table;
mod tls;

pub use builder::{Builder, StartTls};
pub use error::StartError;
pub use jabber_sasl::BindingType;
pub use server::Server;
