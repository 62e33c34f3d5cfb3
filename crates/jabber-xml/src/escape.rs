//! Escaping and decoding.

use crate::blocks::{self, Block, Hits};
use crate::chars::{self, is_char};
use crate::{ElementRef, Fault};

/// Appends text so that it reads back the same; refuses characters that XML does not allow.
pub(crate) fn push_text(out: &mut String, text: &str) -> Result<(), Fault> {
    let special = |block: Block| block.is(b'<') | block.is(b'>') | block.is(b'&') | block.is(b'\r');
    push(out, text, special, |b| match b {
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
    let special = |block: Block| {
        let space = block.is(b'\t') | block.is(b'\n') | block.is(b'\r');
        block.is(b'<') | block.is(b'>') | block.is(b'&') | block.is(b'\'') | space
    };
    push(out, value, special, |b| match b {
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

/// `special` meets the bytes that are escaped.
#[inline]
fn push(
    out: &mut String,
    text: &str,
    special: impl Fn(Block) -> Hits,
    escaped: impl Fn(u8) -> Option<&'static str>,
) -> Result<(), Fault> {
    let mut rest = text;
    // Characters are looked at one by one only where there is more than printable ASCII.
    let mut plain = true;
    let mut from = 0;
    loop {
        let ahead = rest.as_bytes().get(from..).unwrap_or_default();
        let met = if plain {
            blocks::position(ahead, |block| special(block) | block.is_odd())
        } else {
            blocks::position(ahead, &special)
        };
        let Some(at) = met.map(|at| from + at) else { break };
        let Some(reference) = rest.as_bytes().get(at).copied().and_then(&escaped) else {
            if rest.contains(|c| !is_char(c)) {
                return Err(Fault::Character);
            }
            plain = false;
            from = at;
            continue;
        };
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        out.push_str(reference);
        rest = behind.get(1..).unwrap_or_default();
        from = 0;
    }
    out.push_str(rest);
    Ok(())
}

/// The text that raw character data stands for (XML 1.0 §2.11, §4.1).
pub(crate) fn decode_text(raw: &str) -> String {
    decode(raw, |block| block.is(b'&') | block.is(b'\r'), '\n')
}

/// The text of a CDATA section: line ends alone.
pub(crate) fn decode_lines(raw: &str) -> String {
    decode(raw, |block| block.is(b'\r'), '\n')
}

/// The value that a raw attribute stands for (XML 1.0 §3.3.3): white space becomes spaces.
pub(crate) fn decode_value(raw: &str) -> String {
    let space = |block: Block| block.is(b'\t') | block.is(b'\n') | block.is(b'\r');
    decode(raw, |block| block.is(b'&') | space(block), ' ')
}

#[inline]
fn decode(raw: &str, special: impl Fn(Block) -> Hits, space: char) -> String {
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
