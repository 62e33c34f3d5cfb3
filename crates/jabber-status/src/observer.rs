//! Who is told.

use alloc::boxed::Box;
use core::marker::PhantomData;

use crate::{Kind, KindSet, StatusEvent, Vocabulary};

/// Someone who is told of events, inline, at the moment they happen and in their order.
///
/// A slow observer holds up the connection; hand the work to someone else if it takes long.
pub trait Observer<K: Vocabulary = Kind>: Send {
    /// The kinds it wants: everything, unless it says otherwise. Asked once, when it subscribes.
    fn interests(&self) -> KindSet<K> {
        KindSet::full()
    }

    /// Is told of one event of a kind that it wants.
    fn on_status(&mut self, event: &dyn StatusEvent<K>);

    /// Whether it wants no more, ever (whoever listened at its other end is gone). It is
    /// unsubscribed when the next event would have come to it.
    fn is_done(&self) -> bool {
        false
    }
}

/// An observer that calls `callback` for the kinds in `interests`.
///
/// # Examples
///
/// ```
/// use jabber_status::{KindSet, Observers, StatusEvent, observe};
///
/// let mut observers = Observers::new();
/// let id = observers.subscribe(Box::new(observe(KindSet::LIFECYCLE, |event: &dyn StatusEvent| {
///     println!("{} in {}", event.kind(), event.phase());
/// })));
/// assert_eq!(observers.interests(), KindSet::LIFECYCLE);
/// observers.unsubscribe(id);
/// assert!(observers.interests().is_empty());
/// ```
pub fn observe<K, F>(interests: KindSet<K>, callback: F) -> impl Observer<K>
where
    K: Vocabulary,
    F: FnMut(&dyn StatusEvent<K>) + Send,
{
    Callback { interests, callback, kinds: PhantomData }
}

struct Callback<K, F> {
    interests: KindSet<K>,
    callback: F,
    kinds: PhantomData<fn() -> K>,
}

impl<K: Vocabulary, F: FnMut(&dyn StatusEvent<K>) + Send> Observer<K> for Callback<K, F> {
    fn interests(&self) -> KindSet<K> {
        self.interests
    }

    fn on_status(&mut self, event: &dyn StatusEvent<K>) {
        (self.callback)(event);
    }
}

impl<K: Vocabulary, O: Observer<K> + ?Sized> Observer<K> for Box<O> {
    fn interests(&self) -> KindSet<K> {
        (**self).interests()
    }

    fn on_status(&mut self, event: &dyn StatusEvent<K>) {
        (**self).on_status(event);
    }

    fn is_done(&self) -> bool {
        (**self).is_done()
    }
}
