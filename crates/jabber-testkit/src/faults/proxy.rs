use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use tokio::{
    net::{TcpListener, TcpSocket},
    task::{JoinHandle, JoinSet},
};

use super::{
    Plan,
    pass::{Counts, pass},
};

/// A proxy on loopback, on the way to a server. Dropped, it ends with all its connections.
pub struct FaultProxy {
    address: SocketAddr,
    connections: Connections,
    task: JoinHandle<()>,
}

/// What the system takes in for the proxy. With more a stall would be felt late.
const BUFFER: u32 = 16 << 10;

type Connections = Arc<Mutex<Vec<Arc<Counts>>>>;

/// How many bytes of a connection have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// From the client to the server.
    pub to_server: u64,
    /// From the server to the client.
    pub to_client: u64,
}

impl FaultProxy {
    /// Listens on a free port of 127.0.0.1, and passes what comes on to `server`. `plan` says for each
    /// connection, counted from 0, what happens to it.
    ///
    /// # Errors
    /// When no port can be listened on.
    ///
    /// # Panics
    /// Outside a tokio runtime with time and I/O, in which its tasks run.
    pub async fn start(
        server: SocketAddr,
        plan: impl FnMut(u32) -> Plan + Send + 'static,
    ) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(BUFFER)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(1024)?;
        let address = listener.local_addr()?;
        let connections = Connections::default();
        let task = tokio::spawn(serve(listener, server, plan, Arc::clone(&connections)));
        Ok(Self { address, connections, task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has passed, for each connection so far.
    #[must_use]
    pub fn passed(&self) -> Vec<Passed> {
        let connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = connections.iter().map(|counts| Passed {
            to_server: counts.to_server.load(Ordering::Relaxed),
            to_client: counts.to_client.load(Ordering::Relaxed),
        });
        counts.collect()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for FaultProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultProxy")
            .field("address", &self.address)
            .field("passed", &self.passed())
            .finish_non_exhaustive()
    }
}

async fn serve(
    listener: TcpListener,
    server: SocketAddr,
    mut plan: impl FnMut(u32) -> Plan,
    connections: Connections,
) {
    // Dropped with this task, it ends them all.
    let mut passing = JoinSet::new();
    let mut number = 0;
    while let Ok((client, _)) = listener.accept().await {
        while passing.try_join_next().is_some() {}
        let (plan, counts) = (plan(number), Arc::new(Counts::default()));
        number += 1;
        connections.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&counts));
        passing.spawn(async move {
            // A server that is not there is one that hangs up.
            let socket = if server.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
            let Ok(socket) = socket else { return };
            let _ = socket.set_recv_buffer_size(BUFFER);
            if let Ok(server) = socket.connect(server).await {
                pass(client, server, &plan, &counts).await;
            }
        });
    }
}
