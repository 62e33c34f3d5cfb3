use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    MAX_ITERATIONS, MIN_ITERATIONS, SaslError,
    scram::{
        attributes::{Attributes, malformed},
        is_nonce,
    },
};

/// The longest salt in bytes. Servers take 12 to 36; every byte of it goes through HMAC.
const MAX_SALT: usize = 1024;

/// The server's first message (RFC 5802 §7, `server-first-message`), within its bounds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServerFirst<'a> {
    pub(super) nonce: &'a str,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
    /// XEP-0474's hash of what the server offers.
    pub(super) offered_hash: Option<Vec<u8>>,
}

impl<'a> ServerFirst<'a> {
    pub(super) fn parse(message: &'a str) -> Result<Self, SaslError> {
        let mut attributes = Attributes::new(message);
        let nonce = attributes.expect(b'r', "no nonce (r) where it belongs")?;
        let salt = attributes.expect(b's', "no salt (s) where it belongs")?;
        let iterations = attributes.expect(b'i', "no iteration count (i) where it belongs")?;
        let offered_hash = attributes.extension(b'h')?;
        if !is_nonce(nonce) {
            return Err(malformed("the nonce has characters that no nonce may have"));
        }
        let offered_hash = offered_hash.map(|hash| STANDARD.decode(hash)).transpose();
        Ok(Self {
            nonce,
            salt: parse_salt(salt)?,
            iterations: parse_iterations(iterations)?,
            offered_hash: offered_hash.map_err(|_| malformed("the hash (h) is no base64"))?,
        })
    }
}

fn parse_salt(text: &str) -> Result<Vec<u8>, SaslError> {
    let salt = STANDARD.decode(text).map_err(|_| malformed("the salt is no base64"))?;
    match salt.len() {
        0 => Err(malformed("the salt is empty")),
        1..=MAX_SALT => Ok(salt),
        _ => Err(malformed("the salt is longer than 1024 bytes")),
    }
}

fn parse_iterations(text: &str) -> Result<u32, SaslError> {
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed("the iteration count is no positive number"));
    }
    // A number with more digits than fit is too large in any case.
    let iterations = text.parse().unwrap_or(u64::MAX);
    if iterations < u64::from(MIN_ITERATIONS) {
        return Err(SaslError::TooFewIterations { iterations });
    }
    u32::try_from(iterations)
        .ok()
        .filter(|count| *count <= MAX_ITERATIONS)
        .ok_or(SaslError::TooManyIterations { iterations })
}
