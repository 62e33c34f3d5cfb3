use std::path::PathBuf;

use jabber_security::Security;
use jabber_transport::{
    BoxFuture, BoxPipe, ConnectError, ConnectFailure, Connected, Target, TlsError, Transport,
};
use tokio::net::UnixStream;

use crate::{TlsConfig, handshake};

/// A socket in the file system, whatever the target's address is; TLS on request.
///
/// It does not leave the machine: [`Security::Private`].
#[derive(Clone, Debug)]
pub struct Unix {
    path: PathBuf,
    tls: TlsConfig,
}

impl Unix {
    /// The socket at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, tls: TlsConfig) -> Self {
        Self { path: path.into(), tls }
    }
}

impl Transport for Unix {
    fn connect<'a>(&'a self, target: &'a Target) -> BoxFuture<'a, Result<Connected, ConnectError>> {
        Box::pin(async move {
            let path = self.path.display().to_string();
            let socket = UnixStream::connect(&self.path).await.map_err(|error| {
                let failure = ConnectFailure::from_io("connect", error).with_address(path.clone());
                ConnectError::new(target, failure)
            })?;
            let security = if target.direct_tls { Security::TlsNext } else { Security::Private };
            Ok(Connected::new(Box::new(socket), security).with_peer(path))
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
