//! A running server.

use std::{net::SocketAddr, sync::Arc};

use tokio::{sync::watch, task::JoinHandle};

use crate::{
    Builder, StartError,
    config::Config,
    listener::{self, Listeners},
    router::Router,
};

/// A running server. Dropped, it stops at once and cuts every connection;
/// [`shutdown`](Self::shutdown) ends them in good order.
#[derive(Debug)]
pub struct Server {
    c2s: SocketAddr,
    direct_tls: SocketAddr,
    components: SocketAddr,
    ca_pem: String,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server to be adjusted before it starts: domain `localhost`, no accounts, no components,
    /// free ports of 127.0.0.1, STARTTLS required.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Starts a server for demos and tests: domain `localhost`, the accounts `alice` with the
    /// password `wonderland` and `bob` with `builder`, the component `echo.localhost` with the
    /// secret `secret` (for XEP-0114, and as a user of the router), free ports of 127.0.0.1, STARTTLS
    /// required.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub async fn start() -> Result<Self, StartError> {
        let builder = Self::builder().user("alice", "wonderland").user("bob", "builder");
        builder.component("echo.localhost", "secret").start().await
    }

    pub(crate) fn run(config: Config, listeners: Listeners, ca_pem: String) -> Self {
        let [c2s, direct_tls, components] = listeners.addresses();
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(listener::serve(listeners, Arc::new(Router::new(config)), stopped));
        Self { c2s, direct_tls, components, ca_pem, stop, task }
    }

    /// Where clients connect, to use STARTTLS.
    #[must_use]
    pub const fn c2s(&self) -> SocketAddr {
        self.c2s
    }

    /// Where clients connect that begin with TLS (XEP-0368).
    #[must_use]
    pub const fn direct_tls(&self) -> SocketAddr {
        self.direct_tls
    }

    /// Where components connect, by XEP-0114 or by the jabberd 2.0 component protocol.
    #[must_use]
    pub const fn components(&self) -> SocketAddr {
        self.components
    }

    /// The certificate authority to trust, in PEM. It was made for this server alone and signs one
    /// certificate: for the domain, the components, 127.0.0.1 and ::1.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Stops listening and ends every stream with `system-shutdown` (RFC 6120 §4.9.3.20). Returns
    /// when all are closed, at the latest after five seconds.
    ///
    /// If the future is dropped, the server stops at once.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // It fails only if the runtime is going down, and the task with it.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
