use std::sync::Arc;

use jabber_connection::{Config, Connection, Deadlines, Keepalive, QueueConfig, Reconnect, Tap};
use jabber_dialect::{Endpoint, Protocol, TlsName};
use jabber_jid::{Host, Jid};
use jabber_status::{KindSet, Observer};
use jabber_transport::{HostPort, Target, Transport};
use jabber_xml::Limits;

use crate::{
    Session,
    driver::{Driver, READ},
    sink::{Bound, HIGH_WATER, Sink},
    spawned::EVENTS,
    watch::{StateCell, Watchers},
};

/// Sets up a [`Session`]. Only the dialect's configuration is required; the defaults are safe.
#[derive(Debug)]
#[must_use]
pub struct SessionBuilder {
    protocol: Arc<dyn Protocol>,
    #[cfg(feature = "tcp")]
    transport: Option<Arc<dyn Transport>>,
    server: Option<HostPort>,
    direct_tls: bool,
    tls_name: Option<Jid>,
    config: Config,
    subscribed: KindSet,
    wire: bool,
    watchers: Watchers,
    bound: Bound,
    receipts: bool,
}

impl SessionBuilder {
    pub(crate) fn new(protocol: impl Protocol + 'static) -> Self {
        Self {
            protocol: Arc::new(protocol),
            #[cfg(feature = "tcp")]
            transport: None,
            server: None,
            direct_tls: false,
            tls_name: None,
            config: Config::default(),
            subscribed: KindSet::LIFECYCLE,
            wire: false,
            watchers: Watchers::default(),
            bound: Bound { events: 1024, bytes: 4 << 20 },
            receipts: false,
        }
    }

    /// The transport for [`build`](Self::build), in place of [`Tcp`](crate::Tcp) with the system's
    /// trusted roots.
    #[cfg(feature = "tcp")]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Connect there, whatever the domain's own address is.
    pub fn server(mut self, server: HostPort) -> Self {
        self.server = Some(server);
        self
    }

    /// TLS from the first byte on (XEP-0368) in place of STARTTLS. Default: off.
    pub const fn direct_tls(mut self, direct: bool) -> Self {
        self.direct_tls = direct;
        self
    }

    /// The name that the server's certificate must be for, where it is not the dialect's choice.
    pub fn tls_name(mut self, name: Jid) -> Self {
        self.tls_name = Some(name);
        self
    }

