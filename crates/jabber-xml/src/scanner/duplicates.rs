//! The same attribute twice in one tag (XML 1.0 §3.1, Namespaces in XML 1.0 §6.3).

use super::tag::attribute_space;
use crate::Fault;
use crate::chars::At;
use crate::entry::{Entry, NsId};

/// Above this, sorting is cheaper than comparing each with each.
const FEW: usize = 24;

/// What the names of a tag's attributes hash to, a bit for each: as long as all bits differ, so do
/// the names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names {
    seen: u64,
    clash: bool,
}

impl Names {
    /// Takes in the local name of an attribute.
    #[inline(always)]
    pub(crate) fn add(&mut self, data: &[u8], start: usize, end: usize) {
        let first = data.get(start).copied().unwrap_or(0);
        let bit = 1 << ((usize::from(first) + (end - start) * 8) % 64);
        self.clash |= self.seen & bit != 0;
        self.seen |= bit;
    }

    /// Refuses two attributes of one expanded name, at the second.
    #[inline(always)]
    pub(crate) fn check(self, data: &[u8], attributes: &[Entry]) -> Result<(), At> {
        if self.clash { compare(data, attributes) } else { Ok(()) }
    }
}

#[cold]
fn compare(data: &[u8], attributes: &[Entry]) -> Result<(), At> {
    let key = |entry: Entry| -> (NsId, &[u8], u32) {
        let end = entry.start as usize + entry.name_len();
        let local = data.get(entry.start as usize + entry.local_offset()..end).unwrap_or_default();
        (attribute_space(entry), local, entry.start)
    };
    let same = |a: Entry, b: Entry| {
        let ((a_space, a_name, _), (b_space, b_name, _)) = (key(a), key(b));
        a_name == b_name && a_space == b_space
    };
    let mut second = None;
    if attributes.len() <= FEW {
        for (n, &entry) in attributes.iter().enumerate() {
            if attributes.iter().take(n).any(|&earlier| same(earlier, entry)) {
                second = Some(entry.start);
                break;
            }
        }
    } else {
        let mut sorted = attributes.to_vec();
        sorted.sort_unstable_by_key(|&entry| key(entry));
        let pairs = sorted.iter().zip(sorted.iter().skip(1));
        second = pairs.filter(|(a, b)| same(**a, **b)).map(|(_, b)| b.start).min();
    }
    second.map_or(Ok(()), |at| Err((Fault::DuplicateAttribute, at as usize)))
}
