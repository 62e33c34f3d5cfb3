//! A whole connection: whatever a server sends and whenever the user acts, no panic, the statuses keep
//! their order, every request and every stanza ends once, and what is kept stays within its bounds.

use std::{collections::HashSet, io, sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber_connection::{
    AtReady, Config, Connection, Effects, Keepalive, QueueConfig, Receipt, Reconnect, RequestEnd,
    RequestId, Returned,
};
use jabber_dialect::Delivery;
use jabber_security::{Entropy, KeyDerivation, Security};
use jabber_status::{Kind, KindSet, Lifecycle, Phase, Status, StatusEvent};
use jabber_xml::Limits;

use crate::{
    chance::Chance,
    spoken::{SECRET, Spoken, alphabet},
};

/// The largest element of a run.
const ELEMENT: usize = 4096;
/// The most steps of a run.
const STEPS: usize = 40;

/// How far a run came.
#[derive(Clone, Copy, Debug, Default)]
#[allow(dead_code, reason = "the fuzzer does not ask")]
pub(crate) struct Played {
    pub(crate) ready: bool,
    pub(crate) delivered: usize,
}

struct Watch {
    life: Lifecycle,
    trace: Vec<String>,
    transmit: BytesMut,
    open: HashSet<RequestId>,
    unwritten: HashSet<Receipt>,
    jobs: Vec<KeyDerivation>,
    start_tls: bool,
    closed: u32,
    entropy: u64,
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
            panic!("{violation}\n{:#?}", self.trace);
        }
        self.ready |= event.kind() == Kind::Status(Status::InitFinished);
        // What an observer may ask for must be there, whatever the node is. A peer may happen to say the
        // secret; what we say is redacted.
        let shown = event.node().map(ToString::to_string).unwrap_or_default();
        let ours = event.kind() == Kind::Status(Status::NodeSent);
        assert!(!ours || !shown.contains(SECRET), "{shown}");
    }

    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.transmit
    }

    fn stanza(&mut self, _: Delivery) {
        assert!(self.ready, "a stanza before INIT_FINISHED");
        self.delivered += 1;
    }

    fn request_ended(&mut self, request: RequestId, _: RequestEnd) {
        assert!(self.open.remove(&request), "ended twice\n{:#?}", self.trace);
    }

    fn returned(&mut self, receipt: Receipt, _: Returned) {
        assert!(self.unwritten.remove(&receipt), "a fate twice\n{:#?}", self.trace);
    }

    fn written(&mut self, receipt: Receipt) {
        assert!(self.unwritten.remove(&receipt), "a fate twice\n{:#?}", self.trace);
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
            // Weak, and the same in each run.
            self.entropy =
                self.entropy.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e);
            *byte = self.entropy.to_be_bytes()[0];
        }
    }
}

