//! The resource: OpaqueString (RFC 7622 §3.4).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::ascii;
use super::class::Class;
use super::text::{self, Placed};
use crate::{JidError, JidFault, JidPart};

/// Prepares a resource.
pub(crate) fn resource(text: &str) -> Result<Cow<'_, str>, JidError> {
    super::bounds(JidPart::Resource, text)?;
    match ascii::plain(text.as_bytes()) {
        Some(()) => Ok(Cow::Borrowed(text)),
        None => any(text),
    }
}

pub(super) fn any(text: &str) -> Result<Cow<'_, str>, JidError> {
    let prepared = text::until_stable(text, enforce)
        .map_err(|fault| JidError::new(JidPart::Resource, fault))?;
    super::fits(JidPart::Resource, prepared)
}

/// The rules in the order of RFC 8265 §4.2.2: class, spaces, NFC.
fn enforce(text: &str) -> Result<String, JidFault> {
    let placed: Vec<Placed> = text.char_indices().collect();
    text::check(text, &placed, |class, _| {
        matches!(class, Class::Valid | Class::Freeform | Class::Context)
    })?;
    Ok(text.chars().map(space).nfc().collect())
}

/// All spaces become the one of ASCII.
fn space(c: char) -> char {
    match c.general_category() {
        GeneralCategory::SpaceSeparator => ' ',
        _ => c,
    }
}
