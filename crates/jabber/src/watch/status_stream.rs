use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use jabber_connection::Event as ConnectionEvent;
use jabber_status::{KindSet, StatusEvent};

use super::backlog::{Backlog, Taker, backlog};

/// Statuses for another task, in the order in which they happened and none left out:
/// [`Session::status_stream`](crate::Session::status_stream),
/// [`Client::status_stream`](crate::Client::status_stream).
///
/// It is bounded. While it is full the session waits: it reads no more, and takes in nothing more
/// to send; what it was doing may exceed the bound. So a task that waits for the session (awaits
/// a [`Client`](crate::Client)'s `send`, say) while its stream of [`KindSet::NODES`] is full waits
/// for itself. Dropped, it is unsubscribed. It ends when the session is gone, not with an attempt.
#[derive(Debug)]
#[must_use = "a stream that is dropped is unsubscribed"]
pub struct StatusStream(Taker<Box<dyn StatusEvent>>);

impl Stream for StatusStream {
    type Item = Box<dyn StatusEvent>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(cx)
    }
}

/// The session's end of one.
#[derive(Debug)]
pub(crate) struct Statuses {
    pub(super) kinds: KindSet,
    pub(super) backlog: Backlog<Box<dyn StatusEvent>>,
}

impl Statuses {
    pub(super) fn new(kinds: KindSet, capacity: usize) -> (Self, StatusStream) {
        let (backlog, taker) = backlog(capacity);
        (Self { kinds, backlog }, StatusStream(taker))
    }

    /// False where nobody listens any more.
    pub(super) fn notify(&self, event: &dyn StatusEvent) -> bool {
        if !self.kinds.contains(event.kind()) {
            return true;
        }
        let bytes = event.memory();
        match event.as_any().downcast_ref::<ConnectionEvent>() {
            // It may wait for long, and a read buffer must not wait with it.
            Some(own) => self.backlog.push(Box::new(own.to_compact()), bytes),
            None => self.backlog.push(event.to_boxed(), bytes),
        }
    }
}
