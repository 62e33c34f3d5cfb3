use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    version::{TLS12, TLS13},
};
use zeroize::Zeroizing;

use crate::{
    ConfigError, TlsConfig, pem,
    pins::{self, Pins},
    roots::{self, Base},
    tls_config::Set,
};

/// A version of TLS that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    V1_2,
    /// TLS 1.3 (RFC 8446).
    V1_3,
}

/// What a [`TlsConfig`] is made from; see [`TlsConfig::builder`].
///
/// Trusts the system's authorities and allows TLS 1.2 and 1.3, unless told otherwise.
#[derive(Debug)]
pub struct TlsConfigBuilder {
    base: Base,
    own: Vec<CertificateDer<'static>>,
    versions: Vec<TlsVersion>,
    alpn: Vec<Vec<u8>>,
    client: Option<(Vec<CertificateDer<'static>>, Zeroizing<PrivateKeyDer<'static>>)>,
    extended_master_secret: bool,
    pins: Pins,
    pins_alone: bool,
}

impl Default for TlsConfigBuilder {
    fn default() -> Self {
        Self {
            base: Base::System,
            own: Vec::new(),
            versions: vec![TlsVersion::V1_2, TlsVersion::V1_3],
            alpn: vec![b"xmpp-client".to_vec()],
            client: None,
            extended_master_secret: true,
            pins: Pins::default(),
            pins_alone: false,
        }
    }
}

impl TlsConfigBuilder {
    /// Also trusts the certificates in this PEM text.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the place in the text: not PEM, no certificate in it, or one that
    /// cannot be used.
    pub fn add_ca_pem(self, text: &[u8]) -> Result<Self, ConfigError> {
        self.add(text, None)
    }

    /// Also trusts the certificates in this PEM file; it is read now.
    ///
    /// # Errors
    ///
    /// As [`add_ca_pem`](Self::add_ca_pem), and [`ConfigError::Read`].
    pub fn add_ca_file(self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read(path).map_err(|error| ConfigError::Read {
            path: path.to_owned(),
            source: Arc::new(error),
        })?;
        self.add(&text, Some(path))
    }

    fn add(mut self, text: &[u8], file: Option<&Path>) -> Result<Self, ConfigError> {
        for (certificate, place) in pem::certificates(text, file)? {
            RootCertStore::empty()
                .add(certificate.clone())
                .map_err(|error| ConfigError::Certificate { place, text: error.to_string() })?;
            self.own.push(certificate);
        }
        Ok(self)
    }

    /// Trusts only what was added, not the system's authorities.
    #[must_use]
    pub fn without_system_roots(mut self) -> Self {
        self.base = Base::Nobody;
        self
    }

