//! A short list of filters: no allocation for a stanza that few may match.

use crate::index::Place;

const INLINE: usize = 8;

#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    inline: [Place; INLINE],
    len: usize,
    /// All, once they are more than that.
    more: Vec<Place>,
    next: usize,
}

impl Found {
    pub(crate) fn push(&mut self, place: Place) {
        if self.more.is_empty() {
            if let Some(free) = self.inline.get_mut(self.len) {
                *free = place;
                self.len += 1;
                return;
            }
            self.more.extend(self.inline);
        }
        self.more.push(place);
    }

    /// In the order in which they were added, each once.
    pub(crate) fn sort(&mut self) {
        if self.more.is_empty() {
            if let Some(inline) = self.inline.get_mut(..self.len) {
                inline.sort_unstable();
            }
        } else {
            self.more.sort_unstable();
        }
    }

    fn all(&self) -> &[Place] {
        let inline = self.inline.get(..self.len).unwrap_or_default();
        if self.more.is_empty() { inline } else { &self.more }
    }

    pub(crate) fn peek(&self) -> Option<Place> {
        self.all().get(self.next).copied()
    }

    /// Goes behind the next, and whatever is the same.
    pub(crate) fn skip(&mut self) {
        let place = self.peek();
        while place.is_some() && self.peek() == place {
            self.next += 1;
        }
    }
}
