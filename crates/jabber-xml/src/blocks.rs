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
    match bytes.len() {
        0 => return None,
        1 => return position_in_halves::<1>(bytes, hit),
        2..4 => return position_in_halves::<2>(bytes, hit),
        4..8 => return position_in_halves::<4>(bytes, hit),
        8..16 => return position_in_halves::<8>(bytes, hit),
        _ => {}
    }
    let (blocks, tail) = bytes.as_chunks();
    for (number, block) in blocks.iter().enumerate() {
        if let Some(at) = hit(Block::new(block)).first() {
            return Some(number * Block::LEN + at);
        }
    }
    // The rest, with some bytes once more.
    let known = Block::LEN - tail.len();
    let at = hit(Block::new(bytes.last_chunk()?)).first_from(known as u32);
    (at < tail.len()).then_some(bytes.len() - tail.len() + at)
}

/// The same for what is mostly long, and mostly has none: four blocks at once.
#[inline(always)]
pub(crate) fn far_position(bytes: &[u8], hit: impl Fn(Block) -> Hits) -> Option<usize> {
    const FOUR: usize = 4 * Block::LEN;
    let (fours, _) = bytes.as_chunks::<FOUR>();
    let has_none = |four: &&[u8; FOUR]| {
        let (blocks, _) = four.as_chunks();
        let hits = blocks.iter().map(|block| hit(Block::new(block)));
        hits.reduce(|all, more| all | more).and_then(Hits::first).is_none()
    };
    let clean = FOUR * fours.iter().take_while(has_none).count();
    let (_, rest) = bytes.split_at(clean);
    position(rest, hit).map(|at| clean + at)
}

/// The same for texts of `N` to `2 * N` bytes: the first `N` and the last `N` in one block.
#[inline(always)]
fn position_in_halves<const N: usize>(bytes: &[u8], hit: impl Fn(Block) -> Hits) -> Option<usize> {
    let mut block = [b' '; Block::LEN];
    let (halves, _) = block.as_chunks_mut();
    if let [first, last, ..] = halves {
        (*first, *last) = (*bytes.first_chunk::<N>()?, *bytes.last_chunk()?);
    }
    let at = hit(Block::new(&block)).first()?;
    Some(if at < N { at } else { bytes.len() + at - 2 * N })
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
    far_position(run, Block::is_odd).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the length, and wherever the byte stands.
    #[test]
    fn the_first_hit_is_found_at_every_place() {
        for len in (0..50).chain([63, 64, 65, 79, 80, 127, 128, 130]) {
            let plain = vec![b'a'; len];
            assert_eq!(position(&plain, |block| block.is(b'<')), None, "{len}");
            assert_eq!(far_position(&plain, |block| block.is(b'<')), None, "{len}");
            for first in 0..len {
                for second in first..len {
                    let mut bytes = plain.clone();
                    for at in [first, second] {
                        *bytes.get_mut(at).unwrap() = b'<';
                    }
                    let found = position(&bytes, |block| block.is(b'<'));
                    assert_eq!(found, Some(first), "{len}");
                    let found = far_position(&bytes, |block| block.is(b'<'));
                    assert_eq!(found, Some(first), "{len}");
                }
            }
        }
    }

    #[test]
    fn one_byte_makes_a_difference() {
        for len in 0..50 {
            let text: Vec<u8> = (b'0'..).take(len).collect();
            assert!(is_equal(&text, &text.clone()), "{len}");
            assert!(!is_equal(&text, &[&text[..], b"x"].concat()), "{len}");
            for behind in [0, 20] {
                let twice = [&text[..], &text[..], &vec![0; behind]].concat();
                assert!(are_same(&twice, 0, len, len), "{len}");
                for at in 0..len {
                    let mut other = twice.clone();
                    *other.get_mut(at).unwrap() ^= 1;
                    assert!(!is_equal(&text, other.get(..len).unwrap()), "{len} at {at}");
                    assert!(!are_same(&other, 0, len, len), "{len} at {at}");
                }
            }
        }
    }

    #[test]
    fn each_byte_is_of_its_kinds() {
        let holds = |b: u8, hit: fn(Block) -> Hits| position(&[b], hit).is_some();
        for b in 0..=u8::MAX {
            let space = matches!(b, b'\t' | b'\n' | b'\r');
            assert_eq!(holds(b, Block::is_odd), b < b' ' || !b.is_ascii(), "{b}");
            assert_eq!(holds(b, Block::is_doubtful), (b < b' ' && !space) || !b.is_ascii(), "{b}");
            assert_eq!(holds(b, Block::is_forbidden), b < b' ' && !space, "{b}");
            let block = Block::new(&[b; Block::LEN]);
            assert_eq!(block.is_no_letter().first().is_some(), !b.is_ascii_alphabetic(), "{b}");
        }
    }
}
