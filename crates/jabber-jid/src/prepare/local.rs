//! The local part: UsernameCaseMapped without eight further characters (RFC 7622 §3.3).

use std::borrow::Cow;

use super::ascii;
use crate::{JidError, JidFault, JidPart};

/// Prepares a local part.
pub(super) fn local(text: &str) -> Result<Cow<'_, str>, JidError> {
    super::bounds(JidPart::Local, text)?;
    if let Some((position, character)) =
        text.char_indices().find(|(_, c)| !c.is_ascii() || !ascii::is_local(*c as u8))
    {
        return Err(JidError::new(JidPart::Local, JidFault::Character { character, position }));
    }
    super::fits(JidPart::Local, Cow::Owned(text.to_ascii_lowercase()))
}
