//! What an observer sees.

use alloc::boxed::Box;
use core::any::Any;
use core::error::Error;
use core::fmt::{self, Debug, Display, Write as _};

use crate::{Kind, Vocabulary};

/// One event, borrowed by observers at the moment of the transition.
///
/// Every layer has event types of its own that implement this; what is particular to one (which
/// mechanism, which resource) is reached through [`as_any`](Self::as_any).
pub trait StatusEvent<K: Vocabulary = Kind>: Debug + Any + Send + Sync {
    /// What it is about.
    fn kind(&self) -> K;

    /// Where the attempt stands.
    fn phase(&self) -> K::Phase;

    /// The number of the attempt: 0 before the first CONNECT, then 1, 2, … It stays after an
    /// attempt's end until the next CONNECT.
    fn attempt(&self) -> u32;

    /// Which dialect tells it: `xmpp`, `component`, …
    fn dialect(&self) -> &'static str;

    /// The text of the node that was sent, received or queued, with secrets redacted. Formatted
    /// only when the observer asks.
    fn node(&self) -> Option<&dyn Display> {
        None
    }

    /// More, for people: the mechanism and why, the TLS version, the JID. Not for programs: its
    /// wording may change.
    fn detail(&self) -> Option<&dyn Display> {
        None
    }

    /// The typed cause of an error status.
    fn error(&self) -> Option<&(dyn Error + 'static)> {
        None
    }

    /// An estimate of the memory that it holds beside itself, in bytes: who keeps events for somebody
    /// bounds them by it. By default as many as its `Debug` has, which is not kept; a type that knows
    /// better says so at less cost.
    fn memory(&self) -> usize {
        debug_len(self)
    }

    /// The event itself, to downcast to its own type.
    fn as_any(&self) -> &dyn Any;

    /// An owned copy. Observers borrow; only streams of events copy.
    fn to_boxed(&self) -> Box<dyn StatusEvent<K>>;
}

/// How long its `Debug` is in bytes, without keeping it: an estimate of how much it holds.
///
/// # Examples
///
/// ```
/// assert_eq!(jabber_status::debug_len(&vec![1, 2, 3]), "[1, 2, 3]".len());
/// ```
#[must_use]
pub fn debug_len(value: &(impl Debug + ?Sized)) -> usize {
    struct Count(usize);
    impl fmt::Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.saturating_add(text.len());
            Ok(())
        }
    }
    let mut count = Count(0);
    // What cannot be formatted to its end counts as far as it went.
    let _ = write!(count, "{value:?}");
    count.0
}
