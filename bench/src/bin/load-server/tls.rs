//! A certificate for `localhost`, of an authority made on the spot.

use std::{error::Error, fs, path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

/// By a certificate that is new, unless there is one in `identity` from before: a server that is
/// started again is the same one. The authority's goes to `authority`.
pub(crate) fn acceptor(identity: &str, authority: &str) -> Result<TlsAcceptor, Box<dyn Error>> {
    let pem = if !identity.is_empty() && Path::new(identity).exists() {
        fs::read_to_string(identity)?
    } else {
        let (pem, issuer) = made()?;
        for (file, text) in [(identity, &pem), (authority, &issuer)] {
            if !file.is_empty() {
                fs::write(file, text)?;
            }
        }
        pem
    };
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes())?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A certificate with its key, and that of its authority, as PEM.
fn made() -> Result<(String, String), Box<dyn Error>> {
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
    Ok((format!("{}{}", leaf.pem(), leaf_key.serialize_pem()), certificate.pem()))
}
