//! The domain: a name or an address (RFC 7622 §3.2).

use core::net::Ipv6Addr;
use std::borrow::Cow;

use super::{ascii, bidi, label};
use crate::{JidError, JidFault, JidPart};

/// What separates labels: the dot, and what the width mapping makes one (RFC 7622 §3.2.2).
const DOTS: [char; 2] = ['.', '\u{FF0E}'];

/// Prepares a domain.
pub(super) fn domain(text: &str) -> Result<Cow<'_, str>, JidError> {
    super::bounds(JidPart::Domain, text)?;
    // One final dot is the DNS root, and no part of the name (RFC 7622 §3.2).
    let name = text.strip_suffix('.').unwrap_or(text);
    match ascii::name(name.as_bytes()) {
        Some(false) => Ok(Cow::Borrowed(name)),
        Some(true) => Ok(Cow::Owned(name.to_ascii_lowercase())),
        None => any(name),
    }
}

/// A domain without its final dot, the general way.
pub(super) fn any(text: &str) -> Result<Cow<'_, str>, JidError> {
    let prepared = match text.strip_prefix('[') {
        Some(rest) => ipv6(rest),
        None => name(text),
    };
    let prepared = prepared.map_err(|fault| JidError::new(JidPart::Domain, fault))?;
    super::fits(JidPart::Domain, Cow::Owned(prepared))
}

/// An address in brackets, in its canonical form (RFC 5952), so that equal ones are equal texts.
fn ipv6(rest: &str) -> Result<String, JidFault> {
    let address = rest.strip_suffix(']').and_then(|text| text.parse::<Ipv6Addr>().ok());
    address.map(|address| format!("[{address}]")).ok_or(JidFault::Ipv6)
}

fn name(text: &str) -> Result<String, JidFault> {
    let mut prepared = String::with_capacity(text.len());
    let mut position = 0;
    for piece in text.split_inclusive(DOTS) {
        let label = piece.strip_suffix(DOTS);
        prepared.push_str(&label::label(label.unwrap_or(piece), position)?);
        if label.is_some() {
            prepared.push('.');
        }
        position += piece.len();
    }
    if prepared.is_empty() || prepared.ends_with('.') {
        return Err(JidFault::EmptyLabel { position });
    }
    // In a name with a right-to-left label every label has to obey (RFC 5893 §2).
    if bidi::is_rtl(&prepared) && !prepared.split('.').all(bidi::obeys) {
        return Err(JidFault::Direction);
    }
    Ok(prepared)
}

/// The prepared domain's name in A-labels.
pub(crate) fn to_ascii(domain: &str) -> String {
    if domain.is_ascii() {
        return domain.to_owned();
    }
    let labels: Vec<String> = domain.split('.').map(label::to_ascii).collect();
    labels.join(".")
}
