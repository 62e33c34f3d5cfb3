//! Bytes sixteen at a time, without `unsafe`: the compiler makes vector instructions of loops in
//! this shape.

/// A block.
pub(crate) type Block = [u8; LEN];
const LEN: usize = 16;

/// The first byte of a block for which `hit` holds.
#[inline(always)]
pub(crate) fn first(block: &Block, hit: impl Fn(u8) -> bool) -> Option<usize> {
    let mut hits = [0; LEN];
    for (lane, &b) in hits.iter_mut().zip(block) {
        *lane = if hit(b) { 0xff } else { 0 };
    }
    if hits.iter().fold(0, |any, lane| any | lane) == 0 {
        return None;
    }
    Some((u128::from_le_bytes(hits).trailing_zeros() / 8) as usize)
}

/// The first byte for which `hit` holds.
#[inline(always)]
pub(crate) fn position(bytes: &[u8], hit: impl Fn(u8) -> bool) -> Option<usize> {
    let (blocks, tail) = bytes.as_chunks::<LEN>();
    for (number, block) in blocks.iter().enumerate() {
        if let Some(at) = first(block, &hit) {
            return Some(number * LEN + at);
        }
    }
    let at = tail.iter().position(|&b| hit(b))?;
    Some(bytes.len() - tail.len() + at)
}

/// Control characters, and what is not ASCII: these need a closer look.
#[inline(always)]
pub(crate) fn is_odd(b: u8) -> bool {
    // One comparison: bytes from 0x80 on are negative.
    b.cast_signed() < 0x20
}

/// Control characters other than white space, which XML does not allow (XML 1.0 §2.2).
#[inline(always)]
pub(crate) fn is_forbidden(b: u8) -> bool {
    (b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r')
}

/// Whether all bytes are ASCII and no control characters: then each is a legal character.
#[inline]
pub(crate) fn is_printable(run: &[u8]) -> bool {
    const WORD: usize = 8;
    let Some(last) = run.last_chunk::<WORD>() else {
        return run.iter().fold(true, |all, &b| all & !is_odd(b));
    };
    // Eight bytes at a time; the last eight once more instead of a loop over the rest.
    let mut odd = odd_lanes(u64::from_le_bytes(*last));
    for word in run.as_chunks::<WORD>().0 {
        odd |= odd_lanes(u64::from_le_bytes(*word));
    }
    odd & 0x8080_8080_8080_8080 == 0
}

/// The highest bit of the lanes that hold a control character or what is not ASCII.
#[inline]
fn odd_lanes(word: u64) -> u64 {
    // A borrow comes only from a lane that counts by itself.
    word | word.wrapping_sub(0x2020_2020_2020_2020)
}
