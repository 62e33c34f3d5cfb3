//! A certificate for `localhost`, of an authority made on the spot.

use std::{error::Error, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// The acceptor, and its authority as PEM.
pub(crate) fn acceptor() -> Result<(Arc<TlsAcceptor>, String), Box<dyn Error>> {
    let key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // Of the same name as the leaf, OpenSSL takes the leaf for its own issuer and trusts it not.
    authority.distinguished_name.push(DnType::CommonName, "an authority of the bench's own");
    let certificate = authority.self_signed(&key)?;
    let issuer = Issuer::new(authority, key);
    let leaf_key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()])?;
    leaf.distinguished_name.push(DnType::CommonName, "localhost");
    let leaf = leaf.signed_by(&leaf_key, &issuer)?;
    let private = PrivateKeyDer::try_from(leaf_key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)?;
    Ok((Arc::new(TlsAcceptor::from(Arc::new(config))), certificate.pem()))
}
