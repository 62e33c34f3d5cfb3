//! Whatever a server sends and whenever the user acts: no panic, the statuses keep their order,
//! every request ends once, and what is kept stays within its bounds.
//!
//! Random, from a fixed seed: a run is printed by its number when it fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

use std::{collections::HashSet, io, sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber::{Delivery, Protocol, RequestEnd, RequestId, Security, component, xmpp};
use jabber_connection::{
    AtReady, Config, Connection, Effects, Keepalive, QueueConfig, Receipt, Reconnect, Returned,
};
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{Kind, KindSet, Lifecycle, Phase, Status, StatusEvent};

/// How many connections are played for each dialect.
const RUNS: u64 = 4000;

/// A small generator (`SplitMix64`), so that a run can be played again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

struct Watch {
    run: u64,
    life: Lifecycle,
    trace: Vec<String>,
    transmit: BytesMut,
    open: HashSet<RequestId>,
    unwritten: HashSet<Receipt>,
    jobs: Vec<KeyDerivation>,
    start_tls: bool,
    closed: u32,
    entropy: Random,
    delivered: usize,
    ready: bool,
}

impl Effects for Watch {
    fn interests(&self) -> KindSet {
        KindSet::ALL
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        self.trace.push(format!("{} ({})", event.kind(), event.phase()));
        if let Err(violation) = self.life.check_event(event) {
            panic!("run {}: {violation}\n{:#?}", self.run, self.trace);
        }
        self.ready |= event.kind() == Kind::Status(Status::InitFinished);
        // What an observer may ask for must be there, whatever the node is.
        let shown = event.node().map(ToString::to_string).unwrap_or_default();
        assert!(!shown.contains("secret-of-the-test"), "run {}: {shown}", self.run);
    }

    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.transmit
    }

    fn stanza(&mut self, _: Delivery) {
        assert!(self.ready, "run {}: a stanza before INIT_FINISHED", self.run);
        self.delivered += 1;
    }

    fn request_ended(&mut self, request: RequestId, _: RequestEnd) {
        assert!(self.open.remove(&request), "run {}: ended twice\n{:#?}", self.run, self.trace);
    }

    fn returned(&mut self, receipt: Receipt, _: Returned) {
        assert!(
            self.unwritten.remove(&receipt),
            "run {}: a fate twice\n{:#?}",
            self.run,
            self.trace
        );
    }

    fn written(&mut self, receipt: Receipt) {
        assert!(
            self.unwritten.remove(&receipt),
            "run {}: a fate twice\n{:#?}",
            self.run,
            self.trace
        );
    }

    fn connect(&mut self, _: Option<&str>) {}

    fn start_tls(&mut self) {
        self.start_tls = true;
    }

    fn derive(&mut self, job: KeyDerivation) {
        self.jobs.push(job);
    }

    fn close(&mut self) {
        self.closed += 1;
        self.transmit.clear();
        self.start_tls = false;
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        self
    }
}

impl Entropy for Watch {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.entropy.next().to_be_bytes()[0];
        }
    }
}

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// What a good server says, and what it should not; `{id}` is an id that we have used.
fn alphabet(dialect: &str) -> Vec<String> {
    let header = |content: &str| {
        format!(
            "<?xml version='1.0'?><stream:stream xmlns='{content}' id='s' version='1.0' \
             xmlns:stream='http://etherx.jabber.org/streams' from='example.org'>"
        )
    };
    let content = if dialect == "xmpp" { "jabber:client" } else { "jabber:component:accept" };
    let mut said: Vec<String> = [
        "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><mechanisms \
         xmlns='SASL'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
        "<stream:features><mechanisms xmlns='SASL'><mechanism>PLAIN</mechanism></mechanisms>\
         </stream:features>",
        "<stream:features><mechanisms xmlns='SASL'><mechanism>SCRAM-SHA-1</mechanism>\
         </mechanisms></stream:features>",
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session \
         xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>",
        "<stream:features/>",
        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<challenge xmlns='SASL'>cj1hYmMscz1hYmMsaT00MDk2</challenge>",
        "<challenge xmlns='SASL'/>",
        "<success xmlns='SASL'/>",
        "<success xmlns='SASL'>dj1h</success>",
        "<success/>",
        "<failure xmlns='SASL'><not-authorized/></failure>",
        "<handshake/>",
        "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
         <jid>alice@example.org/r</jid></bind></iq>",
        "<iq type='result' id='{id}'/>",
        "<iq type='error' id='{id}'><error type='cancel'><conflict \
         xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        "<message from='a@b'><body>&lt;x&#10;</body></message>",
        "<iq type='get' id='1' from='a'><query xmlns='x'/></iq>",
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "</stream:stream>",
        " \n",
        "<!-- -->",
        "<?pi?>",
        "<!DOCTYPE x>",
        "<a",
        "</a>",
        "text",
        "\u{0}",
        "<x:y/>",
        "<unknown xmlns='urn:x'/>",
    ]
    .iter()
    .map(|text| text.replace("SASL", SASL))
    .collect();
    said.push(header(content));
    said.push(header("jabber:server"));
    said
}

