//! What a filter is found by: the conditions that a table can answer, as one number.
//!
//! Filters that ask for the same things (a name and a sender, say) have one shape. A stanza is looked
//! up once for each shape that there is, so filters that differ in what they ask for cost nothing.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::sender::Asked;
use crate::stanza::Stanza;
use crate::xpath::Needs;

/// Which things a filter asks for: a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape(u16);

const NAME: u16 = 1;
const NAMESPACE: u16 = 1 << 1;
const KIND: u16 = 1 << 2;
const FULL: u16 = 1 << 3;
const BARE: u16 = 1 << 4;
const DOMAIN: u16 = 1 << 5;
/// The text of `from`, as paths compare it.
const FROM: u16 = 1 << 6;
const TO: u16 = 1 << 7;
const ID: u16 = 1 << 8;
/// All of the above, which a stanza has once at most.
const SINGLE: usize = 9;
/// The last: a stanza has any number of children.
const CHILD: u16 = 1 << SINGLE;

impl Shape {
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn has_child(self) -> bool {
        self.0 & CHILD != 0
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, bit: usize) -> bool {
        self.0 & (1 << bit) != 0
    }
}

/// A filter's shape, and the hash of what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) shape: Shape,
    pub(crate) hash: u64,
}

impl Key {
    pub(crate) fn of((needs, from): (Needs<'_>, Option<&Asked>)) -> Self {
        let (mut full, mut bare, mut domain) = (None, None, None);
        match from {
            Some(Asked::Full(jid)) => full = Some(jid.as_str()),
            Some(Asked::Bare(jid)) => bare = Some(jid.as_str()),
            Some(Asked::Domain(jid)) => domain = Some(jid.as_str()),
            None => {}
        }
        let Needs { name, namespace, kind, from, to, id, child } = needs;
        let parts = [name, namespace, kind, full, bare, domain, from, to, id];
        let bits = (0..).zip(parts).map(|(bit, part)| u16::from(part.is_some()) << bit);
        let shape = Shape(bits.fold(if child.is_some() { CHILD } else { 0 }, |all, bit| all | bit));
        let hash = parts.into_iter().flatten().fold(begin(shape), |all, part| mix(all, hash(part)));
        Self { shape, hash: child.map_or(hash, |child| mix(hash, hash_child(child))) }
    }
}

/// The hashes of what a stanza has, those that any filter asks for.
pub(crate) struct Parts([Option<u64>; SINGLE]);

impl Parts {
    pub(crate) fn of(stanza: &Stanza<'_>, asked: Shape) -> Self {
        let element = stanza.element;
        let sender = || stanza.sender();
        let attribute = |name| element.attribute(name).map(|value| hash(&value));
        let mut parts = [None; SINGLE];
        for (bit, part) in parts.iter_mut().enumerate() {
            if !asked.has(bit) {
                continue;
            }
            *part = match 1 << bit {
                NAME => Some(hash(element.name())),
                NAMESPACE => Some(hash(element.namespace())),
                KIND => stanza.kind().map(hash),
                FULL => sender().map(|it| hash(it.full())),
                BARE => sender().map(|it| hash(it.bare())),
                DOMAIN => sender().map(|it| hash(it.domain())),
                FROM => attribute("from"),
                TO => attribute("to"),
                ID => attribute("id"),
                _ => None,
            };
        }
        Self(parts)
    }

    /// The hash under which filters of a shape are found, but for the child; `None` if the stanza has
    /// not all that they ask for.
    pub(crate) fn hash(&self, shape: Shape) -> Option<u64> {
        let asked = self.0.iter().enumerate().filter(|(bit, _)| shape.has(*bit));
        asked.map(|(_, part)| *part).try_fold(begin(shape), |all, part| Some(mix(all, part?)))
    }
}

/// The hash with that of a child, which is the last.
pub(crate) fn with_child(hash: u64, name: &str, namespace: &str) -> u64 {
    mix(hash, hash_child((name, namespace)))
}

fn begin(shape: Shape) -> u64 {
    mix(0, u64::from(shape.0))
}

fn hash_child(child: (&str, &str)) -> u64 {
    hash(child)
}

/// SipHash with a fixed key, as this crate draws no random number. What a stanza holds only chooses
/// among the filters that there are; what filters ask for may come from strangers, who cannot find
/// more than a few values with the same 64 bits.
fn hash(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Both in one number, in which every bit depends on every bit.
const fn mix(all: u64, part: u64) -> u64 {
    let x = (all.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ x >> 32
}
