use std::sync::Arc;

use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::CertificateDer,
};
use rustls_platform_verifier::Verifier;

use crate::ConfigError;

/// Whom to trust apart from one's own authorities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Base {
    #[default]
    System,
    Nobody,
    #[cfg(feature = "webpki-roots")]
    Bundled,
}

/// A verifier, and why it does without the system's authorities although they were wanted.
type Verification = (Arc<dyn ServerCertVerifier>, Option<String>);

pub(crate) fn verifier(
    base: Base,
    own: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Verification, ConfigError> {
    match base {
        Base::System => system(own, provider),
        Base::Nobody => Ok((only(store(own), "none was added", provider)?, None)),
        #[cfg(feature = "webpki-roots")]
        Base::Bundled => {
            let mut roots = store(own);
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            Ok((only(roots, "none is compiled in", provider)?, None))
        }
    }
}

fn system(
    own: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Verification, ConfigError> {
    // Alone first: with further roots at hand, it would not say that the system has none.
    match Verifier::new(provider.clone()) {
        Ok(verifier) if own.is_empty() => Ok((Arc::new(verifier), None)),
        Ok(_) => {
            let verifier = Verifier::new_with_extra_roots(own.to_vec(), provider.clone())
                .map_err(|error| ConfigError::NoRoots { reason: error.to_string() })?;
            Ok((Arc::new(verifier), None))
        }
        Err(error) => {
            let reason = format!("this system has none: {error}");
            Ok((only(store(own), &reason, provider)?, Some(reason)))
        }
    }
}

fn only(
    roots: RootCertStore,
    why_none: &str,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    let none = || ConfigError::NoRoots { reason: why_none.to_owned() };
    if roots.is_empty() {
        return Err(none());
    }
    match WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone()).build() {
        Ok(verifier) => Ok(verifier),
        Err(_) => Err(none()),
    }
}

/// Each of them was checked when it was added.
fn store(own: &[CertificateDer<'static>]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(own.iter().cloned());
    roots
}
