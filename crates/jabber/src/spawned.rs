use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_channel::mpsc;
use futures_core::Stream;
use jabber_status::Phase;

use crate::{Client, Event, Session, client::Commands, driver::Driver};

/// How many events wait in the channel before the session stops reading.
const EVENTS: usize = 64;

/// The events of a spawned session. Bounded: who does not take them makes the session stop
/// reading, not writing. Dropped, the session goes on, and its events and stanzas are dropped too.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        Pin::new(&mut self.0).poll_next(cx)
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
        let (events, received) = mpsc::channel(EVENTS);
        let (driver, client, commands) = self.into_parts();
        tokio::spawn(Spawned { driver, commands, events });
        (client, Events(received))
    }
}

struct Spawned {
    driver: Driver,
    commands: Commands,
    events: mpsc::Sender<Event>,
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
            this.driver.drive(cx, false);
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
    /// Moves events into the channel; true where that made room for more.
    fn hand_over(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while self.driver.sink.has_events() {
            match self.events.poll_ready(cx) {
                Poll::Pending => return false,
                // Nobody listens: the event is dropped.
                Poll::Ready(Err(_)) => drop(self.driver.sink.pop()),
                Poll::Ready(Ok(())) => {
                    if let Some(event) = self.driver.sink.pop() {
                        // `poll_ready` has reserved its place.
                        let _ = self.events.start_send(event);
                    }
                }
            }
            moved = true;
        }
        moved
    }
}
