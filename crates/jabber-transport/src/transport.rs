use std::{fmt, pin::Pin};

use jabber_security::Security;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{ConnectError, Target, TlsError};

/// How bytes get to a server and back, and how they come to be encrypted.
///
/// See the [crate's documentation](crate) for a whole implementation.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Connects to `target`.
    ///
    /// Where [`Target::direct_tls`] is set, the pipe is handed over before its handshake, as
    /// [`Security::TlsNext`]: [`start_tls`](Transport::start_tls) comes next, so that both ways to
    /// TLS are one to the caller (XEP-0368).
    ///
    /// There is no time limit inside; the caller has one for the whole of a negotiation.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: each address that was tried and how it failed.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future gives up the attempt and closes whatever it opened.
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>>;

    /// Does a TLS handshake over `pipe` and verifies that the peer is [`Target::domain`].
    ///
    /// The result's security is [`Security::Encrypted`]. Nothing that the peer sent before the
    /// handshake may still be waiting outside the pipe: the caller refuses such bytes
    /// ([`TlsFault::BytesBefore`](crate::TlsFault::BytesBefore), RFC 6120 §5.4.3.3).
    ///
    /// # Errors
    ///
    /// [`TlsError`]: which check failed, for which name. The pipe is closed then: there is no way
    /// back to the plain one.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future closes the connection.
    fn start_tls<'a>(
        &'a self,
        pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>>;
}

/// Bytes in both directions: whatever tokio can read from and write to.
///
/// Where a write fails, the peer must not have had all that this one call was to write: receipts are
/// built on it. A pipe that writes in several parts takes one of them a call.
pub trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + ?Sized> Pipe for T {}

/// A pipe of any sort.
pub type BoxPipe = Box<dyn Pipe>;

/// A future of any sort, as a trait object's functions return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A pipe to the peer and what is known about it.
#[non_exhaustive]
pub struct Connected {
    /// The bytes.
    pub pipe: BoxPipe,
    /// How they are protected.
    pub security: Security,
    /// The peer's address for people, such as `[2001:db8::1]:5222`, where there is one.
    pub peer: Option<String>,
}

impl Connected {
    /// A pipe that is protected by `security`.
    #[must_use]
    pub fn new(pipe: BoxPipe, security: Security) -> Self {
        Self { pipe, security, peer: None }
    }

    /// Adds the peer's address for people.
    #[must_use]
    pub fn with_peer(mut self, peer: impl Into<String>) -> Self {
        self.peer = Some(peer.into());
        self
    }
}

impl fmt::Debug for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connected")
            .field("security", &self.security)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}
