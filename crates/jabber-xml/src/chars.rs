//! Which bytes and characters XML allows where.

use crate::Fault;

pub(crate) const SPACE: u8 = 1;
pub(crate) const NAME: u8 = 2;
pub(crate) const NAME_START: u8 = 4;
pub(crate) const COLON: u8 = 8;
pub(crate) const HIGH: u8 = 16;

static CLASS: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "runs in the compiler alone")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        // XML 1.0 §2.3, the ASCII part; what is above is looked at exactly where it occurs.
        table[b] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => NAME | NAME_START,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            b':' => NAME | COLON,
            0x80.. => NAME | NAME_START | HIGH,
            _ => 0,
        };
        b += 1;
    }
    table
}

#[inline]
pub(crate) fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(0)
}

#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    class(byte) & SPACE != 0
}

/// XML 1.0 §2.2.
pub(crate) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// XML 1.0 §2.3, without the colon (Namespaces in XML 1.0 §4).
fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Whether this is a name without colon, as prefixes and local names are (Namespaces in XML 1.0 §4).
#[must_use]
pub fn is_ncname(name: &str) -> bool {
    let bytes = name.as_bytes();
    let Some(first) = bytes.first() else { return false };
    let plain = |b: u8| class(b) & (NAME | COLON | HIGH) == NAME;
    if class(*first) & NAME_START != 0 && bytes.iter().all(|b| plain(*b)) {
        return true;
    }
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// A fault and its place in the bytes that were looked at.
pub(crate) type At = (Fault, usize);

/// The character that a reference stands for and its length, behind the `&`.
pub(crate) fn reference(rest: &[u8]) -> Result<(char, usize), Fault> {
    match rest {
        [b'a', b'm', b'p', b';', ..] => return Ok(('&', 4)),
        [b'l', b't', b';', ..] => return Ok(('<', 3)),
        [b'g', b't', b';', ..] => return Ok(('>', 3)),
        [b'q', b'u', b'o', b't', b';', ..] => return Ok(('"', 5)),
        [b'a', b'p', b'o', b's', b';', ..] => return Ok(('\'', 5)),
        _ => {}
    }
    match rest.strip_prefix(b"#") {
        Some(number) => {
            let (digits, radix, skipped) = match number.strip_prefix(b"x") {
                Some(digits) => (digits, 16, 2),
                None => (number, 10, 1),
            };
            let mut code: u32 = 0;
            for (n, &b) in digits.iter().enumerate() {
                if b == b';' && n > 0 {
                    let c = char::from_u32(code).filter(|&c| is_char(c));
                    return c.map(|c| (c, skipped + n + 1)).ok_or(Fault::Reference);
                }
                let digit = char::from(b).to_digit(radix).ok_or(Fault::Reference)?;
                code = code.saturating_mul(radix).saturating_add(digit);
            }
            Err(Fault::Reference)
        }
        None => {
            // Only what is a name refers to an entity (Namespaces in XML 1.0 §7: one without colon).
            let len = rest.iter().take_while(|&&b| class(b) & NAME != 0).count();
            let name = rest.get(..len).unwrap_or_default();
            Err(match rest.get(len) {
                Some(b';') if str::from_utf8(name).is_ok_and(is_ncname) => Fault::Entity,
                _ => Fault::Reference,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of bytes and the table of characters say the same of names.
    #[test]
    fn a_name_is_one_by_either_table() {
        let exactly = |name: &str| {
            let mut chars = name.chars();
            chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
        };
        for first in (0..0x250).filter_map(char::from_u32) {
            for second in (0..0x250).filter_map(char::from_u32) {
                let name = String::from_iter([first, second]);
                assert_eq!(is_ncname(&name), exactly(&name), "{name:?}");
            }
            assert_eq!(is_ncname(&first.to_string()), is_name_start(first), "{first:?}");
        }
        assert!(!is_ncname(""));
    }
}
