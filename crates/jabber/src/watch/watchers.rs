use std::{cell::Cell, fmt, task::Context};

use jabber_connection::{Tap, Wire};
use jabber_status::{KindSet, Observer, Observers, StatusEvent, Subscription};

use super::{
    backlog::Backlog,
    status_stream::{StatusStream, Statuses},
    tap_stream::{TapStream, Tapped, tapped},
};

/// All who are told, and shown, what happens.
#[derive(Default)]
pub(crate) struct Watchers {
    observers: Observers,
    statuses: Vec<Statuses>,
    /// What the streams and the meter want: kept, not computed.
    streamed: KindSet,
    taps: Vec<Box<dyn Tap>>,
    tapped: Vec<Backlog<Tapped>>,
    #[cfg(feature = "metrics")]
    pub(crate) meter: Option<crate::metrics::Meter>,
    /// Somebody was found full: the session waits.
    held_up: Cell<bool>,
}

impl Watchers {
    pub(crate) fn subscribe(&mut self, observer: Box<dyn Observer>) -> Subscription {
        self.observers.subscribe(observer)
    }

    pub(crate) fn unsubscribe(&mut self, id: Subscription) -> Option<Box<dyn Observer>> {
        self.observers.unsubscribe(id)
    }

    pub(crate) fn status_stream(&mut self, kinds: KindSet, capacity: usize) -> StatusStream {
        let (statuses, stream) = Statuses::new(kinds, capacity);
        self.statuses.push(statuses);
        self.unite();
        stream
    }

    pub(crate) fn tap(&mut self, tap: Box<dyn Tap>) {
        self.taps.push(tap);
    }

    pub(crate) fn tap_stream(&mut self, capacity: usize) -> TapStream {
        let (backlog, stream) = tapped(capacity);
        self.tapped.push(backlog);
        stream
    }

    pub(crate) const fn interests(&self) -> KindSet {
        self.observers.interests().union(self.streamed)
    }

    pub(crate) fn is_tapped(&self) -> bool {
        #[cfg(feature = "metrics")]
        if self.meter.is_some() {
            return true;
        }
        !self.taps.is_empty() || !self.tapped.is_empty()
    }

    pub(crate) fn notify(&mut self, event: &dyn StatusEvent) {
        self.observers.notify(event);
        #[cfg(feature = "metrics")]
        if let Some(meter) = &mut self.meter {
            meter.note(event);
        }
        let mut abandoned = false;
        for statuses in &self.statuses {
            abandoned |= !statuses.notify(event);
        }
        if abandoned {
            self.forget_abandoned();
        }
    }

    /// True while somebody is full: nothing more may happen that can wait.
    pub(crate) fn is_full(&self) -> bool {
        if self.statuses.is_empty() && self.tapped.is_empty() {
            return false;
        }
        let full = self.statuses.iter().any(|it| it.backlog.is_full())
            || self.tapped.iter().any(Backlog::is_full);
        self.held_up.set(self.held_up.get() | full);
        full
    }

    /// True where the session was held up and is no longer. As long as it is, the task is woken
    /// once there is room.
    pub(crate) fn poll_room(&mut self, cx: &Context<'_>) -> bool {
        if !self.held_up.get() {
            return false;
        }
        self.forget_abandoned();
        let mut room = true;
        for statuses in &self.statuses {
            room &= statuses.backlog.poll_room(cx).is_ready();
        }
        for tapped in &self.tapped {
            room &= tapped.poll_room(cx).is_ready();
        }
        self.held_up.set(!room);
        room
    }

    fn forget_abandoned(&mut self) {
        self.tapped.retain(|backlog| !backlog.is_abandoned());
        if self.statuses.iter().any(|it| it.backlog.is_abandoned()) {
            self.statuses.retain(|it| !it.backlog.is_abandoned());
            self.unite();
        }
    }

    fn unite(&mut self) {
        let streams = self.statuses.iter().map(|it| it.kinds);
        let streamed = streams.fold(KindSet::EMPTY, KindSet::union);
        #[cfg(feature = "metrics")]
        let streamed = match self.meter {
            Some(_) => streamed.union(crate::metrics::Meter::INTERESTS),
            None => streamed,
        };
        self.streamed = streamed;
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn measure(&mut self) {
        self.meter.get_or_insert_default();
        self.unite();
    }
}

impl Tap for Watchers {
    fn on_wire(&mut self, item: &Wire<'_>) {
        #[cfg(feature = "metrics")]
        if let Some(meter) = &mut self.meter {
            meter.count(item);
        }
        self.taps.retain_mut(|tap| {
            let done = tap.is_done();
            if !done {
                tap.on_wire(item);
            }
            !done
        });
        self.tapped.retain(|backlog| !backlog.is_abandoned());
        if let Some((last, others)) = self.tapped.split_last() {
            let tapped = Tapped::new(item);
            for backlog in others {
                backlog.push(tapped.clone(), tapped.text.len());
            }
            let bytes = tapped.text.len();
            last.push(tapped, bytes);
        }
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchers")
            .field("observers", &self.observers)
            .field("statuses", &self.statuses)
            .field("taps", &(self.taps.len() + self.tapped.len()))
            .finish_non_exhaustive()
    }
}
