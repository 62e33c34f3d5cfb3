//! Lies within a login.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jabber_xml::ns;

use crate::misbehaving::{Lie, login::NONCE};

/// An element of SASL with that data.
pub(super) fn element(name: &str, data: &str) -> String {
    raw(name, &STANDARD.encode(data))
}

/// The same, with that text as it is.
pub(super) fn raw(name: &str, text: &str) -> String {
    format!("<{name} xmlns='{}'>{text}</{name}>", ns::SASL)
}

/// What stands in the challenge instead; `None` where the lie is none of this sort.
pub(super) fn challenge(lie: Lie, right: &str) -> Option<String> {
    let mut parts = right.split(',');
    let mut next = || parts.next().unwrap_or_default();
    let (r, s, i) = (next(), next(), next());
    let ours = r.strip_prefix("r=").and_then(|it| it.strip_suffix(NONCE)).unwrap_or_default();
    let nonce = |nonce: String| Some(format!("r={nonce},{s},{i}"));
    let salt = |salt: &str| Some(format!("{r},s={salt},{i}"));
    let iterations = |count: &str| Some(format!("{r},{s},i={count}"));
    match lie {
        Lie::NonceOther => nonce(NONCE.to_owned()),
        Lie::NonceEqual => nonce(ours.to_owned()),
        Lie::NoncePrefix => {
            let shorter = ours.get(..ours.len().saturating_sub(1)).unwrap_or_default();
            nonce(format!("{shorter}~{NONCE}"))
        }
        Lie::NonceBehind => nonce(format!("{NONCE}{ours}")),
        Lie::SaltEmpty => salt(""),
        Lie::SaltHuge => salt(&"QUFB".repeat(32 * 1024)),
        Lie::SaltNotBase64 => salt("*no base64*"),
        Lie::IterationsOne => iterations("1"),
        Lie::IterationsFew => iterations("4095"),
        Lie::IterationsZero => iterations("0"),
        Lie::IterationsMissing => Some(format!("{r},{s}")),
        Lie::IterationsLeadingZero => iterations("04096"),
        Lie::IterationsMany => iterations("2147483648"),
        Lie::IterationsEndless => iterations("100000000000000000000"),
        Lie::MandatoryExtension => Some(format!("m=nobody-knows,{right}")),
        Lie::DowngradeHash => Some(format!("{right},h={}", STANDARD.encode([7; 32]))),
        Lie::OutOfOrder => Some(format!("{s},{r},{i}")),
        Lie::Duplicated => Some(format!("{r},{s},{s},{i}")),
        Lie::ErrorInChallenge => Some("e=other-error".to_owned()),
        Lie::OtherQop => Some(right.replace("qop=\"auth\"", "qop=\"auth-conf\"")),
        Lie::OtherAlgorithm => Some(right.replace("md5-sess", "sha-256-sess")),
        Lie::TwoNonces => Some(format!("{right},nonce=\"another\"")),
        _ => None,
    }
}

/// What stands in place of the server's proof, `v=...` or `rspauth=...`.
pub(super) fn proof(lie: Lie, right: &str) -> String {
    let (name, proof) = right.split_once('=').unwrap_or((right, ""));
    let half = proof.get(..proof.len() / 2).unwrap_or_default();
    match lie {
        Lie::ProofEmpty => format!("{name}="),
        Lie::ErrorInSuccess => "e=other-error".to_owned(),
        // Bytes of a digest in base64 end where four characters do.
        Lie::ProofTruncated => {
            format!("{name}={}", half.get(..half.len() / 4 * 4).unwrap_or_default())
        }
        Lie::ProofWrong | Lie::ProofWrongInChallenge => {
            let first = if proof.starts_with('0') { '1' } else { '0' };
            format!("{name}={first}{}", proof.get(1..).unwrap_or_default())
        }
        _ => right.to_owned(),
    }
}
