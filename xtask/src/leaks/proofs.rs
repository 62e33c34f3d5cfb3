//! What proves that one knows a password, by its shape: whoever reads it can try passwords against it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The shapes: what stands before, how long it is at least, and of what it is.
const SHAPES: &[(&str, usize, Of, &str)] = &[
    // RFC 5802 §5.1: at the end of the client's last message, 20 bytes or more in base64.
    (",p=", 27, Of::Base64, "a proof of SCRAM"),
    ("response=", 32, Of::Hex, "a response of DIGEST-MD5"),
    ("rspauth=", 32, Of::Hex, "a response of DIGEST-MD5"),
    // XEP-0078 §3.2 and XEP-0114 §3.
    ("<digest>", 40, Of::Hex, "a digest of XEP-0078"),
    ("<handshake>", 40, Of::Hex, "a handshake of XEP-0114"),
];

#[derive(Clone, Copy)]
enum Of {
    Hex,
    Base64,
}

/// What of it is in the text.
pub(crate) fn find(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (before, least, of, what) in SHAPES {
        let is_part = |byte: &u8| match of {
            Of::Hex => byte.is_ascii_hexdigit(),
            Of::Base64 => byte.is_ascii_alphanumeric() || b"+/".contains(byte),
        };
        let is_one = |(_, rest): (usize, &str)| {
            rest.bytes().take_while(|byte| is_part(byte)).count() >= *least
        };
        let after = |(at, _)| text.get(at + before.len()..).map(|rest| (at, rest));
        if text.match_indices(before).filter_map(after).any(is_one) {
            found.push((*what).to_owned());
        }
    }
    // RFC 5802 §5.1: all that the server's last message says, 20 bytes or more in base64.
    let signature = text.strip_prefix("v=").is_some_and(|rest| {
        rest.len() >= 28 && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    });
    found.extend(signature.then(|| "a signature of SCRAM".to_owned()));
    found
}

/// What the runs of base64 in the text say, from 8 characters on.
pub(crate) fn decoded(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let outside = |c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c));
    text.split(outside).filter(|run| run.len() >= 8).filter_map(|run| LENIENT.decode(run).ok())
}
