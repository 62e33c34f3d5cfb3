//! Certificates and keys that are known beforehand.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_security::hex;
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
        let not = NotPinned { certificate: hex(whole), public_key: hex(public_key) };
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

/// What lets a server in: the chain, the pins besides, or, without a chain, the pins alone.
///
/// # Errors
/// [`ConfigError::NoPins`]: there is neither.
pub(crate) fn verifier(
    chain: Option<Arc<dyn ServerCertVerifier>>,
    pins: Pins,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    match (chain, pins.is_empty()) {
        (None, true) => Err(ConfigError::NoPins),
        (Some(chain), true) => Ok(chain),
        (chain, false) => Ok(Arc::new(Pinned { chain, pins, provider: Arc::clone(provider) })),
    }
}

/// Reads a pin: 64 hexadecimal digits, with a colon between all bytes or none, or RFC 7469's Base64
/// (§2.4), also behind `sha256/`.
pub(crate) fn parse(pin: &str) -> Result<Hash, ConfigError> {
    let bytes = match (pin.len(), pin.strip_prefix("sha256/")) {
        (64, _) => pairs(pin, ""),
        (95, _) => pairs(pin, ":"),
        // The alphabet, the padding and the bits behind the last byte are the only right ones.
        (_, base64) => STANDARD.decode(base64.unwrap_or(pin)).ok(),
    };
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| ConfigError::Pin { pin: pin.chars().take(128).collect() })
}

/// Bytes of two digits each, with this between them.
fn pairs(text: &str, between: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if !bytes.is_empty() {
            rest = rest.strip_prefix(between)?;
        }
        let (pair, behind) = rest.split_at_checked(2)?;
        let mut digits = pair.chars().map(|c| c.to_digit(16));
        let byte = digits.next()?? << 4 | digits.next()??;
        bytes.push(u8::try_from(byte).ok()?);
        rest = behind;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read_as_openssl_and_rfc_7469_write_them() {
        let plain = "00ff".repeat(16);
        let colons = ["00:FF"; 16].join(":");
        let hash = parse(&plain).unwrap();
        assert_eq!(hex(hash), plain);
        let base64 = STANDARD.encode(hash);
        for same in [&colons, &colons.to_lowercase(), &base64, &format!("sha256/{base64}")] {
            assert_eq!(parse(same).unwrap(), hash, "{same}");
        }
        // RFC 7469 §2.1.5.
        parse("sha256/d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM=").unwrap();
    }

    #[test]
    fn what_is_nearly_a_pin_is_none() {
        let plain = "00ff".repeat(16);
        let colons = ["00:ff"; 16].join(":");
        let base64 = STANDARD.encode(parse(&plain).unwrap());
        for bad in [
            "",
            ":",
            "00",
            &plain[1..],
            &format!("{plain}0"),
            &format!("{plain}00"),
            &plain.replace('f', "g"),
            &plain.replace("00", "+0"),
            &format!(":{plain}"),
            &format!("{plain}:"),
            // Colons, but not between all of the bytes, or within one.
            &colons.replacen(':', "", 1),
            &format!("{colons}:"),
            &format!("0:{}", &colons[1..]),
            &colons.replacen("00:ff", "0:0ff", 1),
            &colons.replacen("00:ff:00", "00ff::00", 1),
            &colons.replace(':', "-"),
            &format!("{}::{}", "0".repeat(31), "0".repeat(62)),
            &format!("sha256/{plain}"),
            &format!("sha1/{base64}"),
            &format!("sha256/sha256/{base64}"),
            &format!("{base64}="),
            &format!(" {base64}"),
            base64.trim_end_matches('='),
            &base64.replace('/', "_"),
            // Bits that stand for nothing.
            &base64.replace("8=", "9="),
            &STANDARD.encode([0; 31]),
            &STANDARD.encode([0; 33]),
            "ä".repeat(32).as_str(),
        ] {
            assert!(matches!(parse(bad), Err(ConfigError::Pin { .. })), "{bad}");
        }
    }
}