    /// Limits on what is taken in.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.config.limits = limits;
        self
    }

    /// How long each phase may take.
    pub const fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.config.deadlines = deadlines;
        self
    }

    /// What may wait in the queue while the session is not ready, and what becomes of it.
    pub const fn queue(mut self, queue: QueueConfig) -> Self {
        self.config.queue = queue;
        self
    }

    /// How many requests may be without an end at once, those in the queue included. Default 10,000.
    /// Beyond it an asker gets
    /// [`SendErrorReason::TooManyRequests`](crate::SendErrorReason::TooManyRequests).
    pub const fn requests(mut self, requests: usize) -> Self {
        self.config.requests = requests;
        self
    }

    /// Makes a connection that was lost or could not be made anew, by itself. Default: never.
    pub const fn reconnect(mut self, reconnect: Reconnect) -> Self {
        self.config.reconnect = Some(reconnect);
        self
    }

    /// How often in a row the server may send us elsewhere (see-other-host). Default 5; 0: never.
    pub const fn redirects(mut self, redirects: u32) -> Self {
        self.config.redirects = redirects;
        self
    }

    /// Looks after a server that says nothing. Default: off.
    pub const fn keepalive(mut self, keepalive: Keepalive) -> Self {
        self.config.keepalive = Some(keepalive);
        self
    }

    /// Whether the session yields an [`Event::Written`](crate::Event::Written) for each stanza that was
    /// sent. Default: no. What was not written is told in any case.
    pub const fn receipts(mut self, receipts: bool) -> Self {
        self.receipts = receipts;
        self
    }

    /// Which statuses the session yields as [`Event::Status`](crate::Event::Status). Default:
    /// [`KindSet::LIFECYCLE`], all but those of single nodes and requests, which cost something
    /// per stanza.
    pub const fn subscribe(mut self, kinds: KindSet) -> Self {
        self.subscribed = kinds;
        self
    }

    /// Adds an observer, which borrows each event at the moment of its transition.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.watchers.subscribe(Box::new(observer));
        self
    }

    /// Whether the session yields all that is on the wire too, as
    /// [`Event::Wire`](crate::Event::Wire), in one order with statuses and stanzas. Default: no.
    pub const fn wire(mut self, wanted: bool) -> Self {
        self.wire = wanted;
        self
    }

    /// Adds a tap, which is shown all that is on the wire.
    pub fn tap(mut self, tap: impl Tap + 'static) -> Self {
        self.watchers.tap(Box::new(tap));
        self
    }

    /// Adds a [`Tracer`](crate::Tracer) that knows the domain: spans and events of the crate
    /// `tracing`.
    #[cfg(feature = "tracing")]
    pub fn tracing(self) -> Self {
        let domain = self.protocol.endpoint().domain;
        self.observer(crate::Tracer::new().with_domain(domain.domain()))
    }

    /// Records metrics; see [`metrics`](crate::metrics) for which.
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self) -> Self {
        self.watchers.measure();
        self
    }

    /// How many events, and bytes of stanzas in them, wait for a user who does not take them
    /// before the session stops reading, and begins no attempt by itself. Default: 1024 and 4 MiB. The
    /// last read may exceed it.
    pub const fn event_bounds(mut self, events: usize, bytes: usize) -> Self {
        self.bound = Bound { events, bytes };
        self
    }

    /// The most memory in bytes that a session with these settings takes, whatever its server does.
    ///
    /// | part | at most | set by |
    /// |---|---|---|
    /// | what is read | the element that comes in, its buffer and index grown to twice their need | [`limits`](Self::limits) |
    /// | events that nobody takes | twice their bytes, for buffers shared and lists grown, and the element that exceeds them; spawned, the same once more | [`event_bounds`](Self::event_bounds) |
    /// | stanzas before INIT_FINISHED | 256 KiB, or one element of the largest size | [`limits`](Self::limits) |
    /// | what is written | 128 KiB, 40 times: tiny stanzas are kept until they are written | |
    /// | the queue | its bytes six times, for stanzas that are all nodes; 512 for each | [`queue`](Self::queue) |
    /// | requests | 1 KiB for each that has no end | [`requests`](Self::requests) |
    /// | all else | 512 KiB: the dialect, TLS's records | |
    ///
    /// It is an upper bound and no estimate: an idle session takes a few KiB. On top of it comes
    /// what is the user's: stanzas longer than 1 KiB on their way out, ids of requests longer than
    /// that, what waits in a [`Client`](crate::Client)'s 64 commands, statuses of own sending and
    /// receipts that were asked for and are not taken, and 8 MiB for each status or tap stream.
    #[must_use]
    pub fn memory_bound(&self) -> usize {
        let element = self.config.limits.element_memory();
        let queue = &self.config.queue;
        let events = self.bound.bytes.saturating_mul(2).saturating_add(element.saturating_mul(2));
        [
            element.saturating_mul(3).saturating_add(2 * READ),
            events.saturating_mul(2).saturating_add(EVENTS * READ),
            element.max(256 << 10).saturating_mul(2),
            40 * HIGH_WATER,
            queue.bytes.saturating_mul(6).saturating_add(queue.stanzas.saturating_mul(512)),
            self.config.requests.saturating_mul(1 << 10),
            512 << 10,
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }

    /// Makes the session. It connects nothing: see [`Session::connect`].
    #[must_use]
    #[cfg(feature = "tcp")]
    pub fn build(mut self) -> Session {
        let transport = self.transport.take().unwrap_or_else(|| Arc::new(crate::Tcp::default()));
        self.build_on(transport)
    }

    /// Makes the session on this transport. It connects nothing: see [`Session::connect`].
    #[must_use]
    pub fn build_with(self, transport: impl Transport + 'static) -> Session {
        self.build_on(Arc::new(transport))
    }

    fn build_on(self, transport: Arc<dyn Transport>) -> Session {
        let target =
            target(&self.protocol.endpoint(), self.server, self.direct_tls, self.tls_name.as_ref());
        let state = StateCell::new(self.protocol.name());
        let connection = Connection::new(self.protocol, self.config);
        let mut sink = Sink::new(self.subscribed, self.wire, self.watchers, state, self.bound);
        sink.receipts = self.receipts;
        Session::new(Driver::new(connection, sink, transport, target))
    }
}

/// RFC 6120 §13.7.2.1: the certificate's name comes from what the user said, never from what was
/// looked up.
fn target(
    endpoint: &Endpoint,
    server: Option<HostPort>,
    direct_tls: bool,
    tls_name: Option<&Jid>,
) -> Target {
    let name = match (tls_name, &endpoint.tls_name, &server) {
        (Some(name), _, _) | (None, TlsName::Fixed(name), _) => ascii(name),
        (None, TlsName::Server, Some(server)) => server.host().to_owned(),
        (None, _, _) => ascii(&endpoint.domain),
    };
    let port = if direct_tls { endpoint.direct_tls_port } else { endpoint.port };
    // Where no server is named, and the certificate's name is another one than the domain's.
    let server = server.or_else(|| HostPort::new(ascii(&endpoint.domain), port).ok());
    let target = Target::new(name, port).with_direct_tls(direct_tls);
    match server {
        Some(server) => target.with_server(server),
        None => target,
    }
}

/// The domain as DNS, SNI and certificates have it.
fn ascii(jid: &Jid) -> String {
    match jid.host() {
        Ok(Host::Name(name)) => name,
        Ok(Host::Ip(address)) => address.to_string(),
        // A domain without an A-label is in no certificate; the name as it is fails there.
        Err(_) => jid.domain().to_owned(),
    }
}
