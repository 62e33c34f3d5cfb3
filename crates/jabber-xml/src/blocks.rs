//! Bytes sixteen at a time.

use std::ops::BitOr;

use wide::{bytemuck, i8x16};

/// A block of bytes. They are compared as signed ones: those that are not ASCII are negative.
#[derive(Clone, Copy)]
pub(crate) struct Block(i8x16);

/// The bytes of a block for which something holds.
#[derive(Clone, Copy)]
pub(crate) struct Hits(i8x16);

impl Block {
    pub(crate) const LEN: usize = 16;

    /// The block that begins at `pos`, where so much is there.
    #[inline(always)]
    pub(crate) fn at(bytes: &[u8], pos: usize) -> Option<Self> {
        bytes.get(pos..)?.first_chunk().map(Self::new)
    }

    #[inline(always)]
    fn new(bytes: &[u8; Self::LEN]) -> Self {
        Self(bytemuck::cast(*bytes))
    }

    #[inline(always)]
    pub(crate) fn is(self, b: u8) -> Hits {
        Hits(self.0.simd_eq(i8x16::splat(b.cast_signed())))
    }

    /// Control characters, and what is not ASCII: these need a closer look.
    #[inline(always)]
    pub(crate) fn is_odd(self) -> Hits {
        Hits(self.0.simd_lt(i8x16::splat(0x20)))
    }

    /// What is no letter of ASCII.
    #[inline(always)]
    pub(crate) fn is_no_letter(self) -> Hits {
        let lower = self.0 | i8x16::splat(0x20);
        let below = lower.simd_lt(i8x16::splat(b'a'.cast_signed()));
        Hits(below | lower.simd_gt(i8x16::splat(b'z'.cast_signed())))
    }

    /// What XML does not allow (XML 1.0 §2.2), and what is not ASCII.
    #[inline(always)]
    pub(crate) fn is_doubtful(self) -> Hits {
        let space = self.is(b'\t') | self.is(b'\n') | self.is(b'\r');
        Hits(self.is_odd().0 & !space.0)
    }

    /// Control characters that XML does not allow (XML 1.0 §2.2).
    #[inline(always)]
    pub(crate) fn is_forbidden(self) -> Hits {
        Hits(self.is_doubtful().0 & self.0.simd_gt(i8x16::splat(-1)))
    }
}

impl Hits {
    /// Whether the byte at that place is one.
    #[inline(always)]
    pub(crate) fn holds(self, at: u32) -> bool {
        self.0.to_bitmask() >> at & 1 != 0
    }

    /// How many bytes from `from` on are none.
    #[inline(always)]
    pub(crate) fn first_from(self, from: u32) -> usize {
        ((1 << Block::LEN | self.0.to_bitmask()) >> from).trailing_zeros() as usize
    }

    #[inline(always)]
    pub(crate) fn first(self) -> Option<usize> {
        let bits = self.0.to_bitmask();
        if bits == 0 { None } else { Some(bits.trailing_zeros() as usize) }
    }
}

impl BitOr for Hits {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The first byte for which `hit` holds, which must not hold for a space.
#[inline(always)]
pub(crate) fn position(bytes: &[u8], hit: impl Fn(Block) -> Hits) -> Option<usize> {
    let (blocks, tail) = bytes.as_chunks();
    for (number, block) in blocks.iter().enumerate() {
        if let Some(at) = hit(Block::new(block)).first() {
            return Some(number * Block::LEN + at);
        }
    }
    if tail.is_empty() {
        return None;
    }
    let behind = bytes.len() - tail.len();
    if let Some(last) = bytes.last_chunk() {
        // With some bytes once more.
        let known = Block::LEN - tail.len();
        let at = hit(Block::new(last)).first_from(known as u32);
        return (at < tail.len()).then_some(behind + at);
    }
    let mut padded = [b' '; Block::LEN];
    for (to, from) in padded.iter_mut().zip(tail) {
        *to = *from;
    }
    Some(behind + hit(Block::new(&padded)).first()?)
}

/// Whether two texts are the same, without a call for short ones, which most are.
#[inline(always)]
pub(crate) fn is_equal(one: &[u8], other: &[u8]) -> bool {
    fn ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
        one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
    }
    one.len() == other.len()
        && match one.len() {
            0..4 => one.iter().eq(other),
            4..8 => ends::<4>(one, other),
            8..=16 => ends::<8>(one, other),
            _ => one == other,
        }
}

/// Whether the `len` bytes from `one` on are those from `other` on.
#[inline(always)]
pub(crate) fn are_same(bytes: &[u8], one: usize, other: usize, len: usize) -> bool {
    match (Block::at(bytes, one), Block::at(bytes, other)) {
        (Some(one), Some(other)) if len <= Block::LEN => {
            one.0.simd_eq(other.0).to_bitmask().trailing_ones() as usize >= len
        }
        _ => match (bytes.get(one..one + len), bytes.get(other..other + len)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
    }
}

/// Whether all bytes are ASCII and no control characters: then each is a legal character.
#[inline]
pub(crate) fn is_printable(run: &[u8]) -> bool {
    position(run, Block::is_odd).is_none()
}
