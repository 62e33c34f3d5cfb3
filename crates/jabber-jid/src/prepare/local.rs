//! The local part: UsernameCaseMapped without eight further characters (RFC 7622 §3.3).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::class::Class;
use super::text::{self, Placed};
use super::{ascii, bidi};
use crate::{JidError, JidFault, JidPart};

/// Prepares a local part.
pub(super) fn local(text: &str) -> Result<Cow<'_, str>, JidError> {
    super::bounds(JidPart::Local, text)?;
    match ascii::local(text.as_bytes()) {
        Some(false) => Ok(Cow::Borrowed(text)),
        Some(true) => Ok(Cow::Owned(text.to_ascii_lowercase())),
        None => any(text),
    }
}

pub(super) fn any(text: &str) -> Result<Cow<'_, str>, JidError> {
    let prepared =
        text::until_stable(text, enforce).map_err(|fault| JidError::new(JidPart::Local, fault))?;
    super::fits(JidPart::Local, prepared)
}

/// The rules in the order of RFC 8265 §3.3.3: width, class, case, NFC, direction.
fn enforce(text: &str) -> Result<String, JidFault> {
    let mapped: Vec<Placed> =
        text.char_indices().flat_map(|(at, c)| text::width(c).map(move |c| (at, c))).collect();
    // The eight are looked for after the width mapping, or a full-width at sign would slip in.
    text::check(text, &mapped, |class, c| match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => ascii::is_local(byte),
        _ => matches!(class, Class::Valid | Class::Context),
    })?;
    // Character by character (RFC 8265 §3.3.2, toLowerCase): a final capital sigma becomes σ, so
    // that what follows a name does not change it.
    let prepared: String = mapped.into_iter().flat_map(|(_, c)| c.to_lowercase()).nfc().collect();
    if bidi::is_rtl(&prepared) && !bidi::obeys(&prepared) {
        return Err(JidFault::Direction);
    }
    Ok(prepared)
}
