//! Which bytes and characters XML allows where.

use crate::Fault;

pub(crate) const SPACE: u8 = 1;
pub(crate) const NAME: u8 = 2;
pub(crate) const NAME_START: u8 = 4;
pub(crate) const COLON: u8 = 8;
pub(crate) const HIGH: u8 = 16;
const CONTROL: u8 = 32;

const CLASS: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "runs in the compiler alone")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        // XML 1.0 §2.3, the ASCII part; what is above is looked at exactly where it occurs.
        table[b] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => SPACE,
            0..0x20 => CONTROL,
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

/// A name without colon (Namespaces in XML 1.0 §4).
pub(crate) fn is_ncname(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// A fault and its place within the run of bytes that was looked at.
pub(crate) type At = (Fault, usize);

/// Checks that a run is UTF-8 and that XML allows its characters.
#[cold]
pub(crate) fn check_exactly(run: &[u8]) -> Result<(), At> {
    let (valid, broken) = match simdutf8::compat::from_utf8(run) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, _) = run.split_at(error.valid_up_to());
            (simdutf8::compat::from_utf8(valid).unwrap_or_default(), Some(error.valid_up_to()))
        }
    };
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF; the other characters to refuse are ASCII.
    let bad = valid
        .as_bytes()
        .iter()
        .position(|&b| class(b) & CONTROL != 0)
        .into_iter()
        .chain(memchr::memmem::find(valid.as_bytes(), b"\xEF\xBF\xBE"))
        .chain(memchr::memmem::find(valid.as_bytes(), b"\xEF\xBF\xBF"))
        .min();
    match (bad, broken) {
        (Some(at), _) => Err((Fault::Character, at)),
        (None, Some(at)) => Err((Fault::Utf8, at)),
        (None, None) => Ok(()),
    }
}

/// Checks the references of a run (XML 1.0 §4.1, §4.6).
pub(crate) fn check_references(run: &[u8]) -> Result<(), At> {
    for start in memchr::memchr_iter(b'&', run) {
        let rest = run.get(start + 1..).unwrap_or_default();
        reference(rest).map_err(|fault| (fault, start))?;
    }
    Ok(())
}

/// The character that a reference stands for and its length, behind the `&`.
pub(crate) fn reference(rest: &[u8]) -> Result<(char, usize), Fault> {
    for (name, c) in
        [(&b"amp;"[..], '&'), (b"lt;", '<'), (b"gt;", '>'), (b"quot;", '"'), (b"apos;", '\'')]
    {
        if rest.starts_with(name) {
            return Ok((c, name.len()));
        }
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
            let len = rest.iter().take_while(|&&b| class(b) & NAME != 0).count();
            let start = rest.first().is_some_and(|&b| class(b) & NAME_START != 0);
            Err(match rest.get(len) {
                Some(b';') if start => Fault::Entity,
                _ => Fault::Reference,
            })
        }
    }
}

/// Checks a run of text; says whether its bytes differ from what they mean.
pub(crate) fn check_text(run: &[u8]) -> Result<bool, At> {
    let mut exact = false;
    let mut coded = false;
    let mut greater = false;
    for &b in run {
        exact |= class(b) & (CONTROL | HIGH) != 0;
        coded |= b == b'&' || b == b'\r';
        greater |= b == b'>';
    }
    first_fault([
        if exact { check_exactly(run) } else { Ok(()) },
        if coded { check_references(run) } else { Ok(()) },
        match memchr::memmem::find(run, b"]]>").filter(|_| greater) {
            Some(at) => Err((Fault::CdataEnd, at)),
            None => Ok(()),
        },
    ])?;
    Ok(coded)
}

/// Checks an attribute's value; says whether its bytes differ from what they mean.
pub(crate) fn check_value(run: &[u8]) -> Result<bool, At> {
    let mut exact = false;
    let mut coded = false;
    for &b in run {
        exact |= class(b) & (CONTROL | HIGH) != 0;
        coded |= matches!(b, b'&' | b'\r' | b'\n' | b'\t');
    }
    first_fault([
        if exact { check_exactly(run) } else { Ok(()) },
        if coded { check_references(run) } else { Ok(()) },
        Ok(()),
    ])?;
    Ok(coded)
}

/// Checks the inside of a CDATA section.
pub(crate) fn check_cdata(run: &[u8]) -> Result<bool, At> {
    check_exactly(run)?;
    Ok(memchr::memchr(b'\r', run).is_some())
}

fn first_fault(checks: [Result<(), At>; 3]) -> Result<(), At> {
    checks.into_iter().filter_map(Result::err).min_by_key(|(_, at)| *at).map_or(Ok(()), Err)
}
