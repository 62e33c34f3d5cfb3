//! The contract that a transport fulfils: a byte pipe, and TLS on request.
//!
//! A transport never sees XML, and what drives a connection knows no concrete transport. The
//! contract is one trait of two functions:
//!
//! - [`Transport::connect`] gives a [`Connected`]: a [`BoxPipe`] (tokio's `AsyncRead` and
//!   `AsyncWrite`, without any runtime) and how it is protected ([`jabber_security::Security`]).
//! - [`Transport::start_tls`] takes a plain pipe by value and gives the encrypted one.
//!
//! Both say what failed in types ([`ConnectError`], [`TlsError`] with its [`TlsFault`]) whose
//! `Display` tells a person what happened and what to try.
//!
//! For tests there is an in-memory pipe ([`memory::pair`]) and a transport that hands its other
//! ends to a test's server side ([`memory::MemoryTransport`]).
//!
//! # Ends and truncation
//!
//! A read of zero bytes is the orderly end: FIN on a plain pipe, `close_notify` on an encrypted
//! one. An encrypted pipe that ends without `close_notify` fails with
//! [`std::io::ErrorKind::UnexpectedEof`] (RFC 8446 §6.1: everything behind it may have been cut
//! off by an attacker), a connection torn down with
//! [`ConnectionReset`](std::io::ErrorKind::ConnectionReset). `poll_shutdown` ends one's own
//! direction (on an encrypted pipe with `close_notify`); reading goes on.
//!
//! What was written is surely on its way only after a flush.
//!
//! # Cancellation safety
//!
//! Dropping the future of [`Transport::connect`] gives up the attempt and closes whatever was
//! opened. Dropping the future of [`Transport::start_tls`] closes the connection: the pipe was
//! given away. Neither leaves a task running.
//!
//! # Examples
//!
//! A transport of one's own is one file. This one speaks through a unix socket, without TLS:
//!
//! ```
//! # #[cfg(unix)] mod example {
//! use std::{fmt, path::PathBuf};
//!
//! use jabber_security::Security;
//! use jabber_transport::{
//!     BoxFuture, BoxPipe, ConnectError, Connected, Target, TlsError, TlsFault, Transport,
//! };
//!
//! #[derive(Debug)]
//! pub struct Unix {
//!     path: PathBuf,
//! }
//!
//! impl Transport for Unix {
//!     fn connect<'a>(
//!         &'a self,
//!         target: &'a Target,
//!     ) -> BoxFuture<'a, Result<Connected, ConnectError>> {
//!         Box::pin(async move {
//!             let socket = tokio::net::UnixStream::connect(&self.path)
//!                 .await
//!                 .map_err(|error| ConnectError::from_io(target, "connect", error))?;
//!             // It does not leave the machine, so a password may cross it.
//!             Ok(Connected::new(Box::new(socket), Security::Private)
//!                 .with_peer(self.path.display().to_string()))
//!         })
//!     }
//!
//!     fn start_tls<'a>(
//!         &'a self,
//!         _pipe: BoxPipe,
//!         target: &'a Target,
//!     ) -> BoxFuture<'a, Result<Connected, TlsError>> {
//!         Box::pin(async move { Err(TlsError::new(TlsFault::Unsupported, &target.domain)) })
//!     }
//! }
//! # }
//! ```

mod certificate_fault;
mod connect_error;
mod host_port;
pub mod memory;
mod target;
mod timestamp;
mod tls_error;
mod tls_fault;
mod transport;

pub use certificate_fault::CertificateFault;
pub use connect_error::{ConnectError, ConnectFailure};
pub use host_port::{HostPort, HostPortError, HostPortFault};
pub use target::Target;
pub use timestamp::Timestamp;
pub use tls_error::TlsError;
pub use tls_fault::TlsFault;
pub use transport::{BoxFuture, BoxPipe, Connected, Pipe, Transport};
