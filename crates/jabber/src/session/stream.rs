use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::task::coop;

use super::Session;
use crate::{
    Event,
    driver::{Awaits, READ},
};

/// So many events of what was read are handed out yet when the task's turn is over, where no more bytes
/// are left: about as many as a turn has.
const REST: usize = 128;
const REST_BYTES: usize = READ / 2;

impl Stream for Session {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let session = self.get_mut();
        if let Some(left @ 1..) = &mut session.beyond_turn {
            *left -= 1;
            if let Some(event) = session.take() {
                return Poll::Ready(Some(event));
            }
        }
        // A flood must not keep the other tasks of the thread waiting; but the rest of what was read is
        // handed out first, while the processor has it at hand.
        let Poll::Ready(budget) = coop::poll_proceed(cx) else {
            if session.beyond_turn.is_none()
                && session.driver.unread() <= REST_BYTES
                && session.driver.sink.events() <= REST
                && let Some(event) = session.take()
            {
                session.beyond_turn = Some(REST);
                return Poll::Ready(Some(event));
            }
            session.beyond_turn = None;
            session.driver.sink.release();
            return Poll::Pending;
        };
        session.beyond_turn = None;
        let mut event = session.take();
        if event.is_none() {
            session.drive(cx, Awaits::Event);
            event = session.driver.sink.pop();
        }
        if event.is_none() && !session.driver.is_over() {
            return Poll::Pending;
        }
        budget.made_progress();
        Poll::Ready(event)
    }
}

impl Session {
    fn take(&mut self) -> Option<Event> {
        if self.driver.is_due() { None } else { self.driver.take() }
    }
}
