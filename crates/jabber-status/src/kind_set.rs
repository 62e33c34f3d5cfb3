//! Sets of kinds, for observers to say what they want.

use core::marker::PhantomData;
use core::ops::BitOr;

use crate::{ErrorStatus, Extra, Kind, Status, Vocabulary};

/// A set of kinds: 64 bits, copied freely.
///
/// # Examples
///
/// ```
/// use jabber_status::{ErrorStatus, KindSet, Status};
///
/// let set = KindSet::LIFECYCLE.without(Status::Connecting);
/// assert!(set.contains(Status::InitFinished) && set.contains(ErrorStatus::AuthFail));
/// assert!(!set.contains(Status::NodeSent) && !set.contains(Status::Connecting));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSet<K = Kind> {
    bits: u64,
    // No K is held: a set is Send and Sync whatever K is.
    kinds: PhantomData<fn() -> K>,
}

impl KindSet<Kind> {
    /// Every kind of Jabber's.
    pub const ALL: Self = Self::from_bits((1 << KINDS) - 1);

    /// All but the nodes' and requests' (NODESENT, NODERECEIVED, NODEQUEUED, RTS_START,
    /// RTS_FINISH): what happens to the connection, at no cost per node. A trace of these can be
    /// given to [`Lifecycle`](crate::Lifecycle) as it is.
    pub const LIFECYCLE: Self = Self::from_bits(Self::ALL.bits & !Self::NODES.bits);

    /// NODESENT, NODERECEIVED, NODEQUEUED, RTS_START and RTS_FINISH.
    pub const NODES: Self = Self::from_bits(
        mask(Status::NodeSent)
            | mask(Status::NodeReceived)
            | mask(Status::NodeQueued)
            | mask(Status::RtsStart)
            | mask(Status::RtsFinish),
    );

    /// The kinds in it, in the order of [`Kind::all`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::all().filter(move |kind| self.contains(*kind))
    }
}

/// How many kinds there are.
const KINDS: usize = Status::ALL.len() + ErrorStatus::ALL.len() + Extra::ALL.len();

const fn mask(status: Status) -> u64 {
    1 << Kind::Status(status).bit()
}

impl<K> KindSet<K> {
    /// No kind.
    pub const EMPTY: Self = Self::from_bits(0);

    const fn from_bits(bits: u64) -> Self {
        Self { bits, kinds: PhantomData }
    }

    /// Every kind of any vocabulary.
    #[must_use]
    pub const fn full() -> Self {
        Self::from_bits(u64::MAX)
    }

    /// Whether there is none in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// What is in one of the two.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self::from_bits(self.bits | other.bits)
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self::from_bits(self.bits & other.bits)
    }
}

impl<K: Vocabulary> KindSet<K> {
    /// Those kinds.
    #[must_use]
    pub fn of(kinds: &[K]) -> Self {
        kinds.iter().copied().collect()
    }

    /// Puts a kind in.
    pub fn insert(&mut self, kind: impl Into<K>) {
        *self = self.with(kind);
    }

    /// With this kind too.
    #[must_use]
    pub fn with(self, kind: impl Into<K>) -> Self {
        Self::from_bits(self.bits | bit(kind.into()))
    }

    /// Without this kind.
    #[must_use]
    pub fn without(self, kind: impl Into<K>) -> Self {
        Self::from_bits(self.bits & !bit(kind.into()))
    }

    /// Whether it is in: one bit test.
    #[must_use]
    #[inline]
    pub fn contains(self, kind: impl Into<K>) -> bool {
        self.bits & bit(kind.into()) != 0
    }
}

/// Beyond 63 there is no bit, and the kind is in no set.
#[inline]
fn bit<K: Vocabulary>(kind: K) -> u64 {
    1_u64.checked_shl(kind.bit()).unwrap_or(0)
}

impl<K> Default for KindSet<K> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<K> BitOr for KindSet<K> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl<K: Vocabulary, T: Into<K>> FromIterator<T> for KindSet<K> {
    fn from_iter<I: IntoIterator<Item = T>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, |set, kind| set.with(kind))
    }
}

impl<K: Vocabulary, T: Into<K>> Extend<T> for KindSet<K> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, kinds: I) {
        kinds.into_iter().for_each(|kind| self.insert(kind));
    }
}
