use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use rustls::ClientConfig;

use crate::{ConfigError, TlsConfigBuilder};

/// Whom to trust, and what to show: made once, shared by any number of connections and clients.
///
/// Cloning is cheap and shares. The default trusts the system's authorities and reads them with
/// the first handshake (some ten milliseconds of file access), so that who needs no TLS pays nothing.
///
/// # Examples
///
/// ```
/// use jabber_tcp::{TlsConfig, TlsVersion};
///
/// let tls = TlsConfig::builder().with_versions(&[TlsVersion::V1_3]);
/// let error = tls.add_ca_pem(b"not PEM at all").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the PEM text: no certificate (-----BEGIN CERTIFICATE-----) is in it"
/// );
/// ```
#[derive(Clone, Default)]
pub struct TlsConfig(Arc<OnceLock<Result<Set, ConfigError>>>);

/// What connections use.
pub(crate) struct Set {
    pub(crate) starttls: Arc<ClientConfig>,
    pub(crate) direct: Arc<ClientConfig>,
    /// Why the system's authorities are not trusted although they were wanted.
    pub(crate) without_system_roots: Option<String>,
}

impl TlsConfig {
    /// Starts with the defaults: the system's authorities, TLS 1.2 and 1.3, no client certificate.
    #[must_use]
    pub fn builder() -> TlsConfigBuilder {
        TlsConfigBuilder::default()
    }

    /// A configuration made with rustls itself, for what the builder does not offer; used as it is
    /// (verifier, versions, ALPN, resumption) for both STARTTLS and direct TLS.
    ///
    /// On TLS 1.2 there is `tls-exporter` channel binding only if its `require_ems` is set.
    #[must_use]
    pub fn from_rustls(config: Arc<ClientConfig>) -> Self {
        Self::from(Set { starttls: config.clone(), direct: config, without_system_roots: None })
    }

    pub(crate) fn set(&self) -> Result<&Set, &ConfigError> {
        self.0.get_or_init(|| TlsConfigBuilder::default().build_set()).as_ref()
    }
}

impl From<Set> for TlsConfig {
    fn from(set: Set) -> Self {
        Self(Arc::new(OnceLock::from(Ok(set))))
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConfig").finish_non_exhaustive()
    }
}