/// Plays a connection of that dialect, as chance has it.
pub(crate) fn play(spoken: &Spoken, chance: &mut impl Chance) -> Played {
    let said = alphabet(spoken.content);
    let protocol = &spoken.protocol;
    let mut watch = Watch {
        life: Lifecycle::of(protocol.shape()),
        trace: Vec::new(),
        transmit: BytesMut::new(),
        open: HashSet::new(),
        unwritten: HashSet::new(),
        jobs: Vec::new(),
        start_tls: false,
        closed: 0,
        entropy: 1,
        delivered: 0,
        ready: false,
    };
    let mut connection = Connection::new(Arc::clone(protocol), config(chance));
    let (mut input, mut now, mut next, mut sent) = (BytesMut::new(), Duration::ZERO, 0, Vec::new());
    for _ in 0..STEPS {
        if chance.is_over() {
            break;
        }
        now += Duration::from_millis(8 * chance.below(250) as u64);
        match chance.below(20) {
            0 => {
                if connection.connect(now, &mut watch).is_ok() {
                    (next, watch.start_tls) = (0, false);
                    input.clear();
                }
            }
            1 => {
                let stanza = "<presence/>".parse().expect("XML");
                if let Ok(accepted) = connection.send(stanza, now, &mut watch) {
                    watch.unwritten.insert(accepted.receipt());
                }
            }
            2 => {
                let stanza = "<iq type='get' to='a'/>".parse().expect("XML");
                let timeout = Duration::from_secs(3);
                if let Ok(request) = connection.request(stanza, timeout, now, &mut watch) {
                    watch.open.insert(request);
                }
            }
            3 if chance.once_in(4) => connection.shutdown(now, &mut watch),
            4 if chance.once_in(8) => connection.halt(now, &mut watch),
            5 if chance.once_in(4) => connection.ended(now, &mut watch),
            6 if chance.once_in(4) => {
                let kind = match chance.below(2) {
                    0 => io::ErrorKind::ConnectionReset,
                    _ => io::ErrorKind::UnexpectedEof,
                };
                connection.socket_failed("read", kind.into(), now, &mut watch);
            }
            7 if chance.once_in(4) => now += Duration::from_secs(40),
            8 => drop(connection.purge_queue(now, &mut watch)),
            9 if chance.once_in(4) => {
                let request = watch.open.iter().min().copied();
                if let Some(request) = request {
                    connection.cancel(request, now, &mut watch);
                }
            }
            10 if chance.once_in(8) => {
                let error = io::Error::from(io::ErrorKind::ConnectionRefused);
                connection.connect_failed(Arc::new(error), now, &mut watch);
            }
            11 if chance.once_in(8) => drop(connection.take_queue(now, &mut watch)),
            12 if chance.once_in(8) => connection.reconnect(now, &mut watch),
            _ => {
                if connection.phase() == Phase::Idle && connection.connect(now, &mut watch).is_ok()
                {
                    (next, watch.start_tls) = (0, false);
                    input.clear();
                }
                if connection.phase() == Phase::Connecting {
                    let security = match chance.below(6) {
                        4 => Security::TlsNext,
                        5 => Security::Open,
                        _ => Security::Private,
                    };
                    connection.connected(security, now, &mut watch);
                } else if watch.start_tls {
                    watch.start_tls = false;
                    if chance.below(3) == 2 {
                        let error = io::Error::other("certificate");
                        connection.tls_failed(Arc::new(error), now, &mut watch);
                    } else {
                        let facts = Default::default();
                        connection.tls_established(Security::Encrypted(facts), now, &mut watch);
                    }
                } else {
                    let text = says(spoken, &said, &mut next, &sent, chance);
                    let cut = chance.below(256).min(text.len());
                    for part in [&text[..cut], &text[cut..]] {
                        input.extend_from_slice(part);
                        connection.receive(&mut input, now, &mut watch);
                    }
                }
            }
        }
        while let Some(job) = watch.jobs.pop() {
            connection.derived(job.run(), now, &mut watch);
        }
        if chance.below(8) != 7 {
            // The pipe takes all of it, or a part.
            let all = watch.transmit.len();
            let taken = if chance.below(4) == 3 { chance.below(256).min(all) } else { all };
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
        assert!(input.len() <= ELEMENT + 512, "{} bytes are left", input.len());
        if connection.phase() == Phase::Idle {
            // What was on the wire has ended with the connection; what is queued waits.
            let queued = connection.queue().iter().filter(|it| it.name() == "iq").count();
            assert_eq!(connection.outstanding_requests(), queued);
        }
    }
    // In a pause before another attempt there is nothing to halt.
    connection.halt(now, &mut watch);
    connection.shutdown(now, &mut watch);
    drop(connection.take_queue(now, &mut watch));
    connection.tick(now + Duration::from_secs(100), &mut watch);
    assert!(connection.next_deadline().is_none(), "something is still to come");
    assert!(watch.unwritten.is_empty(), "no fate\n{:#?}", watch.trace);
    assert!(watch.open.is_empty(), "never ended\n{:#?}", watch.trace);
    watch.life.finish().unwrap_or_else(|error| panic!("{error}\n{:#?}", watch.trace));
    Played { ready: watch.ready, delivered: watch.delivered }
}

fn config(chance: &mut impl Chance) -> Config {
    let mut config = Config::default().with_limits(Limits::default().with_element_bytes(ELEMENT));
    if chance.once_in(2) {
        config = config
            .with_reconnect(Reconnect::default().with_attempts(3))
            .with_keepalive(Keepalive::ping(Duration::from_secs(5)));
    }
    let at_ready = [AtReady::Hold, AtReady::Flush, AtReady::Drop][chance.below(3)];
    let time_to_live = Duration::from_secs(chance.below(20) as u64);
    config
        .with_queue(QueueConfig::default().with_at_ready(at_ready).with_time_to_live(time_to_live))
}

/// Mostly what comes next, sometimes anything, or bytes of the fuzzer's.
fn says(
    spoken: &Spoken,
    said: &[String],
    next: &mut usize,
    sent: &[String],
    chance: &mut impl Chance,
) -> Vec<u8> {
    let text = match chance.below(8) {
        6 => &said[chance.below(said.len())],
        7 => return chance.bytes(),
        _ => {
            *next += 1;
            &said[spoken.happy[(*next - 1).min(spoken.happy.len() - 1)]]
        }
    };
    let id = sent.last().map_or(["1", "x"][chance.below(2)], String::as_str);
    text.replace("{id}", id).into_bytes()
}

/// The ids in what was sent.
fn ids(sent: &str) -> Vec<String> {
    sent.split(" id='").skip(1).filter_map(|rest| rest.split('\'').next()).map(Into::into).collect()
}
