use std::collections::{HashMap, VecDeque};

use bytes::BytesMut;
use jabber_connection::{
    Connection, Detail, Effects, Event as ConnectionEvent, Receipt, RequestEnd, RequestId,
    ReturnReason, Returned, Tap, Wire, WriteBuffer,
};
use jabber_dialect::Delivery;
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{ErrorStatus, Kind, KindSet, StatusEvent};
use jabber_xml::Element;
use tokio::sync::oneshot;

use crate::{
    Error, Event, RequestError, Tapped,
    clock::SystemEntropy,
    command::Ticket,
    watch::{StateCell, Watchers},
};

/// From this size of the write buffer on a sender waits.
pub(crate) const HIGH_WATER: usize = 128 << 10;

/// Where the connection's effects go until the driver or the user takes them.
#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) transmit: WriteBuffer,
    pub(crate) start_tls: bool,
    pub(crate) close: bool,
    pub(crate) dial: Option<Dial>,
    pub(crate) job: Option<KeyDerivation>,
    pub(crate) waiting: HashMap<RequestId, Waiter>,
    /// The requests of clients, to cancel them by what the clients know of them.
    pub(crate) tickets: HashMap<Ticket, RequestId>,
    /// Who waits for what becomes of a stanza.
    pub(crate) fates: HashMap<Receipt, FateWaiter>,
    /// Whether [`Event::Written`] is wanted.
    pub(crate) receipts: bool,
    pub(crate) watchers: Watchers,
    pub(crate) state: StateCell,
    pub(crate) bound: Bound,
    /// What is there to be read is read as it is taken: one event is enough.
    pub(crate) one_by_one: bool,
    /// What the current attempt failed with: its cause, not what followed from that.
    pub(crate) failure: Option<Error>,
    subscribed: KindSet,
    /// What the session's own stream has of the wire.
    wire: bool,
    events: VecDeque<Event>,
    size: usize,
    entropy: SystemEntropy,
}

/// Who waits for the end of a request.
#[derive(Debug)]
pub(crate) enum Waiter {
    Client(Ticket, oneshot::Sender<Result<Element, RequestError>>),
    Session(Option<RequestEnd>),
}

/// Who waits for what becomes of a stanza.
#[derive(Debug)]
pub(crate) enum FateWaiter {
    Client(oneshot::Sender<Result<(), Returned>>),
    Session(Option<Result<(), Returned>>),
}

/// Where the next pipe is to be connected to.
#[derive(Debug)]
pub(crate) enum Dial {
    Configured,
    /// There, in the server's words.
    Elsewhere(String),
}

/// How much may wait for a user who does not take it, before reading stops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl Sink {
    pub(crate) fn new(
        subscribed: KindSet,
        wire: bool,
        watchers: Watchers,
        state: StateCell,
        bound: Bound,
    ) -> Self {
        Self {
            transmit: WriteBuffer::default(),
            start_tls: false,
            close: false,
            dial: None,
            job: None,
            waiting: HashMap::new(),
            tickets: HashMap::new(),
            fates: HashMap::new(),
            receipts: false,
            watchers,
            state,
            bound,
            one_by_one: false,
            failure: None,
            subscribed,
            wire,
            events: VecDeque::new(),
            size: 0,
            entropy: SystemEntropy,
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        match &event {
            Some(event) => self.size = self.size.saturating_sub(event.size()),
            None => self.release(),
        }
        event
    }

    /// Gives back the memory of a burst of events that is over.
    pub(crate) fn release(&mut self) {
        if self.events.is_empty() && self.events.capacity() > 64 {
            self.events = VecDeque::new();
        }
    }

    /// Gives back all memory that only traffic needs.
    pub(crate) fn release_all(&mut self) {
        if self.events.is_empty() {
            self.events = VecDeque::new();
        }
        if self.transmit.bytes().is_empty() {
            self.transmit.discard();
        }
    }

    /// How many events wait for the user.
    pub(crate) fn events(&self) -> usize {
        self.events.len()
    }

    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// True where the session's own events are as many as may wait.
    pub(crate) fn is_at_bound(&self) -> bool {
        self.events.len() >= self.bound.events || self.size >= self.bound.bytes
    }

    /// True where something may be sent: there is room to write, and nobody who is told of it is
    /// full.
    pub(crate) fn has_room(&self) -> bool {
        self.transmit.bytes().len() < HIGH_WATER && !self.watchers.is_full()
    }

    /// Lets those see how far the connection is who do not ask it.
    pub(crate) fn publish(&mut self, connection: &Connection) {
        self.state.publish(connection);
        #[cfg(feature = "metrics")]
        if let Some(meter) = &mut self.watchers.meter {
            meter.measure(connection);
        }
    }

    fn push(&mut self, event: Event) {
        self.size = self.size.saturating_add(event.size());
        self.events.push_back(event);
    }

    fn tell_fate(&mut self, receipt: Receipt, fate: Result<(), Returned>) {
        match self.fates.remove(&receipt) {
            Some(FateWaiter::Client(waiting)) => {
                // Nobody waits any more, so it goes where all of them go.
                if let Err(Err(returned)) = waiting.send(fate) {
                    self.push(Event::Returned(receipt, returned));
                }
            }
            Some(FateWaiter::Session(_)) => {
                self.fates.insert(receipt, FateWaiter::Session(Some(fate)));
            }
            None => {}
        }
    }

    fn note_failure(&mut self, event: &dyn StatusEvent, status: ErrorStatus) {
        let typed = event.as_any().downcast_ref::<ConnectionEvent>().map(ConnectionEvent::typed);
        if let (Some(Detail::Failed(source, retry)), None) = (typed, &self.failure) {
            let (phase, source, retry) = (event.phase(), source.clone(), *retry);
            self.failure = Some(Error { status, phase, retry, source });
        }
    }
}

