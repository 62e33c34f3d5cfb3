//! Certificate authorities of the tests' own.

use std::{
    io,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, OtherNameValue, SanType, date_time_ymd,
};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use sha2::{Digest as _, Sha256};

/// A certificate authority that nobody else trusts.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// A new one with a new key. Two of them never trust each other's certificates, whatever their
    /// names are.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = valid_now(CertificateParams::default());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self { issuer: CertifiedIssuer::self_signed(params, key).unwrap() }
    }

    /// A server's certificate for these host names (or IP addresses), with a new key.
    #[must_use]
    pub fn issue(&self, names: &[&str]) -> Identity {
        self.issue_with(names, |_| ())
    }

    /// The same, changed as wished.
    #[must_use]
    pub fn issue_with(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = server(names);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }
    }

    /// One that a server's certificate of this authority has issued, which is none of an authority
    /// (RFC 5280 §4.2.1.9), with that one behind it.
    #[must_use]
    pub fn issue_by_a_server(&self, names: &[&str]) -> Identity {
        let (issuing, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let issuer = server(&["issuer.example"]);
        let between = issuer.signed_by(&issuing, &self.issuer).unwrap();
        let leaf = server(names).signed_by(&key, &Issuer::new(issuer, issuing)).unwrap();
        let certificate_pem = leaf.pem() + &between.pem();
        Identity { certificate_pem, key_pem: key.serialize_pem() }
    }

    /// A client's certificate for this bare JID (XEP-0178 §2), with a new key.
    #[must_use]
    pub fn issue_client(&self, jid: &str) -> Identity {
        // RFC 6120 §13.7.1.4: id-on-xmppAddr.
        const XMPP_ADDR: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 8, 5];
        let mut params = valid_now(CertificateParams::default());
        let name = OtherNameValue::Utf8String(jid.to_owned());
        params.subject_alt_names.push(SanType::OtherName((XMPP_ADDR.to_vec(), name)));
        params.distinguished_name.push(DnType::CommonName, "A test's client");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }
    }

    /// The authority's own certificate, PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The authority's own certificate, DER.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        self.issuer.der()
    }

    /// A client's configuration that trusts this authority only and speaks these versions.
    #[must_use]
    pub fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    }
}

/// A certificate and its key.
#[derive(Debug)]
pub struct Identity {
    /// The certificate, PEM.
    pub certificate_pem: String,
    /// The key of it, PKCS #8, PEM.
    pub key_pem: String,
}

impl Identity {
    /// A server's configuration that shows it, with what else is in its chain, and speaks these versions.
    #[must_use]
    pub fn server(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let chain = CertificateDer::pem_slice_iter(self.certificate_pem.as_bytes());
        let chain = chain.map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).unwrap();
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap()
    }

    /// The hash of the whole certificate, in hexadecimal: of `tls-server-end-point` (RFC 5929 §4.1), as its
    /// signature is by SHA-256.
    ///
    /// # Errors
    ///
    /// If the certificate is no PEM.
    pub fn sha256(&self) -> io::Result<String> {
        let certificate = CertificateDer::from_pem_slice(self.certificate_pem.as_bytes());
        let certificate = certificate.map_err(io::Error::other)?;
        let hash = Sha256::digest(&certificate);
        Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// What a server's certificate for these names says.
fn server(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = valid_now(CertificateParams::new(names).unwrap());
    params.distinguished_name.push(DnType::CommonName, "A test's server");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// For last year, this one and the next. rcgen's own default is two thousand years, after which
/// ejabberd cannot set a timer.
fn valid_now(mut params: CertificateParams) -> CertificateParams {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let years = i32::try_from(since_1970 / 31_556_952).unwrap();
    params.not_before = date_time_ymd(1970 + years - 1, 1, 1);
    params.not_after = date_time_ymd(1970 + years + 2, 1, 1);
    params
}
