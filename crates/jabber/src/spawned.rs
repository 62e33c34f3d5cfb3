use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use jabber_status::Phase;

use crate::{
    Client, Event, Session,
    client::Commands,
    driver::{Awaits, Driver},
    watch::{Backlog, Taker, bounded},
};

/// How many events wait for the other task at most before the session stops reading.
pub(crate) const EVENTS: usize = 64;

/// The events of a spawned session. Bounded, to 64 and to the bytes of
/// [`event_bounds`](crate::SessionBuilder::event_bounds): who does not take them makes the session stop
/// reading, not writing. Dropped, the session goes on, and its events and stanzas are dropped too.
#[derive(Debug)]
pub struct Events(Taker<Event>);

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll(cx)
    }
}

impl Session {
    /// Has the session driven by a task of its own on the current tokio runtime, until the last
    /// [`Client`] is dropped (which shuts it down in good order).
    ///
    /// # Panics
    /// Outside a tokio runtime, as [`tokio::spawn`] does.
    #[must_use]
    pub fn spawn(self) -> (Client, Events) {
        let (driver, client, commands) = self.into_parts();
        let (events, received) = bounded(EVENTS, driver.sink.bound.bytes);
        tokio::spawn(Spawned { driver, commands, events });
        (client, Events(received))
    }
}

struct Spawned {
    driver: Driver,
    commands: Commands,
    events: Backlog<Event>,
}

impl Future for Spawned {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        loop {
            let abandoned = this.commands.poll(&mut this.driver, cx);
            let connection = &this.driver.connection;
            let lives = !matches!(connection.phase(), Phase::Idle | Phase::Closing);
            if abandoned && (lives || connection.next_attempt().is_some()) {
                let now = this.driver.clock.now();
                this.driver.connection.shutdown(now, &mut this.driver.sink);
            }
            this.driver.drive(cx, Awaits::Event);
            this.commands.tell_room(&this.driver);
            let moved = this.hand_over(cx);
            if !moved && !this.commands.can_go_on(&this.driver) {
                let over = abandoned && this.driver.is_over() && !this.driver.sink.has_events();
                return if over { Poll::Ready(()) } else { Poll::Pending };
            }
        }
    }
}

impl Spawned {
    /// Moves events to the other end; true where that made room for more.
    fn hand_over(&mut self, cx: &Context<'_>) -> bool {
        let mut moved = false;
        while self.driver.sink.has_events() || self.driver.has_read() {
            if self.events.poll_room(cx).is_pending() {
                return false;
            }
            let Some(event) = self.driver.take() else { break };
            let size = event.size();
            // Where nobody listens it is dropped.
            self.events.push(event, size);
            moved = true;
        }
        moved
    }
}
