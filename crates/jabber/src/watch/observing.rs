//! Subscribing while a session lives.

use std::fmt;

use jabber_connection::Tap;
use jabber_status::{KindSet, Observer, Subscription};

use super::{State, StatusStream, TapStream, Watchers};
use crate::{Client, Session, SessionGone, command::Command};

impl Session {
    /// Adds an observer, which borrows each event at the moment of its transition. It hears what
    /// happens from now on; [`state`](Self::state) says where that begins.
    pub fn subscribe(&mut self, observer: impl Observer + 'static) -> Subscription {
        self.watchers().subscribe(Box::new(observer))
    }

    /// Ends a subscription and gives the observer back; `None` if it has ended before.
    pub fn unsubscribe(&mut self, subscription: Subscription) -> Option<Box<dyn Observer>> {
        self.watchers().unsubscribe(subscription)
    }

    /// Statuses of those kinds for another task, `capacity` of them waiting at most (one at least),
    /// and 8 MiB, with the default [`Limits`](crate::Limits).
    /// Whoever subscribes before [`connect`](Self::connect) misses none.
    pub fn status_stream(&mut self, kinds: KindSet, capacity: usize) -> StatusStream {
        self.watchers().status_stream(kinds, capacity)
    }

    /// Adds a tap, which is shown all that is on the wire from now on.
    pub fn tap(&mut self, tap: impl Tap + 'static) {
        self.watchers().tap(Box::new(tap));
    }

    /// All that is on the wire, for another task, `capacity` items of it waiting at most (one at
    /// least), and 8 MiB, with the default [`Limits`](crate::Limits).
    pub fn tap_stream(&mut self, capacity: usize) -> TapStream {
        self.watchers().tap_stream(capacity)
    }
}

impl Client {
    /// Adds an observer: see [`Session::subscribe`].
    ///
    /// # Errors
    /// When the session is gone.
    ///
    /// # Cancellation
    /// Dropped while it waits, the observer may have been added.
    pub async fn subscribe(
        &self,
        observer: impl Observer + 'static,
    ) -> Result<Subscription, SessionGone> {
        self.watch(move |watchers| watchers.subscribe(Box::new(observer))).await
    }

    /// Ends a subscription and gives the observer back; `None` if it has ended before.
    ///
    /// # Errors
    /// When the session is gone, and its observers with it.
    pub async fn unsubscribe(
        &self,
        subscription: Subscription,
    ) -> Result<Option<Box<dyn Observer>>, SessionGone> {
        self.watch(move |watchers| watchers.unsubscribe(subscription)).await
    }

    /// Statuses of those kinds as a stream: see [`Session::status_stream`].
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn status_stream(
        &self,
        kinds: KindSet,
        capacity: usize,
    ) -> Result<StatusStream, SessionGone> {
        self.watch(move |watchers| watchers.status_stream(kinds, capacity)).await
    }

    /// Adds a tap: see [`Session::tap`].
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn tap(&self, tap: impl Tap + 'static) -> Result<(), SessionGone> {
        self.watch(move |watchers| watchers.tap(Box::new(tap))).await
    }

    /// All that is on the wire as a stream: see [`Session::tap_stream`].
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn tap_stream(&self, capacity: usize) -> Result<TapStream, SessionGone> {
        self.watch(move |watchers| watchers.tap_stream(capacity)).await
    }

    /// Where the session stands, at once and without asking it. What this client was told has been
    /// done is in there.
    ///
    /// # Errors
    /// When the session is gone.
    pub fn state(&self) -> Result<State, SessionGone> {
        if self.is_closed() { Err(SessionGone) } else { Ok(self.state.snapshot()) }
    }

    async fn watch<T: Send + 'static>(
        &self,
        watch: impl FnOnce(&mut Watchers) -> T + Send + 'static,
    ) -> Result<T, SessionGone> {
        self.ask(|reply| {
            Command::Watch(Watch(Box::new(move |watchers| {
                // Nobody waits any more: a stream is then dropped, and so unsubscribed.
                let _ = reply.send(watch(watchers));
            })))
        })
        .await
    }
}

/// A change of who watches, on its way to the session.
pub(crate) struct Watch(Box<dyn FnOnce(&mut Watchers) + Send>);

impl Watch {
    pub(crate) fn apply(self, watchers: &mut Watchers) {
        (self.0)(watchers);
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