    /// Trusts Mozilla's authorities, compiled in, instead of the system's.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn with_bundled_roots(mut self) -> Self {
        self.base = Base::Bundled;
        self
    }

    /// Takes only a server that has this certificate, or another one that is pinned: the chain, the name
    /// and the time are checked as always, and this besides. `sha256` is the hash of the whole
    /// certificate (DER): 64 hexadecimal digits, with a colon between all bytes or none, as `openssl
    /// x509 -fingerprint -sha256` writes it, or Base64 (RFC 4648 §4), also behind `sha256/`.
    ///
    /// A renewed certificate has another hash; a [key](Self::pin_public_key) can be kept.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Pin`].
    ///
    /// # Examples
    ///
    /// ```
    /// use jabber_tcp::TlsConfig;
    ///
    /// let tls = TlsConfig::builder().pin_certificate(
    ///     "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55",
    /// )?;
    /// assert!(tls.pin_public_key("not a hash").is_err());
    /// # Ok::<(), jabber_tcp::ConfigError>(())
    /// ```
    pub fn pin_certificate(mut self, sha256: &str) -> Result<Self, ConfigError> {
        self.pins.certificates.push(pins::parse(sha256)?);
        Ok(self)
    }

    /// The same for the certificate's public key: `sha256` is the hash of its `SubjectPublicKeyInfo`
    /// (RFC 5280 §4.1), as in RFC 7469 §2.4, in the same forms. A renewed certificate for the same key keeps it. Pin a
    /// second key that is not in use yet, so that one can be replaced.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Pin`].
    ///
    /// # Examples
    ///
    /// ```
    /// use jabber_tcp::TlsConfig;
    ///
    /// TlsConfig::builder()
    ///     .pin_public_key("sha256/d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM=")?;
    /// # Ok::<(), jabber_tcp::ConfigError>(())
    /// ```
    pub fn pin_public_key(mut self, sha256: &str) -> Result<Self, ConfigError> {
        self.pins.public_keys.push(pins::parse(sha256)?);
        Ok(self)
    }

    /// Trusts the pins alone, for servers with a certificate that they have made themselves: neither
    /// an authority nor the name nor the time counts then, only that the server has a pinned
    /// certificate or key.
    #[must_use]
    pub const fn dangerous_trust_pins_alone(mut self, alone: bool) -> Self {
        self.pins_alone = alone;
        self
    }

    /// Allows only these versions.
    #[must_use]
    pub fn with_versions(mut self, versions: &[TlsVersion]) -> Self {
        self.versions = versions.to_vec();
        self
    }

    /// The protocols to name by ALPN with direct TLS, instead of `xmpp-client` (XEP-0368 §3); none
    /// switches ALPN off. With STARTTLS there is never ALPN.
    #[must_use]
    pub fn with_direct_tls_alpn(mut self, protocols: &[&[u8]]) -> Self {
        self.alpn = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        self
    }

    /// Shows this certificate (PEM, with its intermediates behind it) where the server asks for
    /// one: for SASL EXTERNAL (XEP-0178).
    ///
    /// The copy of the key that is made from the text is overwritten when it is no longer needed,
    /// whether a configuration is built or not; the text itself is the caller's to overwrite.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]: not PEM, or no certificate or key in it. Whether they fit each other shows
    /// when building.
    pub fn with_client_certificate_pem(
        mut self,
        certificates: &[u8],
        private_key: &[u8],
    ) -> Result<Self, ConfigError> {
        let chain = pem::certificates(certificates, None)?;
        let chain = chain.into_iter().map(|(certificate, _)| certificate).collect();
        self.client = Some((chain, Zeroizing::new(pem::private_key(private_key)?)));
        Ok(self)
    }

    /// Lets TLS 1.2 do without an extended master secret (RFC 7627), for servers that are too old
    /// for it: the connection may then be tied to another one (triple handshake), so there is no
    /// `tls-exporter` channel binding on TLS 1.2.
    #[must_use]
    pub const fn dangerous_allow_no_extended_master_secret(mut self, allow: bool) -> Self {
        self.extended_master_secret = !allow;
        self
    }

    /// Makes the configuration; reads the system's authorities (files), so not within hot code.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoRoots`]: nobody to trust. [`ConfigError::NoPins`]: pins are to count alone, and
    /// there is none. [`ConfigError::NoVersions`]. [`ConfigError::ClientCertificate`]: one that does
    /// not fit its key.
    pub fn build(self) -> Result<TlsConfig, ConfigError> {
        self.build_set().map(TlsConfig::from)
    }

    pub(crate) fn build_set(self) -> Result<Set, ConfigError> {
        // The provider is handed over, never taken from the process: another crate might set it.
        let provider = Arc::new(ring::default_provider());
        let versions: Vec<&'static SupportedProtocolVersion> =
            [(TlsVersion::V1_2, &TLS12), (TlsVersion::V1_3, &TLS13)]
                .into_iter()
                .filter_map(|(version, rustls)| self.versions.contains(&version).then_some(rustls))
                .collect();
        let (chain, without_system_roots) = if self.pins_alone {
            (None, None)
        } else {
            let (chain, without) = roots::verifier(self.base, &self.own, &provider)?;
            (Some(chain), without)
        };
        let verifier = pins::verifier(chain, self.pins, &provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions)
            .map_err(|_| ConfigError::NoVersions)?
            // Only the way to hand over a verifier: this one verifies everything.
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut starttls = match self.client {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                // rustls takes a key for itself; ring's provider overwrites that one when loaded.
                .with_client_auth_cert(chain, key.clone_key())
                .map_err(|error| ConfigError::ClientCertificate { text: error.to_string() })?,
        };
        // A resumed session would not look at the certificate again.
        starttls.resumption = Resumption::disabled();
        starttls.require_ems = self.extended_master_secret;
        let mut direct = starttls.clone();
        direct.alpn_protocols = self.alpn;
        Ok(Set { starttls: Arc::new(starttls), direct: Arc::new(direct), without_system_roots })
    }
}