/// What a good server says in order, so that runs come far.
fn happy(dialect: &str) -> &'static [usize] {
    // Indices into the alphabet; 32 is the header.
    if dialect == "xmpp" { &[32, 1, 9, 32, 3, 14, 15, 17, 17] } else { &[32, 13, 17, 17] }
}

fn play(dialect: &str, protocol: &Arc<dyn Protocol>, run: u64) -> (bool, usize) {
    let mut random = Random(run.wrapping_mul(0x1234_5678_9abc_def1) ^ dialect.len() as u64);
    let said = alphabet(dialect);
    let mut watch = Watch {
        run,
        life: Lifecycle::of(protocol.shape()),
        trace: Vec::new(),
        transmit: BytesMut::new(),
        open: HashSet::new(),
        unwritten: HashSet::new(),
        jobs: Vec::new(),
        start_tls: false,
        closed: 0,
        entropy: Random(run),
        delivered: 0,
        ready: false,
    };
    let mut config = Config::default();
    if random.below(2) == 0 {
        config = config
            .with_reconnect(Reconnect::default().with_attempts(3))
            .with_keepalive(Keepalive::ping(Duration::from_secs(5)));
    }
    let at_ready = [AtReady::Hold, AtReady::Flush, AtReady::Drop][random.below(3)];
    let time_to_live = Duration::from_secs(random.next() % 20);
    let queue = QueueConfig::default().with_at_ready(at_ready).with_time_to_live(time_to_live);
    let mut connection = Connection::new(Arc::clone(protocol), config.with_queue(queue));
    let (mut input, mut now, mut next, mut sent) = (BytesMut::new(), Duration::ZERO, 0, Vec::new());
    let script = happy(dialect);
    for _ in 0..40 {
        now += Duration::from_millis(random.next() % 2000);
        match random.below(20) {
            0 => {
                if connection.connect(now, &mut watch).is_ok() {
                    (next, watch.start_tls) = (0, false);
                    input.clear();
                }
            }
            1 => {
                if let Ok(accepted) =
                    connection.send("<presence/>".parse().unwrap(), now, &mut watch)
                {
                    watch.unwritten.insert(accepted.receipt());
                }
            }
            2 => {
                let stanza = "<iq type='get' to='a'/>".parse().unwrap();
                let timeout = Duration::from_secs(3);
                if let Ok(request) = connection.request(stanza, timeout, now, &mut watch) {
                    watch.open.insert(request);
                }
            }
            3 if random.below(4) == 0 => connection.shutdown(now, &mut watch),
            4 if random.below(8) == 0 => connection.halt(now, &mut watch),
            5 if random.below(4) == 0 => connection.ended(now, &mut watch),
            6 if random.below(4) == 0 => {
                let kind = match random.below(2) {
                    0 => io::ErrorKind::ConnectionReset,
                    _ => io::ErrorKind::UnexpectedEof,
                };
                connection.socket_failed("read", kind.into(), now, &mut watch);
            }
            7 if random.below(4) == 0 => now += Duration::from_secs(40),
            8 => drop(connection.purge_queue(now, &mut watch)),
            9 if random.below(4) == 0 => {
                let request = watch.open.iter().next().copied();
                if let Some(request) = request {
                    connection.cancel(request, now, &mut watch);
                }
            }
            10 if random.below(8) == 0 => {
                let error = io::Error::from(io::ErrorKind::ConnectionRefused);
                connection.connect_failed(Arc::new(error), now, &mut watch);
            }
            11 if random.below(8) == 0 => drop(connection.take_queue(now, &mut watch)),
            12 if random.below(8) == 0 => connection.reconnect(now, &mut watch),
            _ => {
                if connection.phase() == Phase::Idle && connection.connect(now, &mut watch).is_ok()
                {
                    (next, watch.start_tls) = (0, false);
                    input.clear();
                }
                if connection.phase() == Phase::Connecting {
                    let security = match random.below(6) {
                        0 => Security::TlsNext,
                        1 => Security::Open,
                        _ => Security::Private,
                    };
                    connection.connected(security, now, &mut watch);
                } else if watch.start_tls {
                    watch.start_tls = false;
                    if random.below(3) == 0 {
                        let error = io::Error::other("certificate");
                        connection.tls_failed(Arc::new(error), now, &mut watch);
                    } else {
                        let facts = Default::default();
                        connection.tls_established(Security::Encrypted(facts), now, &mut watch);
                    }
                } else {
                    // Mostly what comes next, sometimes anything, cut anywhere.
                    let text = match random.below(6) {
                        0 => said[random.below(said.len())].clone(),
                        _ => {
                            next += 1;
                            said[script[(next - 1).min(script.len() - 1)]].clone()
                        }
                    };
                    let id: &str = random.one(&["1", "x"]);
                    let id = sent.last().map_or(id, String::as_str);
                    let text = text.replace("{id}", id);
                    let cut = random.below(text.len() + 1);
                    for part in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
                        input.extend_from_slice(part);
                        connection.receive(&mut input, now, &mut watch);
                    }
                }
            }
        }
        while let Some(job) = watch.jobs.pop() {
            connection.derived(job.run(), now, &mut watch);
        }
        if random.below(8) != 0 {
            // The pipe takes all of it, or a part.
            let all = watch.transmit.len();
            let taken = if random.below(4) == 0 { random.below(all + 1) } else { all };
            let written = watch.transmit.split_to(taken);
            sent.extend(ids(&String::from_utf8_lossy(&written)));
            connection.wrote(taken, &mut watch);
            if watch.transmit.is_empty() {
                connection.flushed(now, &mut watch);
            }
        }
        if connection.next_deadline().is_some_and(|deadline| deadline <= now) {
            connection.tick(now, &mut watch);
        }
        assert!(input.len() < 4096, "run {run}: {} bytes are left", input.len());
        if connection.phase() == Phase::Idle {
            // What was on the wire has ended with the connection; what is queued waits.
            let queued = connection.queue().iter().filter(|it| it.name() == "iq").count();
            assert_eq!(connection.outstanding_requests(), queued, "run {run}");
        }
    }
    // In a pause before another attempt there is nothing to halt.
    connection.halt(now, &mut watch);
    connection.shutdown(now, &mut watch);
    drop(connection.take_queue(now, &mut watch));
    connection.tick(now + Duration::from_secs(100), &mut watch);
    assert!(connection.next_deadline().is_none(), "run {run}: something is still to come");
    assert!(watch.unwritten.is_empty(), "run {run}: no fate\n{:#?}", watch.trace);
    assert!(watch.open.is_empty(), "run {run}: never ended\n{:#?}", watch.trace);
    watch.life.finish().unwrap_or_else(|error| panic!("run {run}: {error}\n{:#?}", watch.trace));
    (watch.ready, watch.delivered)
}

