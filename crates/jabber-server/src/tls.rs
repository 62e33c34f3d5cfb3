//! The server's certificate, made when it starts, and what binds logins to it.

use std::{error::Error, fmt, sync::Arc};

use jabber_jid::{Host, Jid};
use jabber_sasl::BindingType;
use jabber_security::ChannelBinding;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ProtocolVersion, ServerConfig, ServerConnection,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::StartError;

/// What accepts TLS connections.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The data of `tls-server-end-point` (RFC 5929 §4.1).
    end_point: [u8; 32],
    /// The types that logins may be bound by.
    bindings: Vec<BindingType>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// What a login on that connection can be bound to.
    pub(crate) fn binding(&self, connection: &ServerConnection) -> ChannelBinding {
        self.bindings.iter().fold(ChannelBinding::none(), |binding, kind| match kind {
            BindingType::TlsServerEndPoint => {
                binding.with_tls_server_end_point(self.end_point.to_vec())
            }
            BindingType::TlsExporter => match exported(connection) {
                Some(data) => binding.with_tls_exporter(data),
                None => binding,
            },
            _ => binding,
        })
    }
}

/// The data of `tls-exporter`.
fn exported(connection: &ServerConnection) -> Option<[u8; 32]> {
    // RFC 9266 §4.2: TLS 1.2 would need the extended master secret, which is not demanded here.
    if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return None;
    }
    // RFC 9266 §4: the label, an empty context, 32 bytes.
    connection.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(&[])).ok()
}

/// What accepts TLS for these names, and the authority to trust, in PEM.
pub(crate) fn acceptor<'a>(
    domain: &'a Jid,
    components: impl Iterator<Item = &'a Jid>,
    bindings: Vec<BindingType>,
) -> Result<(Tls, String), StartError> {
    // IP addresses are for clients that are told to verify the address they connect to.
    let addresses = ["127.0.0.1".to_owned(), "::1".to_owned()];
    let mut names: Vec<_> = std::iter::once(domain)
        .chain(components)
        .filter_map(|jid| jid.host().ok())
        .map(|host| match host {
            Host::Name(name) => name,
            Host::Ip(address) => address.to_string(),
        })
        .chain(addresses)
        .collect();
    names.sort();
    names.dedup();
    make(names, bindings).map_err(|source| StartError::Certificate { source })
}

fn make(
    names: Vec<String>,
    bindings: Vec<BindingType>,
) -> Result<(Tls, String), Box<dyn Error + Send + Sync>> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "jabber-server test authority");
    let authority_key = KeyPair::generate()?;
    let ca_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);

    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "jabber-server");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&key, &issuer)?;

    // The provider is handed over: a program's choice of a process-wide one stays its own.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    // The certificate is signed by ECDSA with SHA-256, rcgen's default: that is its hash.
    let end_point = Sha256::digest(certificate.der()).into();
    Ok((Tls { acceptor: TlsAcceptor::from(Arc::new(config)), end_point, bindings }, ca_pem))
}
