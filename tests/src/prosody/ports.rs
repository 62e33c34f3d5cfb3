//! Free ports of the loopback interface.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
};

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) c2s: SocketAddr,
    pub(super) direct_tls: SocketAddr,
    pub(super) component: SocketAddr,
}

impl Ports {
    /// Three that are free now and differ. Another process may take one before the server does;
    /// the server's log tells, and then others are tried.
    pub(super) fn free() -> io::Result<Self> {
        // All are held until all are known, so that none is handed out twice.
        let listeners = [listen()?, listen()?, listen()?];
        let [c2s, direct_tls, component] = &listeners;
        Ok(Self {
            c2s: c2s.local_addr()?,
            direct_tls: direct_tls.local_addr()?,
            component: component.local_addr()?,
        })
    }
}

fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}
