//! The XML declaration.

use crate::Fault;
use crate::chars::{At, is_space};

/// Checks an XML declaration from `<?xml` to `?>` (XML 1.0 §2.8).
pub(crate) fn check(declaration: &[u8]) -> Result<(), At> {
    let inside = declaration.strip_prefix(b"<?xml").and_then(|d| d.strip_suffix(b"?>"));
    let malformed = (Fault::XmlDeclaration, 0);
    let mut rest = inside.ok_or(malformed)?;
    let mut expected = [&b"version"[..], b"encoding", b"standalone"].into_iter();
    let mut first = true;
    loop {
        let trimmed = trim(rest);
        if trimmed.is_empty() {
            return if first { Err(malformed) } else { Ok(()) };
        }
        if trimmed.len() == rest.len() {
            return Err(malformed);
        }
        let (name, value, tail) = pseudo_attribute(trimmed).ok_or(malformed)?;
        // In this order and each at most once; `version` must be there.
        if !expected.any(|expected| expected == name) || (first && name != b"version") {
            return Err(malformed);
        }
        let at = declaration.len().saturating_sub(2 + tail.len() + value.len() + 1);
        match name {
            b"version" if value != b"1.0" => return Err((Fault::XmlDeclaration, at)),
            // RFC 6120 §11.6: UTF-8 and nothing else.
            b"encoding" if !value.eq_ignore_ascii_case(b"utf-8") => {
                return Err((Fault::Encoding, at));
            }
            b"standalone" if value != b"yes" && value != b"no" => return Err(malformed),
            _ => {}
        }
        first = false;
        rest = tail;
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|&&b| is_space(b)).count();
    bytes.get(spaces..).unwrap_or_default()
}

/// Name, value and what is behind them.
fn pseudo_attribute(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name, _) =
        bytes.split_at_checked(bytes.iter().take_while(|b| b.is_ascii_lowercase()).count())?;
    let rest = trim(trim(bytes.get(name.len()..)?).strip_prefix(b"=")?);
    let (quote, rest) = rest.split_first().filter(|(q, _)| matches!(q, b'\'' | b'"'))?;
    let (value, tail) = rest.split_at_checked(memchr::memchr(*quote, rest)?)?;
    Some((name, value, tail.get(1..)?))
}
