//! Everybody who is told.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::{Kind, KindSet, Observer, StatusEvent, Vocabulary};

/// Observers, told in the order in which they subscribed.
///
/// Whether anybody wants a kind is one bit test ([`wants`](Self::wants)): the union of all
/// interests is kept, not computed. So an event that nobody wants need not even be made.
pub struct Observers<K: Vocabulary = Kind> {
    entries: Vec<Entry<K>>,
    interests: KindSet<K>,
    next: u64,
}

/// Names one subscription, to end it. Unique within its [`Observers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscription(u64);

struct Entry<K: Vocabulary> {
    id: Subscription,
    interests: KindSet<K>,
    observer: Box<dyn Observer<K>>,
}

impl<K: Vocabulary> Observers<K> {
    /// Nobody yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), interests: KindSet::EMPTY, next: 0 }
    }

    /// Adds an observer for the kinds that it names now. To change them, subscribe anew.
    pub fn subscribe(&mut self, observer: Box<dyn Observer<K>>) -> Subscription {
        let id = Subscription(self.next);
        self.next += 1;
        let interests = observer.interests();
        self.interests = self.interests.union(interests);
        self.entries.push(Entry { id, interests, observer });
        id
    }

    /// Ends a subscription and gives the observer back; `None` if it has ended before.
    pub fn unsubscribe(&mut self, id: Subscription) -> Option<Box<dyn Observer<K>>> {
        let index = self.entries.iter().position(|entry| entry.id == id)?;
        let entry = self.entries.remove(index);
        self.unite();
        Some(entry.observer)
    }

    /// The kinds that somebody wants.
    #[must_use]
    #[inline]
    pub const fn interests(&self) -> KindSet<K> {
        self.interests
    }

    /// Whether anybody wants this kind: one bit test.
    #[must_use]
    #[inline]
    pub fn wants(&self, kind: impl Into<K>) -> bool {
        self.interests.contains(kind)
    }

    /// Tells those who want the event's kind.
    #[inline]
    pub fn notify(&mut self, event: &dyn StatusEvent<K>) {
        let kind = event.kind();
        if self.wants(kind) {
            self.tell(kind, event);
        }
    }

    fn tell(&mut self, kind: K, event: &dyn StatusEvent<K>) {
        let mut done = false;
        for entry in &mut self.entries {
            if !entry.interests.contains(kind) {
                continue;
            }
            if entry.observer.is_done() {
                done = true;
            } else {
                entry.observer.on_status(event);
            }
        }
        if done {
            self.entries.retain(|entry| !entry.observer.is_done());
            self.unite();
        }
    }

    fn unite(&mut self) {
        let interests = self.entries.iter().map(|entry| entry.interests);
        self.interests = interests.fold(KindSet::EMPTY, KindSet::union);
    }
}

impl<K: Vocabulary> Default for Observers<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Vocabulary> fmt::Debug for Observers<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.entries.iter().map(|entry| (entry.id, entry.interests));
        f.debug_map().entries(ids).finish()
    }
}
