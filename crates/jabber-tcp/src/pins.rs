//! Certificates and keys that are known beforehand.

use std::{fmt, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use sha2::{Digest, Sha256};

use crate::ConfigError;

/// SHA-256 of a certificate, or of its public key.
type Hash = [u8; 32];

/// What the peer has to have one of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins {
    pub(crate) certificates: Vec<Hash>,
    pub(crate) public_keys: Vec<Hash>,
}

/// No certificate of the peer's is pinned.
#[derive(Debug)]
pub(crate) struct NotPinned {
    pub(crate) certificate: String,
    pub(crate) public_key: String,
}

/// Lets only pinned ones in, after what else there is to be checked.
#[derive(Debug)]
pub(crate) struct Pinned {
    /// The chain and the name; `None` where the pins count alone.
    pub(crate) chain: Option<Arc<dyn ServerCertVerifier>>,
    pub(crate) pins: Pins,
    pub(crate) provider: Arc<CryptoProvider>,
}

impl Pins {
    pub(crate) const fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.public_keys.is_empty()
    }

    fn check(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let whole: Hash = Sha256::digest(certificate).into();
        let end_entity = webpki::EndEntityCert::try_from(certificate)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let public_key: Hash = Sha256::digest(end_entity.subject_public_key_info()).into();
        if self.certificates.contains(&whole) || self.public_keys.contains(&public_key) {
            return Ok(());
        }
        let not = NotPinned { certificate: hex(&whole), public_key: hex(&public_key) };
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(not)))))
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(chain) = &self.chain {
            chain.verify_server_cert(certificate, intermediates, name, ocsp, now)?;
        }
        self.pins.check(certificate)?;
        Ok(ServerCertVerified::assertion())
    }

    /// Without it a certificate could be shown by somebody who does not have its key.
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

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not pinned: {}, key {}", self.certificate, self.public_key)
    }
}

impl std::error::Error for NotPinned {}

/// Reads a pin: 64 hexadecimal digits, with colons between bytes or without.
pub(crate) fn parse(pin: &str) -> Result<Hash, ConfigError> {
    let bad = || ConfigError::Pin { pin: pin.chars().take(128).collect() };
    let digits: Vec<u32> = pin
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).ok_or_else(bad))
        .collect::<Result<_, _>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from(high << 4 | low).ok(),
            _ => None,
        })
        .collect();
    if digits.len() != 64 {
        return Err(bad());
    }
    bytes.try_into().map_err(|_| bad())
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read_as_openssl_writes_them() {
        let plain = "00ff".repeat(16);
        let colons = ["00:FF"; 16].join(":");
        assert_eq!(parse(&plain).unwrap(), parse(&colons).unwrap());
        assert_eq!(hex(&parse(&plain).unwrap()), plain);
        for bad in ["", "00", &plain[1..], &format!("{plain}0"), &plain.replace('f', "g")] {
            assert!(matches!(parse(bad), Err(ConfigError::Pin { .. })), "{bad}");
        }
    }
}
