//! One connection of a component, without I/O: what the server says goes in as bytes.

use std::{io, sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber::{Delivery, Element, RequestEnd, RequestId, Security, component};
use jabber_connection::{Config, Connection, Detail, Effects, Error, Progress, Receipt, Returned};
use jabber_dialect::Protocol;
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{KindSet, Lifecycle, StatusEvent};

/// The server's header.
pub(crate) const HEADER: &str = "<stream:stream xmlns='jabber:component:accept' \
     xmlns:stream='http://etherx.jabber.org/streams' id='1'>";

const NOW: Duration = Duration::from_secs(1);

/// The connection, and what came of it.
pub(crate) struct Wire {
    pub(crate) connection: Connection,
    seen: Seen,
}

pub(crate) struct Seen {
    life: Lifecycle,
    transmit: BytesMut,
    why: Option<Error>,
    random: u8,
    /// All that we have sent.
    pub(crate) sent: String,
    /// The nodes that came, as observers see them.
    pub(crate) nodes: Vec<String>,
    pub(crate) stanzas: Vec<Element>,
    pub(crate) ends: Vec<(RequestId, RequestEnd)>,
}

impl std::ops::Deref for Wire {
    type Target = Seen;
    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl std::ops::DerefMut for Wire {
    fn deref_mut(&mut self) -> &mut Seen {
        &mut self.seen
    }
}

impl Wire {
    /// Connected, with our header sent.
    pub(crate) fn connected() -> Self {
        Self::connected_with(Config::default())
    }

    /// With the server's header, before the login is over.
    pub(crate) fn negotiating() -> Self {
        let mut wire = Self::connected();
        wire.says(HEADER);
        wire
    }

    pub(crate) fn ready() -> Self {
        Self::ready_with(Config::default())
    }

    pub(crate) fn ready_with(config: Config) -> Self {
        let mut wire = Self::connected_with(config);
        wire.says(HEADER);
        wire.says("<handshake/>");
        assert!(wire.connection.identity().is_some());
        wire
    }

    fn connected_with(config: Config) -> Self {
        let protocol: Arc<dyn Protocol> =
            Arc::new(component::Config::new("echo.example".parse().unwrap(), "sesame"));
        let seen = Seen {
            life: Lifecycle::of(protocol.shape()),
            transmit: BytesMut::new(),
            why: None,
            random: 0,
            sent: String::new(),
            nodes: Vec::new(),
            stanzas: Vec::new(),
            ends: Vec::new(),
        };
        let mut wire = Self { connection: Connection::new(protocol, config), seen };
        wire.connection.connect(NOW, &mut wire.seen).unwrap();
        wire.connection.connected(Security::Private, NOW, &mut wire.seen);
        wire.write();
        wire
    }

    pub(crate) fn receive(&mut self, input: &mut BytesMut) -> Progress {
        let progress = self.connection.receive(input, NOW, &mut self.seen);
        self.write();
        progress
    }

    pub(crate) fn says(&mut self, text: &str) {
        self.receive(&mut BytesMut::from(text));
    }

    pub(crate) fn request(&mut self, stanza: &str) -> RequestId {
        let stanza = stanza.parse().unwrap();
        let within = Duration::from_secs(60);
        let request = self.connection.request(stanza, within, NOW, &mut self.seen).unwrap();
        self.write();
        request
    }

    pub(crate) fn ended(&mut self) {
        self.connection.ended(NOW, &mut self.seen);
        self.write();
    }

    pub(crate) fn failed(&mut self, kind: io::ErrorKind) {
        self.connection.socket_failed("read", kind.into(), NOW, &mut self.seen);
        self.write();
    }

    pub(crate) fn halt(&mut self) {
        self.connection.halt(NOW, &mut self.seen);
    }

    pub(crate) fn tick(&mut self, now: Duration) {
        self.connection.tick(now, &mut self.seen);
    }

    /// The pipe takes all there is.
    fn write(&mut self) {
        let written = self.seen.transmit.split();
        self.seen.sent += str::from_utf8(&written).unwrap();
        self.connection.wrote(written.len(), &mut self.seen);
        self.connection.flushed(NOW, &mut self.seen);
    }

    /// The connection ends, as it may; why it did.
    pub(crate) fn finish(&mut self) -> Error {
        self.ended();
        self.life.finish().unwrap();
        self.why.clone().unwrap()
    }
}

impl Effects for Seen {
    fn interests(&self) -> KindSet {
        KindSet::ALL
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        self.life.check_event(event).unwrap_or_else(|violation| panic!("{violation}"));
        let Some(event) = event.as_any().downcast_ref::<jabber_connection::Event>() else { return };
        match event.typed() {
            Detail::Failed(error, _) => {
                let error: &(dyn std::error::Error + 'static) = &**error;
                self.why = error.downcast_ref().cloned();
            }
            Detail::Node(node) => self.nodes.push(node.to_string()),
            _ => {}
        }
    }

    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.transmit
    }

    fn stanza(&mut self, delivery: Delivery) {
        self.stanzas.push(delivery.stanza);
    }

    fn request_ended(&mut self, request: RequestId, end: RequestEnd) {
        self.ends.push((request, end));
    }

    fn returned(&mut self, _: Receipt, _: Returned) {}

    fn connect(&mut self, _: Option<&str>) {}

    fn start_tls(&mut self) {
        panic!("a component has no STARTTLS");
    }

    fn derive(&mut self, _: KeyDerivation) {
        panic!("nothing to derive");
    }

    fn close(&mut self) {
        self.transmit.clear();
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        self
    }
}

impl Entropy for Seen {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.random = self.random.wrapping_add(1);
            *byte = self.random;
        }
    }
}
