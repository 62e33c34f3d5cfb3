//! Runs of text and values: where they end, and whether XML allows what is in them.

use crate::Fault;
use crate::blocks::{self, Block};
use crate::chars::{At, reference};

/// What the search for the end of a run met on its way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Met {
    /// From the first `&` to behind the last one; both 0 if there is none.
    references: (usize, usize),
    /// `>`
    greater: bool,
    /// Bytes that are not printable ASCII, or bytes that were not looked at for that.
    other: bool,
}

/// How many blocks of a run are searched here; behind that, calling memchr pays.
const BLOCKS: usize = 14;

impl Met {
    /// Looks on for the end of a run: `end` or `<`.
    #[inline(always)]
    pub(crate) fn find_end(&mut self, data: &[u8], from: usize, end: u8) -> Option<usize> {
        let mut pos = from;
        for _ in 0..BLOCKS {
            let Some(block) = Block::at(data, pos) else { break };
            let hits = block.is(end) | block.is(b'<') | block.is(b'&') | block.is_odd();
            let Some(first) = hits.first() else {
                pos += Block::LEN;
                continue;
            };
            pos += first;
            let b = data.get(pos).copied().unwrap_or_default();
            if b == b'<' || (b == end && end != b'>') {
                return Some(pos);
            }
            pos += 1;
            if !matches!(b, b'&' | b'>') {
                // Few are alone: it is another language, or several lines.
                break;
            }
            self.note(b, pos - 1);
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
            self.note(b, pos);
            pos += 1;
        }
    }

    #[inline]
    fn note(&mut self, b: u8, at: usize) {
        match b {
            b'&' => {
                let first = if self.has_references() { self.references.0 } else { at };
                self.references = (first, at + 1);
            }
            b'>' => self.greater = true,
            _ => self.other = true,
        }
    }

    #[inline(always)]
    fn has_references(&self) -> bool {
        self.references.1 > 0
    }

    #[inline(always)]
    fn nothing(&self) -> bool {
        !(self.has_references() | self.greater | self.other)
    }

    /// Whether the run has nothing but printable ASCII.
    fn is_plain(&self, run: &[u8]) -> bool {
        !self.other || blocks::is_printable(run)
    }

    /// Checks the references (XML 1.0 §4.1, §4.6).
    fn check_references(&self, data: &[u8], end: usize) -> Result<(), At> {
        let (mut start, last) = self.references;
        while start < last {
            reference(data.get(start + 1..end).unwrap_or_default()).map_err(|f| (f, start))?;
            // Mostly there is one.
            let rest = data.get(start + 1..last).filter(|rest| !rest.is_empty());
            let next = rest.and_then(|rest| blocks::position(rest, |block| block.is(b'&')));
            start = next.map_or(last, |at| start + 1 + at);
        }
        Ok(())
    }
}

/// Checks a run of text; says whether its bytes differ from what they mean.
#[inline(always)]
pub(crate) fn check_text(data: &[u8], start: usize, end: usize, met: &Met) -> Result<bool, At> {
    if met.nothing() {
        return Ok(false);
    }
    if met.greater | met.other {
        return check_text_closely(data, start, end, met);
    }
    met.check_references(data, end).map(|()| true)
}

#[inline(never)]
fn check_text_closely(data: &[u8], start: usize, end: usize, met: &Met) -> Result<bool, At> {
    let run = data.get(start..end).unwrap_or_default();
    let plain = met.is_plain(run);
    let mut checked = met.check_references(data, end);
    if !plain {
        checked = earlier(checked, check_exactly(run, start));
    }
    if met.greater
        && let Some(at) = find_cdata_end(run)
    {
        checked = earlier(checked, Err((Fault::CdataEnd, start + at)));
    }
    checked?;
    Ok(met.has_references() || !plain && memchr::memchr(b'\r', run).is_some())
}

/// Checks an attribute's value; says whether its bytes differ from what they mean.
#[inline(always)]
pub(crate) fn check_value(data: &[u8], start: usize, end: usize, met: &Met) -> Result<bool, At> {
    if met.nothing() { Ok(false) } else { check_value_closely(data, start, end, met) }
}

#[inline(never)]
fn check_value_closely(data: &[u8], start: usize, end: usize, met: &Met) -> Result<bool, At> {
    let run = data.get(start..end).unwrap_or_default();
    let plain = met.is_plain(run);
    let checked = met.check_references(data, end);
    if plain { checked } else { earlier(checked, check_exactly(run, start)) }?;
    let is_spaced = || run.iter().any(|b| matches!(b, b'\t' | b'\n' | b'\r'));
    Ok(met.has_references() || !plain && is_spaced())
}

/// Checks the inside of a CDATA section.
pub(crate) fn check_cdata(data: &[u8], start: usize, end: usize) -> Result<bool, At> {
    let run = data.get(start..end).unwrap_or_default();
    check_exactly(run, start)?;
    Ok(memchr::memchr(b'\r', run).is_some())
}

/// Checks that a run is UTF-8 and that XML allows its characters.
#[inline(never)]
fn check_exactly(run: &[u8], start: usize) -> Result<(), At> {
    // Mostly lines of ASCII: a photo, a text of several lines.
    let Some(first) = blocks::far_position(run, Block::is_doubtful) else { return Ok(()) };
    let (_, run) = run.split_at(first);
    let start = start + first;
    let (valid, broken) = match simdutf8::compat::from_utf8(run) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, _) = run.split_at(error.valid_up_to());
            (simdutf8::compat::from_utf8(valid).unwrap_or_default(), Some(error.valid_up_to()))
        }
    };
    let bad = find_forbidden(valid.as_bytes());
    match (bad, broken) {
        (Some(at), _) => Err((Fault::Character, start + at)),
        (None, Some(at)) => Err((Fault::Utf8, start + at)),
        (None, None) => Ok(()),
    }
}

/// The first character that XML does not allow, of UTF-8.
fn find_forbidden(valid: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = valid.get(from..)?;
        let at = from + blocks::far_position(rest, |block| block.is_forbidden() | block.is(0xef))?;
        match valid.get(at..at + 3) {
            // U+FFFE and U+FFFF; what else is forbidden is ASCII.
            Some([0xef, 0xbf, 0xbe..=0xff]) => return Some(at),
            Some([0xef, ..]) => from = at + 3,
            _ => return Some(at),
        }
    }
}

/// The fault that comes first, if there is one.
fn earlier(one: Result<(), At>, other: Result<(), At>) -> Result<(), At> {
    match (one, other) {
        (Err(one), Err(other)) => Err(if other.1 < one.1 { other } else { one }),
        (one, other) => one.and(other),
    }
}

/// The first `]]>`.
fn find_cdata_end(run: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'>', run)
        .find(|&at| run.get(..at).is_some_and(|before| before.ends_with(b"]]")))
        .map(|at| at - 2)
}
