use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jabber_connection::{Accepted, AlreadyConnected, NotReady, Purged, SendError, SendErrorReason};
use jabber_xml::Element;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::{
    NotSent, RequestError, SessionGone,
    command::{Command, Ticket},
    watch::StateCell,
};

/// A handle to a session that is driven elsewhere: spawned, or polled by another task. Clones
/// share one bounded queue of commands.
///
/// When the last client of a spawned session is dropped, the session shuts down in good order.
///
/// Do not await a client's methods in the very task that polls the session: nobody would be left
/// to answer. There, use the methods of [`Session`](crate::Session), which drive it while they
/// wait.
#[derive(Clone, Debug)]
pub struct Client {
    /// Boxed: the queue has room for 32 from the start, whether or not they come.
    commands: mpsc::Sender<Box<Command>>,
    cancelled: mpsc::UnboundedSender<Ticket>,
    tickets: Arc<AtomicU64>,
    pub(crate) state: StateCell,
    room: Arc<Notify>,
}

/// The session's end of its clients.
#[derive(Debug)]
pub(crate) struct Commands {
    pub(crate) queue: mpsc::Receiver<Box<Command>>,
    pub(crate) cancelled: mpsc::UnboundedReceiver<Ticket>,
    /// The next one, where there is no room for what it sends.
    pub(crate) held: Option<Box<Command>>,
    /// Told when the queue may have room again.
    pub(crate) room: Arc<Notify>,
    /// What was in the queue, in stanzas and bytes, when that was looked at last.
    pub(crate) queued: (usize, usize),
}

/// How many commands wait at most before a client has to.
const COMMANDS: usize = 64;

impl Client {
    pub(crate) fn new(state: StateCell) -> (Self, Commands) {
        let (commands, queue) = mpsc::channel(COMMANDS);
        let (cancel, cancelled) = mpsc::unbounded_channel();
        let room = Arc::new(Notify::new());
        let tickets = Arc::default();
        let client = Self { commands, cancelled: cancel, tickets, state, room: Arc::clone(&room) };
        (client, Commands { queue, cancelled, held: None, room, queued: (0, 0) })
    }

    /// Starts an attempt. Returns once CONNECT has fired, not when the session is ready.
    ///
    /// # Errors
    /// Outer: the session is gone. Inner: an attempt lives already.
    ///
    /// # Cancellation
    /// Dropped while it waits, it has been asked for or it has not.
    pub async fn connect(&self) -> Result<Result<(), AlreadyConnected>, SessionGone> {
        self.ask(Command::Connect).await
    }

    /// Sends a stanza, or queues it while the session is not ready. Waits while the session has
    /// more to write than its bound.
    ///
    /// # Errors
    /// Outer: the session is gone. Inner: the stanza was not accepted, and is handed back.
    ///
    /// # Cancellation
    /// Dropped while it waits, the stanza was accepted wholly or not at all.
    pub async fn send(&self, stanza: Element) -> Result<Result<Accepted, SendError>, SessionGone> {
        self.ask(|reply| Command::Send { stanza, time_to_live: None, reply, fate: None }).await
    }

    /// Sends a stanza as [`send`](Self::send) does. Where it is queued it waits for `time_to_live` at
    /// most; then it is returned.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    ///
    /// # Cancellation
    /// As [`send`](Self::send).
    pub async fn send_within(
        &self,
        stanza: Element,
        time_to_live: Duration,
    ) -> Result<Result<Accepted, SendError>, SessionGone> {
        let time_to_live = Some(time_to_live);
        self.ask(|reply| Command::Send { stanza, time_to_live, reply, fate: None }).await
    }

