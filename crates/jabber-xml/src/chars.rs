//! Which bytes and characters XML allows where.

use crate::Fault;

pub(crate) const SPACE: u8 = 1;
pub(crate) const NAME: u8 = 2;
pub(crate) const NAME_START: u8 = 4;
pub(crate) const COLON: u8 = 8;
pub(crate) const HIGH: u8 = 16;
const CONTROL: u8 = 32;

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
fn check_references(run: &[u8]) -> Result<(), At> {
    for start in memchr::memchr_iter(b'&', run) {
        let rest = run.get(start + 1..).unwrap_or_default();
        reference(rest).map_err(|fault| (fault, start))?;
    }
    Ok(())
}

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
            let len = rest.iter().take_while(|&&b| class(b) & NAME != 0).count();
            let start = rest.first().is_some_and(|&b| class(b) & NAME_START != 0);
            Err(match rest.get(len) {
                Some(b';') if start => Fault::Entity,
                _ => Fault::Reference,
            })
        }
    }
}

/// What the search for the end of a run met on its way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Met {
    /// `&`
    reference: bool,
    /// `>`
    greater: bool,
    /// Bytes that are not printable ASCII, or bytes that were not looked at for that.
    other: bool,
}

/// How far a run is searched in words; behind that, calling memchr pays.
const WORDS: usize = 14;

impl Met {
    /// Looks on for the end of a run: `end` or `<`. Each byte is looked at once.
    #[inline]
    pub(crate) fn find_end(&mut self, data: &[u8], from: usize, end: u8) -> Option<usize> {
        let marks = [end, b'<', b'&'].map(|mark| LANES * u64::from(mark));
        let mut pos = from;
        for _ in 0..WORDS {
            let chunk = data.get(pos..).and_then(|rest| rest.first_chunk::<8>());
            let Some(chunk) = chunk else { break };
            let word = u64::from_le_bytes(*chunk);
            let mut hits = odd_lanes(word);
            for mark in marks {
                hits |= zero_lanes(word ^ mark);
            }
            hits &= LANES * 0x80;
            if hits == 0 {
                pos += 8;
                continue;
            }
            // The lowest lane is exact; a carry can only make higher ones wrong.
            pos += (hits.trailing_zeros() / 8) as usize;
            let b = data.get(pos).copied().unwrap_or_default();
            if b == b'<' || (b == end && end != b'>') {
                return Some(pos);
            }
            self.note(b);
            pos += 1;
        }
        self.find_far_end(data, pos, end)
    }

    #[inline(never)]
    fn find_far_end(&mut self, data: &[u8], from: usize, end: u8) -> Option<usize> {
        self.other = true;
        let mut pos = from;
        loop {
            let rest = data.get(pos..)?;
            pos += memchr::memchr3(end, b'<', b'&', rest)?;
            let b = data.get(pos).copied()?;
            if b == b'<' || (b == end && end != b'>') {
                return Some(pos);
            }
            self.note(b);
            pos += 1;
        }
    }

    #[inline]
    fn note(&mut self, b: u8) {
        match b {
            b'&' => self.reference = true,
            b'>' => self.greater = true,
            _ => self.other = true,
        }
    }

    #[inline(always)]
    fn nothing(self) -> bool {
        !(self.reference | self.greater | self.other)
    }
}

/// Checks a run of text; says whether its bytes differ from what they mean.
#[inline(always)]
pub(crate) fn check_text(run: &[u8], met: Met) -> Result<bool, At> {
    if met.nothing() { Ok(false) } else { check_text_closely(run, met) }
}

#[inline(never)]
fn check_text_closely(run: &[u8], met: Met) -> Result<bool, At> {
    let plain = !met.other || is_printable(run);
    if plain && !met.reference && !met.greater {
        return Ok(false);
    }
    let end = if met.greater { cdata_end(run) } else { None };
    first_fault([
        if plain { Ok(()) } else { check_exactly(run) },
        if met.reference { check_references(run) } else { Ok(()) },
        end.map_or(Ok(()), |at| Err((Fault::CdataEnd, at))),
    ])?;
    Ok(met.reference || !plain && memchr::memchr(b'\r', run).is_some())
}

/// Checks an attribute's value; says whether its bytes differ from what they mean.
#[inline(always)]
pub(crate) fn check_value(run: &[u8], met: Met) -> Result<bool, At> {
    if met.nothing() { Ok(false) } else { check_value_closely(run, met) }
}

#[inline(never)]
fn check_value_closely(run: &[u8], met: Met) -> Result<bool, At> {
    let plain = !met.other || is_printable(run);
    if plain && !met.reference {
        return Ok(false);
    }
    first_fault([
        if plain { Ok(()) } else { check_exactly(run) },
        if met.reference { check_references(run) } else { Ok(()) },
        Ok(()),
    ])?;
    Ok(met.reference || run.iter().any(|b| matches!(b, b'\t' | b'\n' | b'\r')))
}

/// Checks the inside of a CDATA section.
pub(crate) fn check_cdata(run: &[u8]) -> Result<bool, At> {
    check_exactly(run)?;
    Ok(memchr::memchr(b'\r', run).is_some())
}

fn first_fault(checks: [Result<(), At>; 3]) -> Result<(), At> {
    checks.into_iter().filter_map(Result::err).min_by_key(|(_, at)| *at).map_or(Ok(()), Err)
}

/// The first `]]>`.
fn cdata_end(run: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'>', run)
        .find(|&at| run.get(..at).is_some_and(|before| before.ends_with(b"]]")))
        .map(|at| at - 2)
}

/// Whether all bytes are ASCII and no control characters: then each is a legal character.
///
/// Eight bytes at a time, which the compiler makes vectors of; the last eight once more instead of
/// a loop over the rest.
#[inline]
pub(crate) fn is_printable(run: &[u8]) -> bool {
    let Some(last) = run.last_chunk::<8>() else {
        return run.iter().fold(true, |all, b| all & (b.wrapping_sub(0x20) < 0x60));
    };
    let mut odd = odd_lanes(u64::from_le_bytes(*last));
    for word in run.as_chunks::<8>().0 {
        odd |= odd_lanes(u64::from_le_bytes(*word));
    }
    odd & (LANES * 0x80) == 0
}

const LANES: u64 = 0x0101_0101_0101_0101;

/// The highest bit of the lanes that hold a control character or what is not ASCII.
#[inline]
fn odd_lanes(word: u64) -> u64 {
    // A borrow comes only from a lane that counts by itself.
    word | word.wrapping_sub(LANES * 0x20)
}

/// The highest bit of the lanes that are zero.
#[inline]
fn zero_lanes(word: u64) -> u64 {
    word.wrapping_sub(LANES) & !word
}
