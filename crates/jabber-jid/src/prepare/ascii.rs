//! The fast path: JIDs of plain ASCII, one allocation and no table.

use std::sync::Arc;

use super::{PART_LIMIT, Prepared};

/// Prepares `text`, or `None` where it is not plain ASCII or has a fault: the general way then
/// decides, and says what is wrong.
pub(super) fn text(text: &str) -> Option<Prepared> {
    let bytes = text.as_bytes();
    let slash = bytes.iter().position(|b| *b == b'/').unwrap_or(bytes.len());
    let (bare, rest) = bytes.split_at_checked(slash)?;
    let at = bare.iter().position(|b| *b == b'@');
    let domain = at.map_or(0, |at| at + 1);
    let mut upper = false;
    if let Some(at) = at {
        upper |= local(bare.get(..at)?)?;
    }
    upper |= name(bare.get(domain..)?)?;
    if let Some(resource) = rest.strip_prefix(b"/") {
        plain(resource)?;
    }
    let mut shared = Arc::<str>::from(text);
    if upper {
        Arc::get_mut(&mut shared)?.get_mut(..slash)?.make_ascii_lowercase();
    }
    Some(Prepared { text: shared, domain, slash })
}

/// Whether ASCII character `byte` may be in a local part: the identifier class has all visible
/// ones (RFC 8264 §9.11), and RFC 7622 §3.3.1 takes eight away.
pub(super) const fn is_local(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'&' | b'\'' | b'/' | b':' | b'<' | b'>' | b'@')
}

/// A local part that needs lower case at most; true if it does.
pub(super) fn local(bytes: &[u8]) -> Option<bool> {
    let mut upper = false;
    for byte in bytes {
        if !is_local(*byte) {
            return None;
        }
        upper |= byte.is_ascii_uppercase();
    }
    in_limit(bytes).then_some(upper)
}

/// A domain of labels of letters, digits and hyphens that needs lower case at most; true if it
/// does. A-labels, addresses in brackets and a final dot are not for this path.
pub(super) fn name(bytes: &[u8]) -> Option<bool> {
    let mut upper = false;
    for label in bytes.split(|b| *b == b'.') {
        let hyphens = label.first() == Some(&b'-')
            || label.last() == Some(&b'-')
            || label.get(2..4) == Some(b"--");
        if label.is_empty() || label.len() > super::label::LIMIT || hyphens {
            return None;
        }
        for byte in label {
            if !(byte.is_ascii_alphanumeric() || *byte == b'-') {
                return None;
            }
            upper |= byte.is_ascii_uppercase();
        }
    }
    in_limit(bytes).then_some(upper)
}

/// A resource that is prepared as it is: the freeform class has all visible ASCII and the space.
pub(super) fn plain(bytes: &[u8]) -> Option<()> {
    let plain = bytes.iter().all(|b| matches!(b, b' '..=b'~'));
    (plain && in_limit(bytes)).then_some(())
}

fn in_limit(bytes: &[u8]) -> bool {
    (1..=PART_LIMIT).contains(&bytes.len())
}
