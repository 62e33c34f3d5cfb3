//! Labels of a domain name: plain ones, U-labels and A-labels (RFC 5890, RFC 5891, RFC 5892).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::class::Class;
use super::punycode;
use super::text::{self, Placed};
use crate::JidFault;

/// The most bytes of a label in its ASCII form (RFC 5890 §2.3.1).
pub(super) const LIMIT: usize = 63;

/// What an A-label begins with.
const PREFIX: &str = "xn--";

/// Prepares the label that begins at `position` of its domain; international ones become U-labels.
pub(super) fn label(text: &str, position: usize) -> Result<String, JidFault> {
    if text.is_empty() {
        return Err(JidFault::EmptyLabel { position });
    }
    let prepared = text::until_stable(text, enforce).map_err(|fault| place(fault, position))?;
    if let Some(encoded) = prepared.strip_prefix(PREFIX) {
        return from_ascii(encoded, &prepared).ok_or(JidFault::Punycode { position });
    }
    rules(&prepared, position)?;
    if to_ascii(&prepared).len() > LIMIT {
        return Err(JidFault::LabelTooLong { position });
    }
    Ok(prepared.into_owned())
}

/// The A-label of a prepared label; one of plain ASCII stays.
pub(super) fn to_ascii(label: &str) -> String {
    match label.is_ascii() {
        true => label.to_owned(),
        false => format!("{PREFIX}{}", punycode::encode(label)),
    }
}

/// The U-label of an A-label. It must be one already: nothing is mapped, and the way back leads
/// to the same A-label (RFC 5891 §5.4).
fn from_ascii(encoded: &str, whole: &str) -> Option<String> {
    if whole.len() > LIMIT {
        return None;
    }
    let label = punycode::decode(encoded)?;
    let is_u_label = !label.is_ascii()
        && enforce(&label).is_ok_and(|mapped| mapped == label)
        && rules(&label, 0).is_ok()
        && to_ascii(&label) == whole;
    is_u_label.then_some(label)
}

/// Width, case and NFC (RFC 7622 §3.2.2), and which characters a label may have.
fn enforce(text: &str) -> Result<String, JidFault> {
    let mapped: Vec<Placed> = text
        .char_indices()
        .flat_map(|(at, c)| {
            text::width(c).flat_map(lower).nfc().map(move |c| (at, c)).collect::<Vec<_>>()
        })
        .collect();
    text::check(text, &mapped, |class, c| {
        if c.is_ascii() {
            return c.is_ascii_alphanumeric() || c == '-';
        }
        matches!(class, Class::Valid | Class::Context) && !is_precis_only(c)
    })?;
    Ok(mapped.into_iter().map(|(_, c)| c).nfc().collect())
}

/// Lower case; but IDNA has the capital Cherokee letters, to which the small ones case-fold.
fn lower(c: char) -> impl Iterator<Item = char> {
    let keep = matches!(c, '\u{13A0}'..='\u{13F5}');
    let mapped = (!keep).then(|| c.to_lowercase());
    mapped.into_iter().flatten().chain(keep.then_some(c))
}

/// What the identifier class of PRECIS has and IDNA2008 has not, capitals aside.
const fn is_precis_only(c: char) -> bool {
    // RFC 5892 §2.2, Unstable: case folding changes them.
    let unstable = matches!(c,
        '\u{345}' | '\u{13F8}'..='\u{13FD}' | '\u{1C80}'..='\u{1C88}' | '\u{1F80}'..='\u{1FAF}'
        | '\u{1FB2}'..='\u{1FB4}' | '\u{1FB7}' | '\u{1FC2}'..='\u{1FC4}' | '\u{1FC7}'
        | '\u{1FF2}'..='\u{1FF4}' | '\u{1FF7}' | '\u{AB70}'..='\u{ABBF}');
    // RFC 5892 §2.4, IgnorableBlocks: marks for symbols, musical notes.
    unstable || matches!(c, '\u{20D0}'..='\u{20FF}' | '\u{1D100}'..='\u{1D24F}')
}

/// RFC 5891 §4.2.3.1 and §4.2.3.2, on a mapped label.
fn rules(label: &str, position: usize) -> Result<(), JidFault> {
    let mut third = label.chars().skip(2);
    let double = third.next() == Some('-') && third.next() == Some('-');
    if label.starts_with('-') || label.ends_with('-') || double {
        return Err(JidFault::Hyphen { position });
    }
    if label.starts_with(is_combining_mark) {
        return Err(JidFault::LeadingMark { position });
    }
    Ok(())
}

/// From a position in the label to one in the domain.
fn place(fault: JidFault, label: usize) -> JidFault {
    match fault {
        JidFault::Character { character, position } => {
            JidFault::Character { character, position: position.saturating_add(label) }
        }
        JidFault::Unassigned { character, position } => {
            JidFault::Unassigned { character, position: position.saturating_add(label) }
        }
        JidFault::Context { character, position } => {
            JidFault::Context { character, position: position.saturating_add(label) }
        }
        other => other,
    }
}
