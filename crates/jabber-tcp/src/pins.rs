use std::{fmt, sync::Arc};

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest as _, Sha256};

use crate::ConfigError;

/// What of a certificate is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pin {
    /// The SHA-256 of the whole certificate, DER.
    Certificate([u8; 32]),
    /// The SHA-256 of the `SubjectPublicKeyInfo`, DER (RFC 7469 §2.4).
    PublicKey([u8; 32]),
}

/// The 32 bytes of a SHA-256: hexadecimal, with a colon between any two bytes or none at all, or base64.
pub(crate) fn parse(text: &str) -> Result<[u8; 32], ConfigError> {
    let bad = || ConfigError::BadPin { text: text.chars().take(100).collect() };
    let bytes = match text.len() {
        64 => hex(text.as_bytes().chunks(2)),
        95 => text
            .bytes()
            .skip(2)
            .step_by(3)
            .all(|byte| byte == b':')
            .then(|| hex(text.as_bytes().chunks(3).map(|pair| pair.get(..2).unwrap_or_default())))
            .flatten(),
        _ => {
            let padding = GeneralPurposeConfig::new()
                .with_decode_padding_mode(DecodePaddingMode::Indifferent);
            GeneralPurpose::new(&base64::alphabet::STANDARD, padding).decode(text).ok()
        }
    };
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(bad)
}

fn hex<'a>(pairs: impl Iterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    pairs
        .map(|pair| {
            let [high, low] = pair else { return None };
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
        })
        .collect()
}

/// Takes a certificate by its pin: after another verifier has taken it, or without one.
#[derive(Debug)]
pub(crate) struct Pinned {
    /// `None`: by the pin alone.
    pub(crate) first: Option<Arc<dyn ServerCertVerifier>>,
    pub(crate) pins: Vec<Pin>,
    pub(crate) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(first) = &self.first {
            first.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        }
        let parsed = webpki::EndEntityCert::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let certificate = Sha256::digest(end_entity).into();
        let public_key = Sha256::digest(parsed.subject_public_key_info()).into();
        let is_pinned = self.pins.iter().any(|pin| match pin {
            Pin::Certificate(pinned) => *pinned == certificate,
            Pin::PublicKey(pinned) => *pinned == public_key,
        });
        if is_pinned {
            return Ok(ServerCertVerified::assertion());
        }
        let error = NotPinned { certificate, public_key };
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error)))))
    }

    // A certificate is public: only a signature shows that the peer has its key.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What the certificate has, of which nothing is pinned.
#[derive(Debug)]
pub(crate) struct NotPinned {
    certificate: [u8; 32],
    public_key: [u8; 32],
}

impl NotPinned {
    /// As a pin can be given: hexadecimal.
    pub(crate) fn certificate(&self) -> String {
        self.certificate.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As a pin can be given: base64, the customary form (RFC 7469 §2.1.1).
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.public_key)
    }
}

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the certificate is not pinned")
    }
}

impl std::error::Error for NotPinned {}
