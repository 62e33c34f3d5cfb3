use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use tokio::task::coop;

/// How many bytes wait in one backlog, at least: one of the largest items always fits.
const BYTES: usize = 4 << 20;

/// What an item counts beside the bytes that are told of it: itself, in a list with room to grow.
const ITEM: usize = 256;

/// The session's end of a bounded buffer, from which another task takes.
///
/// It takes what happens even when it is full, because what has happened cannot be undone; the
/// session looks at [`is_full`](Self::is_full) before it lets more happen.
#[derive(Debug)]
pub(crate) struct Backlog<T>(Arc<Mutex<Shared<T>>>);

/// The other end. Dropped, the backlog is abandoned.
#[derive(Debug)]
pub(crate) struct Taker<T>(Arc<Mutex<Shared<T>>>);

#[derive(Debug)]
struct Shared<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    capacity: usize,
    /// How many bytes wait, until it is full.
    enough: usize,
    /// The other end is gone.
    closed: bool,
    taker: Option<Waker>,
    session: Option<Waker>,
}

/// A backlog of `capacity` items, at least one.
pub(crate) fn backlog<T>(capacity: usize) -> (Backlog<T>, Taker<T>) {
    bounded(capacity, BYTES)
}

/// A backlog of `capacity` items, at least one, that is full with so many bytes too.
pub(crate) fn bounded<T>(capacity: usize, bytes: usize) -> (Backlog<T>, Taker<T>) {
    let shared = Arc::new(Mutex::new(Shared {
        items: VecDeque::new(),
        bytes: 0,
        capacity: capacity.max(1),
        enough: bytes.max(1),
        closed: false,
        taker: None,
        session: None,
    }));
    (Backlog(Arc::clone(&shared)), Taker(shared))
}

impl<T> Backlog<T> {
    /// False where nobody will take it.
    pub(crate) fn push(&self, item: T, bytes: usize) -> bool {
        let mut shared = lock(&self.0);
        if shared.closed {
            return false;
        }
        let bytes = bytes.saturating_add(ITEM);
        shared.bytes = shared.bytes.saturating_add(bytes);
        shared.items.push_back((item, bytes));
        wake(shared.taker.take(), shared);
        true
    }

    pub(crate) fn is_full(&self) -> bool {
        lock(&self.0).is_full()
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        lock(&self.0).closed
    }

    /// Ready where there is room; else the task is woken once there is.
    pub(crate) fn poll_room(&self, cx: &Context<'_>) -> Poll<()> {
        let mut shared = lock(&self.0);
        if !shared.is_full() {
            return Poll::Ready(());
        }
        keep(&mut shared.session, cx);
        Poll::Pending
    }
}

impl<T> Drop for Backlog<T> {
    fn drop(&mut self) {
        let mut shared = lock(&self.0);
        shared.closed = true;
        wake(shared.taker.take(), shared);
    }
}

impl<T> Taker<T> {
    /// The next item; `None` once the session is gone and nothing is left.
    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // A flood must not keep the other tasks of the thread waiting.
        let budget = ready!(coop::poll_proceed(cx));
        let mut shared = lock(&self.0);
        match shared.items.pop_front() {
            Some((item, bytes)) => {
                budget.made_progress();
                shared.bytes = shared.bytes.saturating_sub(bytes);
                let session = if shared.is_full() { None } else { shared.session.take() };
                wake(session, shared);
                Poll::Ready(Some(item))
            }
            None if shared.closed => Poll::Ready(None),
            None => {
                // An idle stream keeps no memory for a burst that is over.
                if shared.items.capacity() > 64 {
                    shared.items = VecDeque::new();
                }
                keep(&mut shared.taker, cx);
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        let mut shared = lock(&self.0);
        shared.closed = true;
        let items = std::mem::take(&mut shared.items);
        shared.bytes = 0;
        wake(shared.session.take(), shared);
        drop(items);
    }
}

impl<T> Shared<T> {
    fn is_full(&self) -> bool {
        !self.closed && (self.items.len() >= self.capacity || self.bytes >= self.enough)
    }
}

/// Nothing of ours panics while it holds the lock, and what is in there is always whole.
fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes after the lock is released: the woken may run at once.
fn wake<T>(waker: Option<Waker>, locked: MutexGuard<'_, Shared<T>>) {
    drop(locked);
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn keep(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}
