//! What a protocol's own statuses must offer.

use core::fmt::{Debug, Display};

/// The kinds of events that a protocol tells. [`Kind`](crate::Kind) is Jabber's and the default
/// everywhere; another protocol brings its own enum (see the [crate's example](crate)).
///
/// `Display` should be the [name](Self::name).
pub trait Vocabulary: Copy + Eq + Debug + Display + 'static {
    /// Where the thing observed stands.
    type Phase: Copy + Eq + Debug + Display + Send + Sync + 'static;

    /// Its own bit in a [`KindSet`](crate::KindSet), 0 to 63, another for each kind. A kind with a
    /// higher one is in no set, so nobody hears of it.
    fn bit(self) -> u32;

    /// A stable number, for programs.
    fn code(self) -> u16;

    /// A stable text, for logs and files.
    fn name(self) -> &'static str;
}
