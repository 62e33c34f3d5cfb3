//! The resource: OpaqueString (RFC 7622 §3.4).

use std::borrow::Cow;

use crate::{JidError, JidFault, JidPart};

/// Prepares a resource.
pub(crate) fn resource(text: &str) -> Result<Cow<'_, str>, JidError> {
    super::bounds(JidPart::Resource, text)?;
    if let Some((position, character)) = text.char_indices().find(|(_, c)| !matches!(c, ' '..='~'))
    {
        return Err(JidError::new(JidPart::Resource, JidFault::Character { character, position }));
    }
    super::fits(JidPart::Resource, Cow::Borrowed(text))
}