    /// Sends a stanza as [`send`](Self::send) does, and waits where the queue is full: until it is
    /// purged or taken back, stanzas in it expire, or the session is ready.
    ///
    /// # Errors
    /// As [`send`](Self::send), but never for a full queue.
    ///
    /// # Cancellation
    /// As [`send`](Self::send).
    pub async fn send_when_room(
        &self,
        mut stanza: Element,
    ) -> Result<Result<Accepted, SendError>, SessionGone> {
        loop {
            // Listened for before it is asked, so that none is missed.
            let mut room = pin!(self.room.notified());
            room.as_mut().enable();
            match self.send(stanza).await? {
                Err(SendError { stanza: refused, reason: SendErrorReason::QueueFull, .. }) => {
                    stanza = refused;
                }
                other => return Ok(other),
            }
            room.await;
        }
    }

    /// Sends a stanza and waits until all its bytes were given to the pipe, in the queue too.
    ///
    /// # Errors
    /// When it was not accepted, or was returned: the peer has not had all of it then.
    ///
    /// # Cancellation
    /// Dropped while it waits, the stanza was accepted or it was not; where it was and comes back, that
    /// is an [`Event::Returned`](crate::Event::Returned).
    pub async fn send_written(&self, stanza: Element) -> Result<(), NotSent> {
        let (tell, fate) = oneshot::channel();
        let send = |reply| Command::Send { stanza, time_to_live: None, reply, fate: Some(tell) };
        self.ask(send).await?.map_err(NotSent::Refused)?;
        fate.await.map_err(|_| SessionGone)?.map_err(NotSent::Returned)
    }

    /// Sends a stanza as a request and waits for its answer, for `timeout` from now at most.
    ///
    /// # Errors
    /// When there is no answer, or the answer is an error: see [`RequestError`].
    ///
    /// # Cancellation
    /// Dropped while it waits, the request is cancelled; its answer, should it come, is a stanza
    /// like any other.
    pub async fn request(
        &self,
        stanza: Element,
        timeout: Duration,
    ) -> Result<Element, RequestError> {
        let ticket = Ticket(self.tickets.fetch_add(1, Ordering::Relaxed));
        let (answer, answered) = oneshot::channel();
        let command = Command::Request { stanza, timeout, ticket, answer };
        self.commands.send(Box::new(command)).await.map_err(|_| SessionGone)?;
        let mut cancel = CancelOnDrop(Some((ticket, &self.cancelled)));
        let result = answered.await.map_err(|_| SessionGone)?;
        cancel.0 = None;
        result
    }

    /// Sends all that is queued, in the order it came.
    ///
    /// # Errors
    /// Outer: the session is gone. Inner: it is not ready; nothing has changed.
    pub async fn purge_queue(&self) -> Result<Result<Purged, NotReady>, SessionGone> {
        self.ask(Command::PurgeQueue).await
    }

    /// Takes back all that is queued, in the order it came.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn take_queue(&self) -> Result<Vec<Element>, SessionGone> {
        self.ask(Command::TakeQueue).await
    }

    /// Starts an attempt; one that lives is ended first. See
    /// [`Session::reconnect`](crate::Session::reconnect).
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn reconnect(&self) -> Result<(), SessionGone> {
        self.commands.send(Box::new(Command::Reconnect)).await.map_err(|_| SessionGone)
    }

    /// Closes in good order; see [`Session::shutdown`](crate::Session::shutdown). Returns once it
    /// is asked for.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn shutdown(&self) -> Result<(), SessionGone> {
        self.commands.send(Box::new(Command::Shutdown)).await.map_err(|_| SessionGone)
    }

    /// Drops the connection at once; see [`Session::halt`](crate::Session::halt).
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn halt(&self) -> Result<(), SessionGone> {
        self.commands.send(Box::new(Command::Halt)).await.map_err(|_| SessionGone)
    }

    /// True once the session is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }

    pub(crate) async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, SessionGone> {
        let (reply, replied) = oneshot::channel();
        self.commands.send(Box::new(command(reply))).await.map_err(|_| SessionGone)?;
        replied.await.map_err(|_| SessionGone)
    }
}

struct CancelOnDrop<'a>(Option<(Ticket, &'a mpsc::UnboundedSender<Ticket>)>);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        if let Some((ticket, cancelled)) = self.0.take() {
            // A session that is gone has no request left to cancel.
            let _ = cancelled.send(ticket);
        }
    }
}
