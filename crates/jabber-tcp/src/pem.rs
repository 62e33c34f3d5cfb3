use std::path::Path;

use rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{self, PemObject},
};

use crate::{ConfigError, PemPlace};

/// All certificates in `text`, each with its place; at least one.
pub(crate) fn certificates(
    text: &[u8],
    file: Option<&Path>,
) -> Result<Vec<(CertificateDer<'static>, PemPlace)>, ConfigError> {
    let mut found = Vec::new();
    for item in CertificateDer::pem_slice_iter(text) {
        let place = place(text, file, found.len() + 1);
        match item {
            Ok(certificate) => found.push((certificate, place)),
            Err(error) => return Err(ConfigError::Pem { place, text: explain(&error) }),
        }
    }
    if found.is_empty() {
        return Err(ConfigError::NoCertificate { place: whole(file) });
    }
    Ok(found)
}

/// The first private key in `text`.
pub(crate) fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, ConfigError> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| match error {
        pem::Error::NoItemsFound => ConfigError::NoKey { place: whole(None) },
        error => ConfigError::Pem { place: whole(None), text: explain(&error) },
    })
}

fn whole(file: Option<&Path>) -> PemPlace {
    PemPlace { file: file.map(Path::to_owned), ..PemPlace::default() }
}

fn place(text: &[u8], file: Option<&Path>, certificate: usize) -> PemPlace {
    let line = text
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| line.starts_with(b"-----BEGIN CERTIFICATE-----"))
        .nth(certificate - 1)
        .map(|(index, _)| index + 1);
    PemPlace { certificate: Some(certificate), line, ..whole(file) }
}

/// Never the text itself: beside a certificate there may be a key.
fn explain(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "its -----END line is missing",
        pem::Error::IllegalSectionStart { .. } => "its -----BEGIN line is malformed",
        pem::Error::Base64Decode(_) => "what is inside is not Base64",
        pem::Error::SectionTooLarge => "it is too large",
        _ => "it cannot be read",
    }
    .to_owned()
}
