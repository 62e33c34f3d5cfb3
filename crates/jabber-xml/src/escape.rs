//! Escaping and decoding.

use crate::chars::{self, is_char};
use crate::{ElementRef, Fault, blocks};

/// Appends text so that it reads back the same; refuses characters that XML does not allow.
pub(crate) fn push_text(out: &mut String, text: &str) -> Result<(), Fault> {
    push(out, text, |b| match b {
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'&' => Some("&amp;"),
        // A literal one would be read as a line end (XML 1.0 §2.11).
        b'\r' => Some("&#13;"),
        _ => None,
    })
}

/// Appends an attribute's value for single quotes.
pub(crate) fn push_value(out: &mut String, value: &str) -> Result<(), Fault> {
    push(out, value, |b| match b {
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'&' => Some("&amp;"),
        b'\'' => Some("&apos;"),
        // Literal ones would be read as spaces (XML 1.0 §3.3.3).
        b'\t' => Some("&#9;"),
        b'\n' => Some("&#10;"),
        b'\r' => Some("&#13;"),
        _ => None,
    })
}

#[inline]
fn push(
    out: &mut String,
    text: &str,
    escaped: impl Fn(u8) -> Option<&'static str>,
) -> Result<(), Fault> {
    let bytes = text.as_bytes();
    // Characters are looked at one by one only where there is more than printable ASCII.
    if !blocks::is_printable(bytes) && text.contains(|c| !is_char(c)) {
        return Err(Fault::Character);
    }
    let mut rest = text;
    while let Some(at) = blocks::position(rest.as_bytes(), |b| escaped(b).is_some()) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        out.push_str(tail.bytes().next().and_then(&escaped).unwrap_or_default());
        rest = tail.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(())
}

/// The text that raw character data stands for (XML 1.0 §2.11, §4.1).
pub(crate) fn decode_text(raw: &str) -> String {
    decode(raw, |b| (b == b'&') | (b == b'\r'), '\n')
}

/// The text of a CDATA section: line ends alone.
pub(crate) fn decode_lines(raw: &str) -> String {
    decode(raw, |b| b == b'\r', '\n')
}

/// The value that a raw attribute stands for (XML 1.0 §3.3.3): white space becomes spaces.
pub(crate) fn decode_value(raw: &str) -> String {
    decode(raw, |b| (b == b'&') | (b == b'\t') | (b == b'\n') | (b == b'\r'), ' ')
}

#[inline]
fn decode(raw: &str, special: impl Fn(u8) -> bool, space: char) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = blocks::position(rest.as_bytes(), &special) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let used = match tail.as_bytes() {
            [b'&', name @ ..] => match chars::reference(name) {
                Ok((c, len)) => {
                    out.push(c);
                    len + 1
                }
                // Checked when it came: cannot happen.
                Err(_) => 1,
            },
            [b'\r', b'\n', ..] => {
                out.push(space);
                2
            }
            _ => {
                out.push(space);
                1
            }
        };
        rest = tail.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// A name as `{namespace}name`.
pub(crate) fn debug_name(element: ElementRef<'_>) -> String {
    format!("{{{}}}{}", element.namespace(), element.name())
}
