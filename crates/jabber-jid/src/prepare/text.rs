//! Steps that the parts share.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::class::{Class, class};
use super::context;
use crate::JidFault;

/// A character as it is checked, and where the one that it came from stands in the given text.
pub(super) type Placed = (usize, char);

/// Maps full-width and half-width characters to the usual ones (RFC 8264 §5.2.1).
///
/// Their compatibility normalisation does it: where it goes further than the one step that is
/// meant, both results have characters that the identifier class refuses.
pub(super) fn width(c: char) -> impl Iterator<Item = char> {
    let is_wide = matches!(c, '\u{3000}' | '\u{FF01}'..='\u{FFEE}');
    let mapped = is_wide.then(|| core::iter::once(c).nfkc());
    let same = (!is_wide).then_some(c);
    mapped.into_iter().flatten().chain(same)
}

/// Checks every character by its class, and those that depend on others by their context.
pub(super) fn check(
    text: &str,
    mapped: &[Placed],
    allowed: impl Fn(Class, char) -> bool,
) -> Result<(), JidFault> {
    let mut contexts = Vec::new();
    for (index, (position, c)) in mapped.iter().enumerate() {
        let class = class(*c);
        if !allowed(class, *c) {
            // The author finds the character that he wrote, not what became of it.
            let character = at(text, *position).unwrap_or(*c);
            let position = *position;
            return Err(match class {
                Class::Unassigned => JidFault::Unassigned { character, position },
                _ => JidFault::Character { character, position },
            });
        }
        if class == Class::Context {
            contexts.push((index, *position));
        }
    }
    if contexts.is_empty() {
        return Ok(());
    }
    let characters: Vec<char> = mapped.iter().map(|(_, c)| *c).collect();
    for (index, position) in contexts {
        if !context::allows(&characters, index) {
            let character = at(text, position).unwrap_or_default();
            return Err(JidFault::Context { character, position });
        }
    }
    Ok(())
}

fn at(text: &str, position: usize) -> Option<char> {
    text.get(position..)?.chars().next()
}

/// Applies `step` until it changes nothing: once, and at most three times more (RFC 8264 §7).
pub(super) fn until_stable<'a>(
    text: &'a str,
    step: impl Fn(&str) -> Result<String, JidFault>,
) -> Result<Cow<'a, str>, JidFault> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..=4 {
        let next = step(&text)?;
        if next == *text {
            return Ok(text);
        }
        text = Cow::Owned(next);
    }
    Err(JidFault::Unstable)
}