impl Tap for Sink {
    fn on_wire(&mut self, item: &Wire<'_>) {
        if self.wire {
            self.push(Event::Wire(Tapped::new(item)));
        }
        self.watchers.on_wire(item);
    }
}

impl Effects for Sink {
    fn interests(&self) -> KindSet {
        self.subscribed.union(self.watchers.interests()).union(StateCell::INTERESTS)
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        let kind = event.kind();
        if let Kind::Error(status) = kind {
            self.note_failure(event, status);
        }
        self.state.note(event, self.failure.as_ref());
        self.watchers.notify(event);
        if self.subscribed.contains(kind) {
            self.push(Event::Status(event.to_boxed()));
        }
    }

    fn tap(&mut self) -> Option<&mut dyn Tap> {
        if self.wire || self.watchers.is_tapped() { Some(self) } else { None }
    }

    fn transmit(&mut self) -> &mut BytesMut {
        self.transmit.bytes_mut()
    }

    fn secret(&mut self) {
        self.transmit.secret();
    }

    fn stanza(&mut self, delivery: Delivery) {
        self.push(Event::Stanza(delivery));
    }

    fn request_ended(&mut self, request: RequestId, end: RequestEnd) {
        match self.waiting.get_mut(&request) {
            None => self.push(Event::RequestEnded(request, end)),
            Some(Waiter::Session(slot)) => *slot = Some(end),
            Some(Waiter::Client(..)) => {
                if let Some(Waiter::Client(ticket, answer)) = self.waiting.remove(&request) {
                    self.tickets.remove(&ticket);
                    // Nobody waits any more: then the answer is nobody's.
                    let _ = answer.send(RequestError::result(end));
                }
            }
        }
    }

    fn written(&mut self, receipt: Receipt) {
        if !self.fates.is_empty() {
            self.tell_fate(receipt, Ok(()));
        }
        if self.receipts {
            self.push(Event::Written(receipt));
        }
    }

    fn returned(&mut self, receipt: Receipt, returned: Returned) {
        if self.fates.contains_key(&receipt) {
            self.tell_fate(receipt, Err(returned));
        } else if !matches!(returned.reason, ReturnReason::Taken) {
            // What is taken back is in the hands of who took it.
            self.push(Event::Returned(receipt, returned));
        }
    }

    fn has_enough(&self) -> bool {
        (self.one_by_one && self.has_events()) || self.is_full()
    }

    fn connect(&mut self, elsewhere: Option<&str>) {
        self.failure = None;
        self.dial = Some(match elsewhere {
            None => Dial::Configured,
            Some(elsewhere) => Dial::Elsewhere(elsewhere.to_owned()),
        });
    }

    fn is_full(&self) -> bool {
        self.is_at_bound() || self.watchers.is_full()
    }

    fn start_tls(&mut self) {
        self.start_tls = true;
    }

    fn derive(&mut self, job: KeyDerivation) {
        self.job = Some(job);
    }

    fn close(&mut self) {
        self.close = true;
        // What was to be connected before is not wanted any more.
        self.dial = None;
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        &mut self.entropy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_connection_calls_secret_is_overwritten() {
        let (watchers, state) = (Watchers::default(), StateCell::new("toy"));
        let bound = Bound { events: 1, bytes: 1 };
        let mut sink = Sink::new(KindSet::EMPTY, false, watchers, state, bound);
        sink.transmit().extend_from_slice(b"<handshake/>");
        Effects::secret(&mut sink);
        assert_eq!(sink.transmit.taken(12).unwrap(), [0; 12][..]);
    }
}
