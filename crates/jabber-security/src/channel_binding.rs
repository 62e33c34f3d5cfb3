use alloc::vec::Vec;

/// The data by which an authentication is bound to the TLS channel it runs in (RFC 5056).
///
/// A transport fills in the types it can supply; a mechanism takes the one that the server accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelBinding {
    /// `tls-exporter` (RFC 9266): 32 bytes of exported keying material. On TLS 1.2 it is unique
    /// only with an extended master secret; without it this must be `None`.
    pub tls_exporter: Option<[u8; 32]>,
    /// `tls-server-end-point` (RFC 5929 §4): the hash of the server's certificate.
    pub tls_server_end_point: Option<Vec<u8>>,
}

impl ChannelBinding {
    /// No channel-binding data.
    #[must_use]
    pub const fn none() -> Self {
        Self { tls_exporter: None, tls_server_end_point: None }
    }

    /// Adds `tls-exporter` data (RFC 9266).
    #[must_use]
    pub const fn with_tls_exporter(mut self, exported: [u8; 32]) -> Self {
        self.tls_exporter = Some(exported);
        self
    }

    /// Adds `tls-server-end-point` data: the hash of the server's certificate (RFC 5929 §4.1).
    #[must_use]
    pub fn with_tls_server_end_point(mut self, certificate_hash: Vec<u8>) -> Self {
        self.tls_server_end_point = Some(certificate_hash);
        self
    }
}
