//! Whom to trust and what to show, as a person configures it.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_tcp::{ConfigError, TlsConfig, TlsConfigBuilder};

/// The first byte says what is given: the PEM text of an authority (0), of the client's certificate
/// and, behind a NUL, its key (1), a pin (2), or, as DER that is put into PEM here, an authority (3),
/// and certificate and key (4).
///
/// No error shows a line of what may be a key; what is taken can be built from or says why not; and a
/// pin is taken where it is one.
pub(crate) fn certificates(input: &[u8]) {
    let Some((mode, given)) = input.split_first() else { return };
    let split = given.iter().position(|byte| *byte == 0).unwrap_or(given.len());
    match mode % 5 {
        0 => authority(given),
        1 => {
            let (certificate, key) = given.split_at(split);
            client(certificate, key.get(1..).unwrap_or_default());
        }
        2 => pin(given),
        3 => authority(pem("CERTIFICATE", given).as_bytes()),
        _ => {
            // DER is full of NULs: its length comes first.
            let Some((length, rest)) = given.split_at_checked(2) else { return };
            let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            let (certificate, key) = rest.split_at(length.min(rest.len()));
            let (certificate, key) = (pem("CERTIFICATE", certificate), pem("PRIVATE KEY", key));
            client(certificate.as_bytes(), key.as_bytes());
        }
    }
}

fn base() -> TlsConfigBuilder {
    TlsConfig::builder().without_system_roots()
}

fn authority(text: &[u8]) {
    match base().add_ca_pem(text) {
        Ok(builder) => drop(builder.build().expect("somebody is trusted")),
        Err(error) => told(&error, text, text),
    }
}

fn client(certificate: &[u8], key: &[u8]) {
    // Trusts nobody else: who is trusted is not the question.
    let pinned = base().pin_certificate(&"00".repeat(32)).expect("a pin");
    let builder = pinned.dangerous_trust_pins_alone(true);
    let built =
        builder.with_client_certificate_pem(certificate, key).and_then(TlsConfigBuilder::build);
    if let Err(error) = built {
        told(&error, certificate, key);
    }
}

/// The place is one in the certificates, and what may be a key is not said.
fn told(error: &ConfigError, certificates: &[u8], key: &[u8]) {
    let shown = format!("{error} {error:?}");
    // What may be a part of a key; an error has no words of that length.
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    for line in key.split(|byte| !base64(byte)).filter(|line| line.len() >= 24) {
        let line = String::from_utf8_lossy(line);
        assert!(!shown.contains(&*line), "{line} is in {shown}");
    }
    if let ConfigError::Pem { place, .. } | ConfigError::Certificate { place, .. } = error {
        let lines = certificates.split(|byte| *byte == b'\n').count();
        assert!(place.line.is_none_or(|line| (1..=lines).contains(&line)), "{shown}");
    }
}

fn pin(given: &[u8]) {
    let Ok(text) = str::from_utf8(given) else { return };
    let taken = base().pin_public_key(text).is_ok();
    assert_eq!(taken, base().pin_certificate(text).is_ok(), "{text:?}");
    assert_eq!(taken, is_pin(text), "{text:?}");
}

/// Said in another way than the parser's.
fn is_pin(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes: Vec<&str> = text.split(':').collect();
    let base64 = text.strip_prefix("sha256/").unwrap_or(text);
    (text.len() == 64 && digits(text))
        || (bytes.len() == 32 && bytes.iter().all(|byte| byte.len() == 2 && digits(byte)))
        || STANDARD.decode(base64).is_ok_and(|hash| hash.len() == 32)
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        let _ = writeln!(text, "{}", String::from_utf8_lossy(line));
    }
    text + &format!("-----END {label}-----\n")
}
