use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::task::coop;

use super::Session;
use crate::{Event, driver::Awaits};

/// So many events of what was read are handed out yet when the task's turn is over: about as many as
/// a turn has.
const REST: usize = 128;

impl Stream for Session {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let session = self.get_mut();
        let waiting = session.driver.sink.events();
        if waiting > 0 && session.beyond_turn > 0 {
            session.beyond_turn -= 1;
            return Poll::Ready(session.driver.sink.pop());
        }
        // A flood must not keep the other tasks of the thread waiting; but the rest of what was read is
        // handed out first, while the processor has it at hand.
        let Poll::Ready(budget) = coop::poll_proceed(cx) else {
            if !(1..=REST).contains(&waiting) {
                session.driver.sink.release();
                return Poll::Pending;
            }
            session.beyond_turn = waiting - 1;
            return Poll::Ready(session.driver.sink.pop());
        };
        if waiting == 0 {
            session.drive(cx, Awaits::Event);
        }
        let event = session.driver.sink.pop();
        if event.is_none() && !session.driver.is_over() {
            return Poll::Pending;
        }
        budget.made_progress();
        Poll::Ready(event)
    }
}
