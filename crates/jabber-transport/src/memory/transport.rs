use std::sync::Arc;

use jabber_security::{Security, TlsFacts};

use super::{MemoryListener, listener::Backlog, pair_with_capacity};
use crate::{BoxFuture, BoxPipe, ConnectError, Connected, Target, TlsError, TlsFault, Transport};

/// A transport that stays in the process; a test's server side gets the other ends from a
/// [`MemoryListener`].
///
/// Its pipes are [`Security::Private`]. It encrypts nothing: where
/// [`with_tls`](MemoryTransport::with_tls) is set, `start_tls` gives the same plain pipe back and
/// calls it encrypted, which is what a test of everything above the transport needs.
///
/// # Examples
///
/// ```
/// use jabber_transport::{Target, Transport, memory::MemoryTransport};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let (transport, mut listener) = MemoryTransport::new();
/// let mut client = transport.connect(&Target::new("example.org", 5222)).await.unwrap();
/// let mut server = listener.accept().await.unwrap();
/// client.pipe.write_all(b"hello").await.unwrap();
/// let mut read = [0; 5];
/// server.read_exact(&mut read).await.unwrap();
/// assert_eq!(&read, b"hello");
/// # });
/// ```
#[derive(Debug)]
pub struct MemoryTransport {
    backlog: Arc<Backlog>,
    capacity: usize,
    security: Security,
    tls: Result<TlsFacts, TlsFault>,
}

impl MemoryTransport {
    /// A transport, and the server side of its connections.
    #[must_use]
    pub fn new() -> (Self, MemoryListener) {
        let backlog = Arc::new(Backlog::default());
        backlog.add_transport();
        let transport = Self {
            backlog: backlog.clone(),
            capacity: 64 * 1024,
            security: Security::Private,
            tls: Err(TlsFault::Unsupported),
        };
        (transport, MemoryListener(backlog))
    }

    /// Room for `capacity` bytes on the way in each direction, instead of 64 KiB.
    #[must_use]
    pub const fn with_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity;
        self
    }

    /// What the pipes claim to be, such as [`Security::Open`], instead of private.
    #[must_use]
    pub fn with_security(mut self, security: Security) -> Self {
        self.security = security;
        self
    }

    /// Lets `start_tls` succeed and claim these facts.
    #[must_use]
    pub fn with_tls(mut self, facts: TlsFacts) -> Self {
        self.tls = Ok(facts);
        self
    }

    /// Lets `start_tls` fail with `fault`.
    #[must_use]
    pub fn with_tls_fault(mut self, fault: TlsFault) -> Self {
        self.tls = Err(fault);
        self
    }
}

impl Clone for MemoryTransport {
    fn clone(&self) -> Self {
        self.backlog.add_transport();
        Self {
            backlog: self.backlog.clone(),
            capacity: self.capacity,
            security: self.security.clone(),
            tls: self.tls.clone(),
        }
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        self.backlog.remove_transport();
    }
}

impl Transport for MemoryTransport {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(async move {
            let (client, server) = pair_with_capacity(self.capacity);
            self.backlog.offer(server, target)?;
            let security =
                if target.direct_tls { Security::TlsNext } else { self.security.clone() };
            Ok(Connected::new(Box::new(client), security).with_peer("memory"))
        })
    }

    fn start_tls<'a>(
        &'a self,
        pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        Box::pin(async move {
            match &self.tls {
                Ok(facts) => {
                    Ok(Connected::new(pipe, Security::Encrypted(facts.clone())).with_peer("memory"))
                }
                Err(fault) => Err(TlsError::new(fault.clone(), &target.domain)),
            }
        })
    }
}
