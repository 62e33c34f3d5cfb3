//! The sockets that are listened on, and the connections that come from them.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time,
};

use crate::{StartError, c2s, component, router::Router};

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

/// More connections than that at a time are closed at once, so that descriptors do not run out.
const CONNECTIONS: usize = 4096;
/// How long all connections together may take to end.
const GRACE: Duration = Duration::from_secs(5);
/// The system has no more descriptors, or the like: trying again at once would only burn time.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections and serves them until it is told to stop.
pub(crate) async fn serve(
    listeners: Listeners,
    router: Arc<Router>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let stop = stopped.clone();
    loop {
        let accepted = tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listeners.accept() => accepted,
        };
        let Ok((tcp, port)) = accepted else {
            time::sleep(PAUSE).await;
            continue;
        };
        if connections.len() >= CONNECTIONS {
            continue;
        }
        // Many stanzas are small, and each is waited for. A socket that refuses it works too.
        let _ = tcp.set_nodelay(true);
        let (router, stop) = (Arc::clone(&router), stop.clone());
        match port {
            Port::Client { direct_tls } => {
                connections.spawn(c2s::serve(tcp, direct_tls, router, stop));
            }
            Port::Component => {
                connections.spawn(component::serve(tcp, router, stop));
            }
        }
    }
    drop(listeners);
    let ended = async { while connections.join_next().await.is_some() {} };
    // What has not ended by then is cut when the set is dropped.
    let _ = time::timeout(GRACE, ended).await;
}

/// Who connects there.
#[derive(Clone, Copy, Debug)]
enum Port {
    Client { direct_tls: bool },
    Component,
}

impl Listeners {
    async fn accept(&self) -> io::Result<(TcpStream, Port)> {
        let ((tcp, _), port) = tokio::select! {
            accepted = self.c2s.0.accept() => (accepted?, Port::Client { direct_tls: false }),
            accepted = self.direct_tls.0.accept() => (accepted?, Port::Client { direct_tls: true }),
            accepted = self.components.0.accept() => (accepted?, Port::Component),
        };
        Ok((tcp, port))
    }
}