/// The ids in what was sent.
fn ids(sent: &str) -> Vec<String> {
    sent.split(" id='").skip(1).filter_map(|rest| rest.split('\'').next()).map(Into::into).collect()
}

fn runs(dialect: &str, protocol: Arc<dyn Protocol>) {
    let (mut ready, mut delivered) = (0, 0);
    for run in 0..RUNS {
        let (came_far, stanzas) = play(dialect, &protocol, run);
        ready += u64::from(came_far);
        delivered += stanzas;
    }
    // Else it would only have tested refusals.
    assert!(ready > RUNS / 20, "only {ready} of {RUNS} became ready");
    assert!(delivered > 100);
}

#[test]
fn a_component() {
    let config = component::Config::new("example.org".parse().unwrap(), "secret-of-the-test");
    runs("component", Arc::new(config));
}

#[test]
fn a_client_without_tls() {
    let config = xmpp::Config::new("alice@example.org".parse().unwrap(), "secret-of-the-test");
    runs("xmpp", Arc::new(config.with_tls(xmpp::TlsPolicy::Off)));
}

#[test]
fn a_client() {
    let config = xmpp::Config::new("alice@example.org".parse().unwrap(), "secret-of-the-test");
    let protocol: Arc<dyn Protocol> = Arc::new(config);
    for run in 0..RUNS {
        play("xmpp", &protocol, run);
    }
}
