//! The domain: a name or an address (RFC 7622 §3.2).

use std::borrow::Cow;

use super::ascii;
use crate::{JidError, JidFault, JidPart};

/// The most bytes of a label in its ASCII form (RFC 5890 §2.3.1).
pub(super) const LABEL_LIMIT: usize = 63;

/// Prepares a domain.
pub(super) fn domain(text: &str) -> Result<Cow<'_, str>, JidError> {
    super::bounds(JidPart::Domain, text)?;
    let text = text.strip_suffix('.').unwrap_or(text);
    if ascii::name(text.as_bytes()).is_none() {
        let (position, character) = text.char_indices().next().unwrap_or((0, '.'));
        return Err(JidError::new(JidPart::Domain, JidFault::Character { character, position }));
    }
    super::fits(JidPart::Domain, Cow::Owned(text.to_ascii_lowercase()))
}

/// The prepared domain's name in A-labels.
pub(crate) fn to_ascii(domain: &str) -> String {
    domain.to_owned()
}
