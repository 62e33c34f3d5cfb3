//! Where filters are found by their keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::found::Found;
use crate::key::{self, Key, Parts, Shape};
use crate::stanza::Stanza;

/// Where a filter is. Places are in the order in which their filters were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// Counts the filters that were ever added.
    pub(crate) serial: u64,
    pub(crate) slot: u32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    by_key: HashMap<u64, Vec<Place>, BuildHasherDefault<Hashed>>,
    /// The shapes that there are, and how many filters have each.
    shapes: Vec<(Shape, usize)>,
    /// What any filter asks for.
    asked: Shape,
    /// Filters without a condition that a table can answer.
    rest: Vec<Place>,
}

impl Index {
    pub(crate) fn add(&mut self, key: Key, place: Place) {
        if key.shape.is_empty() {
            self.rest.push(place);
            return;
        }
        self.by_key.entry(key.hash).or_default().push(place);
        match self.shapes.iter_mut().find(|(shape, _)| *shape == key.shape) {
            Some((_, count)) => *count += 1,
            None => self.shapes.push((key.shape, 1)),
        }
        self.asked = self.asked.with(key.shape);
    }

    pub(crate) fn remove(&mut self, key: Key, place: Place) {
        if key.shape.is_empty() {
            take(&mut self.rest, place);
            return;
        }
        if let Some(places) = self.by_key.get_mut(&key.hash) {
            take(places, place);
            if places.is_empty() {
                self.by_key.remove(&key.hash);
            }
        }
        if let Some((_, count)) = self.shapes.iter_mut().find(|(shape, _)| *shape == key.shape) {
            *count -= 1;
        }
        self.shapes.retain(|(_, count)| *count > 0);
        let asked = self.shapes.iter().map(|(shape, _)| *shape);
        self.asked = asked.fold(Shape::default(), Shape::with);
    }

    /// The filters that may match a stanza, those apart that are tried for every one.
    pub(crate) fn find(&self, stanza: &Stanza<'_>) -> Found {
        let mut found = Found::default();
        if self.shapes.is_empty() {
            return found;
        }
        let parts = Parts::of(stanza, self.asked);
        let mut look_up = |hash| {
            let places = self.by_key.get(&hash).into_iter().flatten();
            places.for_each(|place| found.push(*place));
        };
        for (shape, _) in &self.shapes {
            let Some(hash) = parts.hash(*shape) else { continue };
            if shape.has_child() {
                for child in stanza.element.children() {
                    look_up(key::with_child(hash, child.name(), child.namespace()));
                }
            } else {
                look_up(hash);
            }
        }
        found.sort();
        found
    }

    pub(crate) fn rest(&self) -> &[Place] {
        &self.rest
    }
}

/// Places are in order, as they were added in it.
fn take(places: &mut Vec<Place>, place: Place) {
    if let Ok(at) = places.binary_search(&place) {
        places.remove(at);
    }
}

/// The keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
