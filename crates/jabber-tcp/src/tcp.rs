use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use jabber_security::Security;
use jabber_transport::{
    BoxFuture, BoxPipe, ConnectError, ConnectFailure, Connected, Target, TlsError, Transport,
};
use tokio::net::{TcpStream, lookup_host};

use crate::{TlsConfig, eyeballs, handshake};

/// How long one address has for itself before the next one is tried beside it (RFC 8305 §8).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// TCP, with TLS on request.
///
/// Cloning is cheap; clones share the TLS configuration. It needs a tokio runtime with I/O and
/// time switched on.
///
/// Connections to a loopback address are [`Security::Private`], others [`Security::Open`]; with
/// direct TLS both are [`Security::TlsNext`].
#[derive(Clone, Debug, Default)]
pub struct Tcp {
    tls: TlsConfig,
}

impl Tcp {
    /// TCP, with TLS as configured.
    #[must_use]
    pub const fn new(tls: TlsConfig) -> Self {
        Self { tls }
    }

    /// The TLS configuration.
    #[must_use]
    pub const fn tls(&self) -> &TlsConfig {
        &self.tls
    }

    /// A socket that was connected elsewhere (accepted, passed on, through a proxy) as a
    /// transport's pipe: without Nagle's delay, and private where the peer is on loopback.
    ///
    /// # Errors
    ///
    /// What the operating system says about a socket that is not connected.
    pub fn connected(socket: TcpStream) -> io::Result<Connected> {
        let peer = socket.peer_addr()?;
        pipe(socket, peer)
    }
}

impl Transport for Tcp {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(async move {
            let addresses = look_up(target).await?;
            let mut connected = eyeballs::race(addresses, ATTEMPT_DELAY, attempt)
                .await
                .map_err(|failures| collect(target, failures))?;
            if target.direct_tls {
                connected.security = Security::TlsNext;
            }
            Ok(connected)
        })
    }

    fn start_tls<'a>(
        &'a self,
        pipe: BoxPipe,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Connected, TlsError>> {
        Box::pin(handshake::start(&self.tls, pipe, target))
    }
}

fn pipe(socket: TcpStream, peer: SocketAddr) -> io::Result<Connected> {
    // Stanzas are small and wait for answers: Nagle's algorithm would delay them.
    socket.set_nodelay(true)?;
    let security = security(peer.ip());
    Ok(Connected::new(Box::new(socket), security).with_peer(peer.to_string()))
}

fn security(peer: IpAddr) -> Security {
    // Canonical: an IPv6 socket shows IPv4 peers as ::ffff:127.0.0.1.
    if peer.to_canonical().is_loopback() { Security::Private } else { Security::Open }
}

/// All addresses of the target's host, in the order that the system prefers (RFC 6724).
async fn look_up(target: &Target) -> Result<Vec<SocketAddr>, ConnectError> {
    let address = target.address();
    let fail = |failure: ConnectFailure| {
        ConnectError::new(target, failure.with_address(format!("`{}`", address.host())))
    };
    let found: Vec<_> = lookup_host((address.host(), address.port()))
        .await
        .map_err(|error| fail(ConnectFailure::from_io("getaddrinfo", error)))?
        .collect();
    if found.is_empty() {
        return Err(fail(ConnectFailure::new("getaddrinfo", "the name has no address")));
    }
    Ok(found)
}

async fn attempt(address: SocketAddr) -> Result<Connected, ConnectFailure> {
    let fail = |call, error| ConnectFailure::from_io(call, error).with_address(address.to_string());
    let socket = TcpStream::connect(address).await.map_err(|error| fail("connect", error))?;
    // Where nobody listens on a local port from the ephemeral range, the kernel may pick that very
    // port for our end and connect the socket to itself.
    if socket.local_addr().is_ok_and(|local| local == address) {
        return Err(fail("connect", io::ErrorKind::ConnectionRefused.into()));
    }
    pipe(socket, address).map_err(|error| fail("setsockopt", error))
}

fn collect(target: &Target, failures: Vec<ConnectFailure>) -> ConnectError {
    let mut failures = failures.into_iter();
    let first = failures
        .next()
        .unwrap_or_else(|| ConnectFailure::new("connect", "there was no address to try"));
    failures.fold(ConnectError::new(target, first), ConnectError::with_failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_private() {
        for (peer, expected) in [
            ("127.0.0.1", Security::Private),
            ("127.255.0.3", Security::Private),
            ("::1", Security::Private),
            ("::ffff:127.0.0.1", Security::Private),
            ("::ffff:192.0.2.1", Security::Open),
            ("192.168.0.1", Security::Open),
            ("10.0.0.1", Security::Open),
            ("0.0.0.0", Security::Open),
            ("fe80::1", Security::Open),
            ("::2", Security::Open),
        ] {
            assert_eq!(security(peer.parse().unwrap()), expected, "{peer}");
        }
    }
    #[test]
    fn each_failure_is_kept_in_order() {
        let target = Target::new("example.org", 5222);
        let failures =
            ["first", "second", "third"].map(|text| ConnectFailure::new("connect", text));
        let error = collect(&target, failures.to_vec());
        let kept: Vec<_> = error.failures().iter().map(ConnectFailure::text).collect();
        assert_eq!(kept, ["first", "second", "third"]);
        assert_eq!(collect(&target, Vec::new()).failures().len(), 1);
    }
}
