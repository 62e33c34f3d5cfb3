//! The server's certificate, made when it starts.

use std::{error::Error, sync::Arc};

use jabber_jid::{Host, Jid};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio_rustls::TlsAcceptor;

use crate::StartError;

/// What accepts TLS for these names, and the authority to trust, in PEM.
pub(crate) fn acceptor<'a>(
    domain: &'a Jid,
    components: impl Iterator<Item = &'a Jid>,
) -> Result<(TlsAcceptor, String), StartError> {
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
    make(names).map_err(|source| StartError::Certificate { source })
}

fn make(names: Vec<String>) -> Result<(TlsAcceptor, String), Box<dyn Error + Send + Sync>> {
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
    Ok((TlsAcceptor::from(Arc::new(config)), ca_pem))
}
