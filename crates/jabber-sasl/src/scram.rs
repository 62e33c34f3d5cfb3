//! What both sides of SCRAM have in common: the hash functions, the keys, the grammar.

pub(crate) mod attributes;
pub(crate) mod hash;
pub(crate) mod keys;
pub(crate) mod offered;

/// Random bytes in a nonce of ours: 192 bits, 32 characters as base64.
const NONCE_BYTES: usize = 24;

/// A fresh nonce (RFC 5802 §5.1, `r`): printable and without a comma, because it is base64.
pub(crate) fn nonce(entropy: &mut dyn jabber_security::Entropy) -> String {
    let mut bytes = [0; NONCE_BYTES];
    entropy.fill(&mut bytes);
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}

/// True for the characters of a nonce (RFC 5802 §7, `printable`).
pub(crate) fn is_nonce(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
}
