mod stream;

use std::{
    cell::OnceCell,
    future::poll_fn,
    task::{Context, Poll, Waker},
    time::Duration,
};

use jabber_connection::{
    Accepted, AlreadyConnected, NotReady, Purged, Queue, RequestId, SendError, SendErrorReason,
};
use jabber_dialect::{Identity, Protocol};
use jabber_status::Phase;
use jabber_transport::Connected;
use jabber_xml::Element;

use crate::{
    Client, Error, NotSent, RequestError, SessionBuilder, State,
    client::Commands,
    driver::{Awaits, Driver},
    sink::{FateWaiter, Waiter},
    waiting::{WaitingFor, WaitingForFate},
    watch::Watchers,
};

/// One connection, driven by whoever polls it.
///
/// As a [`Stream`](futures_core::Stream) it yields [`Event`](crate::Event)s in the order in which
/// things happened, and `None` once no attempt lives; after another [`connect`](Self::connect) it goes
/// on. [`send`](Self::send), [`request`](Self::request) and [`ready`](Self::ready) drive it too while
/// they wait; what happens meanwhile is kept for the stream. Between two polls nothing is read or
/// written.
///
/// Dropped, it closes the connection at once. For the orderly way see [`shutdown`](Self::shutdown).
#[derive(Debug)]
pub struct Session {
    pub(crate) driver: Driver,
    /// Once somebody has asked for one.
    clients: OnceCell<Box<(Client, Commands)>>,
    /// Who polled it last, as long as there is no client: the first one's commands may come between two
    /// polls.
    task: Option<Waker>,
    /// Once the task's turn is over: how many events the stream hands out yet.
    beyond_turn: Option<usize>,
}

impl Session {
    /// Sets up a session for a dialect's configuration.
    pub fn builder(protocol: impl Protocol + 'static) -> SessionBuilder {
        SessionBuilder::new(protocol)
    }

    pub(crate) fn new(driver: Driver) -> Self {
        Self { driver, clients: OnceCell::new(), task: None, beyond_turn: None }
    }

    /// Starts an attempt: CONNECT, CONNECTING. The rest happens as the session is polled.
    ///
    /// # Errors
    /// While an attempt lives; nothing fires then.
    pub fn connect(&mut self) -> Result<(), AlreadyConnected> {
        self.driver.connect()
    }

    /// Starts an attempt on a pipe that is connected already: a socket handed over by a supervisor,
    /// one end of a tunnel. The transport is only asked for TLS.
    ///
    /// # Errors
    /// While an attempt lives; nothing fires then, and the pipe is dropped.
    pub fn connect_on(&mut self, connected: Connected) -> Result<(), AlreadyConnected> {
        self.driver.connect_on(connected)
    }

