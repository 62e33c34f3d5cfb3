//! Free ports of the loopback interface.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
};

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// Clients, STARTTLS optional.
    pub c2s: SocketAddr,
    /// Clients, STARTTLS required; on some servers that depends on the domain, and this is `c2s`.
    pub required: SocketAddr,
    /// Clients, TLS from the first byte.
    pub direct_tls: SocketAddr,
    /// Components.
    pub component: SocketAddr,
}

impl Ports {
    /// Some that are free now and differ. Another process may take one before the server does;
    /// the server's log tells, and then others are tried.
    pub(crate) fn free() -> io::Result<Self> {
        // All are held until all are known, so that none is handed out twice.
        let listeners = [listen()?, listen()?, listen()?, listen()?];
        let [c2s, required, direct_tls, component] = &listeners;
        Ok(Self {
            c2s: c2s.local_addr()?,
            required: required.local_addr()?,
            direct_tls: direct_tls.local_addr()?,
            component: component.local_addr()?,
        })
    }

    /// The same, for a server that requires STARTTLS by domain.
    pub(crate) fn one_for_clients(self) -> Self {
        Self { required: self.c2s, ..self }
    }
}

fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}
