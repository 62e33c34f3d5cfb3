//! From a text as it was given to the prepared form (RFC 7622 §3).

mod ascii;
mod bidi;
mod class;
mod context;
mod domain;
mod label;
mod local;
mod punycode;
mod resource;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::sync::Arc;

pub(crate) use domain::to_ascii;
pub(crate) use resource::resource;

use crate::{JidError, JidFault, JidPart};

/// The most bytes that a prepared part may have (RFC 7622 §3.2, §3.3, §3.4).
const PART_LIMIT: usize = 1023;

/// Preparing shortens a text at most by this factor (a full-width letter: three bytes to one),
/// so a longer one is refused before any table is read.
const SHRINKS: usize = 4;

/// A prepared text and where its parts are.
#[derive(Debug, PartialEq)]
pub(crate) struct Prepared {
    pub(crate) text: Arc<str>,
    /// Where the domain begins: 0, or after the `@`.
    pub(crate) domain: usize,
    /// Where the `/` is, or the text ends.
    pub(crate) slash: usize,
}

/// Prepares a whole JID, split at the first `/` and the first `@` before it (RFC 7622 §3.1).
pub(crate) fn text(text: &str) -> Result<Prepared, JidError> {
    match ascii::text(text) {
        Some(prepared) => Ok(prepared),
        None => any(text),
    }
}

/// The way for all texts, which [`ascii::text`] only shortens.
fn any(text: &str) -> Result<Prepared, JidError> {
    let (bare, resource) = match text.split_once('/') {
        Some((bare, resource)) => (bare, Some(resource)),
        None => (text, None),
    };
    match bare.split_once('@') {
        Some((local, domain)) => parts(Some(local), domain, resource),
        None => parts(None, bare, resource),
    }
}

/// Prepares the parts and joins them.
pub(crate) fn parts(
    local: Option<&str>,
    domain: &str,
    resource: Option<&str>,
) -> Result<Prepared, JidError> {
    let local = local.map(local::local).transpose()?;
    let domain_part = domain::domain(domain)?;
    let resource = resource.map(resource::resource).transpose()?;
    let mut text = String::with_capacity(
        2 + domain_part.len()
            + local.as_deref().map_or(0, str::len)
            + resource.as_deref().map_or(0, str::len),
    );
    if let Some(local) = local {
        text.push_str(&local);
        text.push('@');
    }
    let domain = text.len();
    text.push_str(&domain_part);
    let slash = text.len();
    if let Some(resource) = resource {
        text.push('/');
        text.push_str(&resource);
    }
    Ok(Prepared { text: text.into(), domain, slash })
}

/// The checks before any work: there is something, and not far too much.
fn bounds(part: JidPart, text: &str) -> Result<(), JidError> {
    if text.is_empty() {
        return Err(JidError::new(part, JidFault::Empty));
    }
    if text.len() > PART_LIMIT * SHRINKS {
        return Err(JidError::new(part, JidFault::TooLong));
    }
    Ok(())
}

/// The check after all work: the prepared part is within its limit.
fn fits(part: JidPart, text: Cow<'_, str>) -> Result<Cow<'_, str>, JidError> {
    match text.len() {
        0 => Err(JidError::new(part, JidFault::Empty)),
        1..=PART_LIMIT => Ok(text),
        _ => Err(JidError::new(part, JidFault::TooLong)),
    }
}