    /// Drives the session until INIT_FINISHED, and tells who we are.
    ///
    /// # Errors
    /// With the cause, when the attempt ends before, or none was started; and where no further one
    /// begins because the events that wait are at their bound: take those first.
    ///
    /// # Cancellation
    /// Dropped while it waits, nothing is lost; the attempt goes on as the session is polled.
    pub async fn ready(&mut self) -> Result<Identity, Error> {
        poll_fn(|cx| {
            loop {
                let connection = &self.driver.connection;
                if let (Phase::Ready, Some(identity)) = (connection.phase(), connection.identity())
                {
                    return Poll::Ready(Ok(identity.clone()));
                }
                if self.driver.is_over() {
                    return Poll::Ready(Err(self.failure()));
                }
                let before = self.driver.connection.phase();
                self.drive(cx, Awaits::End);
                // Nobody else can take the session's own events meanwhile.
                if self.driver.connection.waits_for_room() && self.driver.sink.is_at_bound() {
                    return Poll::Ready(Err(self.failure()));
                }
                if self.driver.connection.phase() == before && !self.driver.is_over() {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    /// Sends a stanza, or queues it while the session is not ready (NODEQUEUED). Waits while more
    /// is written than the server reads.
    ///
    /// # Errors
    /// When the stanza was not accepted; it is handed back. That is also so when the server does
    /// not read and the events that wait are at their bound: take those first. (Waiting for both
    /// could last for ever.)
    ///
    /// # Cancellation
    /// Dropped while it waits, the stanza was not accepted.
    pub async fn send(&mut self, stanza: Element) -> Result<Accepted, SendError> {
        if !self.room().await {
            return Err(SendError::new(stanza, SendErrorReason::WouldBlock));
        }
        self.driver.connection.send(stanza, self.driver.clock.now(), &mut self.driver.sink)
    }

    /// Sends a stanza as [`send`](Self::send) does. Where it is queued it waits for `time_to_live` at
    /// most; then it is returned ([`Event::Returned`](crate::Event::Returned)).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Cancellation
    /// As [`send`](Self::send).
    pub async fn send_within(
        &mut self,
        stanza: Element,
        time_to_live: Duration,
    ) -> Result<Accepted, SendError> {
        if !self.room().await {
            return Err(SendError::new(stanza, SendErrorReason::WouldBlock));
        }
        let Driver { connection, clock, sink, .. } = &mut self.driver;
        connection.send_within(stanza, Some(time_to_live), clock.now(), sink)
    }

    /// Sends a stanza and drives the session until all its bytes were given to the pipe. While the
    /// session is not ready it is queued, and this returns at once
    /// ([`Accepted::is_queued`](crate::Accepted::is_queued)): nobody could purge the queue meanwhile.
    ///
    /// # Errors
    /// When it was not accepted, or was returned: the peer has not had all of it then.
    ///
    /// # Cancellation
    /// Dropped while it waits, the stanza was accepted or it was not; where it was and comes back, that
    /// is an [`Event::Returned`](crate::Event::Returned).
    pub async fn send_written(&mut self, stanza: Element) -> Result<Accepted, NotSent> {
        let accepted = self.send(stanza).await.map_err(NotSent::Refused)?;
        if accepted.is_queued() {
            return Ok(accepted);
        }
        let receipt = accepted.receipt();
        self.driver.sink.fates.insert(receipt, FateWaiter::Session(None));
        let waiting = WaitingForFate { session: self, receipt };
        let fate = poll_fn(|cx| {
            waiting.session.drive(cx, Awaits::End);
            match waiting.session.driver.sink.fates.get_mut(&receipt) {
                Some(FateWaiter::Session(fate @ Some(_))) => Poll::Ready(fate.take()),
                _ => Poll::Pending,
            }
        })
        .await;
        fate.unwrap_or(Ok(())).map_err(NotSent::Returned)?;
        Ok(accepted)
    }

    /// Sends a stanza, or queues it while the session is not ready, without waiting. It goes to
    /// the pipe as the session is polled, together with what else was sent by then.
    ///
    /// # Errors
    /// When the stanza was not accepted, or would have to wait; it is handed back.
    pub fn try_send(&mut self, stanza: Element) -> Result<Accepted, SendError> {
        if !self.driver.sink.has_room() {
            return Err(SendError::new(stanza, SendErrorReason::WouldBlock));
        }
        self.driver.connection.send(stanza, self.driver.clock.now(), &mut self.driver.sink)
    }

    /// Drives the session until all that was accepted for sending is written and flushed, or the
    /// connection is gone.
    ///
    /// # Cancellation
    /// Dropped while it waits, the rest is written as the session is polled.
    pub async fn flush(&mut self) {
        poll_fn(|cx| {
            self.drive(cx, Awaits::End);
            let done = self.driver.is_flushed() || self.driver.is_over();
            if done { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Sends a stanza as a request (return_to_sender) and drives the session until it ends, for
    /// `timeout` from now at most. While the session is not ready the request is queued, and its
    /// time runs all the same. Where the events that wait meanwhile reach their bound, nothing more
    /// is read, and it ends by its time-out: take events first, or use
    /// [`begin_request`](Self::begin_request).
    ///
    /// # Errors
    /// When there is no answer, or the answer is an error: see [`RequestError`].
    ///
    /// # Cancellation
    /// Dropped while it waits, the request is cancelled; its answer, should it come, is a stanza
    /// like any other.
    pub async fn request(
        &mut self,
        stanza: Element,
        timeout: Duration,
    ) -> Result<Element, RequestError> {
        if !self.room().await {
            let refused = SendError::new(stanza, SendErrorReason::WouldBlock);
            return Err(RequestError::Refused(refused));
        }
        let request = self.begin_request(stanza, timeout).map_err(RequestError::Refused)?;
        self.driver.sink.waiting.insert(request, Waiter::Session(None));
        let waiting = WaitingFor { session: self, request };
        let end = poll_fn(|cx| {
            waiting.session.drive(cx, Awaits::End);
            match waiting.session.driver.sink.waiting.get_mut(&request) {
                Some(Waiter::Session(Some(end))) => Poll::Ready(end.clone()),
                _ => Poll::Pending,
            }
        })
        .await;
        drop(waiting);
        RequestError::result(end)
    }

    /// Sends a stanza as a request without waiting: its end is an
    /// [`Event::RequestEnded`](crate::Event::RequestEnded) with the returned id.
    ///
    /// # Errors
    /// When the stanza was not accepted, or would have to wait; it is handed back.
    pub fn begin_request(
        &mut self,
        stanza: Element,
        timeout: Duration,
    ) -> Result<RequestId, SendError> {
        if !self.driver.sink.has_room() {
            return Err(SendError::new(stanza, SendErrorReason::WouldBlock));
        }
        let now = self.driver.clock.now();
        self.driver.connection.request(stanza, timeout, now, &mut self.driver.sink)
    }

    /// Gives up a request; it ends as cancelled. One that has ended is not touched.
    pub fn cancel_request(&mut self, request: RequestId) {
        self.driver.connection.cancel(request, self.driver.clock.now(), &mut self.driver.sink);
    }

    /// What waits to be sent: what was sent while the session was not ready.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        self.driver.connection.queue()
    }

    /// Sends all that is queued, in the order it came. Nothing of the queue is ever sent without
    /// it, because nobody else can know whether it is still valid.
    ///
    /// # Errors
    /// When the session is not ready; nothing changes then.
    pub fn purge_queue(&mut self) -> Result<Purged, NotReady> {
        self.driver.connection.purge_queue(self.driver.clock.now(), &mut self.driver.sink)
    }

    /// Hands back all that is queued, in the order it came. Requests among it end as cancelled.
    pub fn take_queue(&mut self) -> Vec<Element> {
        self.driver.connection.take_queue(self.driver.clock.now(), &mut self.driver.sink)
    }

    /// Starts an attempt, as [`connect`](Self::connect) does; one that lives is ended first, in good
    /// order. In a pause before another attempt it begins at once.
    pub fn reconnect(&mut self) {
        self.driver.connection.reconnect(self.driver.clock.now(), &mut self.driver.sink);
    }

    /// How long it is until the next attempt, in a pause before it.
    #[must_use]
    pub fn next_attempt(&self) -> Option<Duration> {
        let at = self.driver.connection.next_attempt()?;
        Some(at.saturating_sub(self.driver.clock.now()))
    }

    /// Closes in good order: what was accepted for sending goes out, then the stream end; the
    /// server's is waited for, within [`Deadlines::closing`](crate::Deadlines::closing). It happens
    /// as the session is polled; poll until the stream ends. What is queued stays.
    pub fn shutdown(&mut self) {
        self.driver.connection.shutdown(self.driver.clock.now(), &mut self.driver.sink);
    }

    /// Drops the connection at once, without ending the stream.
    pub fn halt(&mut self) {
        self.driver.connection.halt(self.driver.clock.now(), &mut self.driver.sink);
    }

    /// The phase it is in.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.driver.connection.phase()
    }

    /// The number of the attempt: 0 before the first, then 1, 2, ….
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.driver.connection.attempt()
    }

    /// Who we are, once ready.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        self.driver.connection.identity()
    }

    /// The `id` that a request went out with; `None` once it has ended.
    #[must_use]
    pub fn id_of(&self, request: RequestId) -> Option<&str> {
        self.driver.connection.id_of(request)
    }

    /// The dialect's name, as its events carry it.
    #[must_use]
    pub fn dialect(&self) -> &'static str {
        self.driver.connection.protocol().name()
    }

    /// Where it stands, all at once.
    #[must_use]
    pub fn state(&self) -> State {
        self.driver.sink.state.publish(&self.driver.connection);
        self.driver.sink.state.snapshot()
    }

    pub(crate) const fn watchers(&mut self) -> &mut Watchers {
        &mut self.driver.sink.watchers
    }

    /// A handle for other tasks.
    #[must_use]
    pub fn client(&self) -> Client {
        let (client, _) = &**self.clients.get_or_init(|| {
            // It has to look for commands before it sleeps again.
            if let Some(task) = &self.task {
                task.wake_by_ref();
            }
            Box::new(Client::new(self.driver.sink.state.clone()))
        });
        client.clone()
    }

    pub(crate) fn into_parts(self) -> (Driver, Client, Commands) {
        let state = &self.driver.sink.state;
        let clients = self.clients.into_inner().map(|clients| *clients);
        let (client, commands) = clients.unwrap_or_else(|| Client::new(state.clone()));
        (self.driver, client, commands)
    }

    /// Why the last attempt has ended.
    fn failure(&self) -> Error {
        self.driver.sink.failure.clone().unwrap_or_else(Error::not_connected)
    }

    fn drive(&mut self, cx: &mut Context<'_>, awaits: Awaits) {
        let Some((_, commands)) = self.clients.get_mut().map(|clients| &mut **clients) else {
            if !self.task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
                self.task = Some(cx.waker().clone());
            }
            return self.driver.drive(cx, awaits);
        };
        loop {
            commands.poll(&mut self.driver, cx);
            self.driver.drive(cx, awaits);
            commands.tell_room(&self.driver);
            if !commands.can_go_on(&self.driver) {
                break;
            }
        }
    }

    /// Waits for room in the write buffer; false where that could last for ever.
    async fn room(&mut self) -> bool {
        poll_fn(|cx| {
            if !self.driver.sink.has_room() {
                self.drive(cx, Awaits::Room);
            }
            let sink = &self.driver.sink;
            let has_room = sink.has_room();
            let is_decided = has_room || sink.is_at_bound();
            if is_decided { Poll::Ready(has_room) } else { Poll::Pending }
        })
        .await
    }
}
