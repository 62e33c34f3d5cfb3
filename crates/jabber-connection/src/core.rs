use std::{collections::VecDeque, sync::Arc, time::Duration};

use jabber_dialect::{Identity, Protocol, Redaction};
use jabber_status::{Kind, Stamp, Status};
use jabber_xml::{Element, Scanner, Scope, StreamHeader, ns};

use crate::{
    Config, Detail, Effects, Event, Queue,
    event::Node,
    keepalive::Pulse,
    life::{Handshake, Life, Stream},
    outbox::Outbox,
    queue::Ticket,
    reconnect::Attempts,
    request::Requests,
};

/// The state that is not the dialect's.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) protocol: Arc<dyn Protocol>,
    pub(crate) config: Config,
    /// Since the driver's start, as of the current call.
    pub(crate) now: Duration,
    pub(crate) attempt: u32,
    pub(crate) life: Life,
    pub(crate) stream: Stream,
    pub(crate) handshake: Handshake,
    /// SHUTDOWN_START was fired, SHUTDOWN_FINISH was not.
    pub(crate) shutdown: bool,
    /// For INIT_FINISHED.
    pub(crate) ready_by: Duration,
    /// The dialect has done something in the step that it takes.
    pub(crate) acted: bool,
    pub(crate) identity: Option<Identity>,
    pub(crate) scanner: Scanner,
    /// The stream header that we sent last.
    pub(crate) header: Option<StreamHeader>,
    /// The peer's header declares no content namespace. That is a fault, unless a stream error
    /// follows: jabberd2 refuses a stream so.
    pub(crate) bare_header: bool,
    /// The declarations of our own header.
    pub(crate) scope: Arc<Scope>,
    pub(crate) queue: Queue,
    pub(crate) outbox: Outbox,
    pub(crate) requests: Requests,
    pub(crate) attempts: Attempts,
    pub(crate) pulse: Pulse,
    /// The last that a stanza or a request was named by.
    pub(crate) ticket: u64,
    /// Stanzas that came before INIT_FINISHED, and their bytes.
    pub(crate) held: VecDeque<Element>,
    pub(crate) held_bytes: usize,
    #[cfg(debug_assertions)]
    pub(crate) lifecycle: jabber_status::Lifecycle,
}

impl Core {
    pub(crate) fn new(protocol: Arc<dyn Protocol>, config: Config) -> Self {
        Self {
            now: Duration::ZERO,
            attempt: 0,
            life: Life::Idle,
            stream: Stream::None,
            handshake: Handshake::None,
            shutdown: false,
            ready_by: Duration::ZERO,
            acted: false,
            identity: None,
            scanner: Scanner::new(config.limits),
            header: None,
            bare_header: false,
            scope: Scope::shared(ns::CLIENT),
            queue: Queue::new(config.queue),
            outbox: Outbox::default(),
            requests: Requests::default(),
            attempts: Attempts::default(),
            pulse: Pulse::default(),
            ticket: 0,
            held: VecDeque::new(),
            held_bytes: 0,
            #[cfg(debug_assertions)]
            lifecycle: jabber_status::Lifecycle::of(protocol.shape()),
            protocol,
            config,
        }
    }

    pub(crate) fn next_ticket(&mut self) -> Ticket {
        self.ticket = self.ticket.wrapping_add(1);
        Ticket(self.ticket)
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::new(self.life.phase(), self.attempt, self.protocol.name())
    }

    /// Fires a status. `detail` is only computed where somebody wants it.
    pub(crate) fn fire(
        &mut self,
        kind: impl Into<Kind>,
        detail: impl FnOnce() -> Detail,
        effects: &mut impl Effects,
    ) {
        let kind = kind.into();
        self.check(kind);
        if effects.interests().contains(kind) {
            effects.status(&Event::new(self.stamp(), kind, detail()));
        }
    }

    /// Fires a status about a node.
    pub(crate) fn fire_node(
        &mut self,
        status: Status,
        element: &Element,
        redaction: impl FnOnce(&Element) -> Redaction,
        effects: &mut impl Effects,
    ) {
        let node = || Detail::Node(Node::new(element.clone(), redaction(element)));
        self.fire(status, node, effects);
    }

    /// Appends an element to the write buffer and tells so.
    pub(crate) fn write(
        &mut self,
        element: &Element,
        redaction: impl Fn(&Element) -> Redaction,
        effects: &mut impl Effects,
    ) {
        let from = effects.transmit().len();
        element.write_to(effects.transmit(), &self.scope);
        self.show_node_sent(from, element, &redaction, effects);
        self.fire_node(Status::NodeSent, element, redaction, effects);
    }

    /// In debug builds every status is held against the grammar.
    #[cfg(debug_assertions)]
    pub(crate) fn check(&mut self, kind: Kind) {
        let violation = self.lifecycle.check(kind).err().map(|violation| violation.to_string());
        debug_assert!(violation.is_none(), "the lifecycle is broken: {violation:?}");
    }

    #[cfg(not(debug_assertions))]
    pub(crate) fn check(&mut self, _: Kind) {}

    /// Back to idle, with all that belonged to the attempt forgotten.
    pub(crate) fn reset(&mut self) {
        self.life = Life::Idle;
        self.stream = Stream::None;
        self.handshake = Handshake::None;
        self.identity = None;
        self.header = None;
        self.bare_header = false;
        self.scanner = Scanner::new(self.config.limits);
        self.held.clear();
        self.held_bytes = 0;
        self.pulse = Pulse::default();
    }
}
