//! Names and the white space around them.

use crate::Fault;
use crate::chars::{self, At, COLON, HIGH, NAME, NAME_START, class, is_space};
use crate::entry::{MAX_NAME, MAX_PREFIX};

#[inline(always)]
pub(super) fn skip_space(data: &[u8], mut pos: usize) -> usize {
    while data.get(pos).is_some_and(|&b| is_space(b)) {
        pos += 1;
    }
    pos
}

/// Reads on in a name: where it ends and the classes of its bytes.
#[inline]
pub(super) fn read_name(data: &[u8], pos: usize, mut seen: u8) -> (usize, u8) {
    let rest = data.get(pos..).unwrap_or_default();
    for (at, &b) in rest.iter().enumerate() {
        let class = class(b);
        if class & NAME == 0 {
            return (pos + at, seen);
        }
        seen |= class;
    }
    (data.len(), seen)
}

/// Checks a qualified name (Namespaces in XML 1.0 §4); gives the length of its prefix.
#[inline(always)]
pub(super) fn check_name(data: &[u8], start: usize, end: usize, seen: u8) -> Result<usize, At> {
    let name = data.get(start..end).unwrap_or_default();
    let starts = name.first().is_some_and(|&b| class(b) & NAME_START != 0);
    if !starts {
        return Err((Fault::Name, start));
    }
    if name.len() > MAX_NAME {
        return Err((Fault::LongName, start));
    }
    if seen & (COLON | HIGH) == 0 { Ok(0) } else { check_unusual_name(name, start) }
}

/// A name with a colon or with characters beyond ASCII.
fn check_unusual_name(name: &[u8], start: usize) -> Result<usize, At> {
    let text = simdutf8::compat::from_utf8(name)
        .map_err(|error| (Fault::Utf8, start + error.valid_up_to()))?;
    let (prefix, local) = text.split_once(':').map_or((None, text), |(p, l)| (Some(p), l));
    if !chars::is_ncname(local) || prefix.is_some_and(|p| !chars::is_ncname(p)) {
        return Err((Fault::Name, start));
    }
    match prefix.map_or(0, str::len) {
        len if len > MAX_PREFIX => Err((Fault::LongName, start)),
        len => Ok(len),
    }
}
