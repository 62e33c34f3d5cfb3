//! One session, cut off again and again.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use jabber::{Event, Extra, Phase, Reconnect};
use jabber_testkit::faults::{Direction, Fault, FaultProxy, Plan};
use tokio::time::{sleep, timeout};

use crate::{
    ledger::Ledger,
    partner::Partner,
    support::{Actor, Dialect, Place, xml},
};

/// In how many bytes of a connection its end is to be.
const WITHIN: u64 = 8 << 10;
/// How long all of it may take, for each cut.
const AT_MOST: Duration = Duration::from_secs(20);
/// The pairs of server and dialect, which share the cuts.
const PAIRS: u32 = 10;

fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is no number: {value}")))
}

/// Every third connection is.
const fn is_flooded(connection: u32) -> bool {
    connection % 3 == 1
}

fn settings(builder: jabber::SessionBuilder) -> jabber::SessionBuilder {
    let pauses = (Duration::from_millis(10), Duration::from_millis(200));
    let reconnect = Reconnect::default().with_pauses(pauses.0, pauses.1).with_jitter(0);
    builder.reconnect(reconnect).receipts(true)
}

pub(crate) async fn through_cuts(place: Place, dialect: Dialect) {
    let cuts = u32::try_from(number("JABBER_CUTS").unwrap_or(50)).unwrap().div_ceil(PAIRS);
    let seed = number("JABBER_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos())
    });
    eprintln!("{} {dialect:?}: {cuts} cuts, JABBER_SEED={seed}", place.which);
    let start = Instant::now();
    let usual = place.usual(dialect);
    let connections = Arc::new(AtomicU32::new(0));
    let (counted, calm_after) = (Arc::clone(&connections), cuts);
    let server = place.address(dialect, dialect.pipes()[0]);
    let proxy = FaultProxy::start(server, move |connection| {
        counted.store(connection + 1, Ordering::Relaxed);
        match connection {
            cut if cut >= calm_after => Plan::new(),
            // While nothing passes, more is said than the pipe takes.
            cut if is_flooded(cut) => {
                let end = if cut % 2 == 0 { Fault::Cut } else { Fault::Reset };
                let stall = Fault::Stall(Duration::from_millis(500));
                let at = WITHIN + (seed + u64::from(cut)) % WITHIN;
                Plan::new().with(Direction::ToServer, at, stall).with(Direction::ToServer, at, end)
            }
            cut => Plan::random(seed + u64::from(cut), WITHIN),
        }
    });
    let proxy = proxy.await.unwrap();
    let partner = Partner::come(&place).await;
    let mut ours = Ours {
        actor: usual.at(proxy.address()).with(settings).actor(),
        ledger: Ledger::default(),
        dialect,
        partner: partner.jid.clone(),
        next: 0,
        stopped: 0,
    };
    let all = async {
        while connections.load(Ordering::Relaxed) <= cuts {
            ours.come_in().await;
            ours.talk_until_cut(&connections, cuts).await;
        }
        ours.settle().await;
    };
    let done = timeout(AT_MOST * (cuts + 2), all).await;
    assert!(done.is_ok(), "it took too long:\n{}", ours.actor.told());
    let heard = partner.heard().await;
    let Ours { actor, ledger, stopped, next, .. } = ours;
    let attempts = actor.session.attempt();
    // The grammar over all attempts, and no secret in any of them.
    actor.close().await;
    let counts = ledger.judge(&heard);
    eprintln!(
        "{} {dialect:?}: {cuts} cuts, {attempts} attempts, {stopped} times begun by hand; {next} messages, {counts:?}; {:?}",
        place.which,
        start.elapsed(),
    );
    assert!(counts.received > 0 && counts.answered > 0 && counts.back > 0, "{counts:?}");
    assert!(counts.returned > 0, "more was said than the pipe takes: {counts:?}");
}

struct Ours {
    actor: Actor,
    ledger: Ledger,
    dialect: Dialect,
    partner: String,
    /// The number of the next message.
    next: u64,
    /// How often no further attempt was made.
    stopped: u32,
}

impl Ours {
    /// Until it is ready, and what was queued is sent.
    async fn come_in(&mut self) {
        loop {
            if self.actor.session.phase() == Phase::Idle
                && self.actor.session.next_attempt().is_none()
            {
                self.actor.connect();
            }
            // Sent too early it is queued, and goes out in its time.
            self.say();
            while self.actor.session.phase() != Phase::Ready {
                match timeout(Duration::from_secs(40), self.actor.next()).await.unwrap() {
                    Some(event) => self.take(&event),
                    None => break,
                }
            }
            if self.actor.session.purge_queue().is_ok() {
                return;
            }
            // The server still knows our last connection, and refuses the new one for good.
            sleep(Duration::from_millis(100)).await;
        }
    }

    async fn talk_until_cut(&mut self, connections: &AtomicU32, cuts: u32) {
        while self.actor.session.phase() == Phase::Ready {
            let connection = connections.load(Ordering::Relaxed).saturating_sub(1);
            if connection < cuts && is_flooded(connection) {
                while self.say_padded(4 << 10) {}
            }
            self.say();
            if self.next.is_multiple_of(3) {
                self.ask();
            }
            // What happens meanwhile.
            while let Ok(Some(event)) = timeout(Duration::from_millis(2), self.actor.next()).await {
                self.take(&event);
                if self.actor.session.phase() != Phase::Ready {
                    return;
                }
            }
            if connections.load(Ordering::Relaxed) > cuts {
                return;
            }
        }
    }

    fn take(&mut self, event: &Event) {
        self.ledger.note(event);
        if matches!(event, Event::Status(it) if it.kind() == Extra::ReconnectStopped.into()) {
            self.stopped += 1;
        }
    }

    /// Who a stanza is from: a component says so.
    fn from(&self) -> String {
        match (self.dialect, self.actor.session.dialect()) {
            (Dialect::Component, _) => format!("from='x@{}'", jabber_tests::server::COMPONENT),
            (Dialect::Router, _) => "from='x@ours.jabber.test'".to_owned(),
            _ => String::new(),
        }
    }

    fn say(&mut self) {
        self.say_padded(0);
    }

    /// False where it was not accepted.
    fn say_padded(&mut self, padding: usize) -> bool {
        let (from, to, number) = (self.from(), &self.partner, self.next);
        let text = format!(
            "<message type='chat' {from} to='{to}'><body>{number}</body>\
             <subject>{}</subject></message>",
            "x".repeat(padding)
        );
        // Refused while it closes or is full; then the number is used by the next.
        let Ok(accepted) = self.actor.session.try_send(xml(&text)) else { return false };
        self.ledger.sent(accepted.receipt(), number);
        self.next += 1;
        true
    }

    fn ask(&mut self) {
        let (from, to) = (self.from(), &self.partner);
        let text =
            format!("<iq type='get' {from} to='{to}'><query xmlns='jabber:iq:version'/></iq>");
        let time = Duration::from_secs(3600);
        if let Ok(request) = self.actor.session.begin_request(xml(&text), time) {
            let id = self.actor.session.id_of(request).unwrap().to_owned();
            self.ledger.asked(request, id);
        }
    }

    /// Undisturbed, until everything has its end.
    async fn settle(&mut self) {
        loop {
            self.come_in().await;
            self.say();
            self.ask();
            while let Ok(Some(event)) = timeout(Duration::from_secs(2), self.actor.next()).await {
                self.take(&event);
            }
            if self.actor.session.phase() == Phase::Ready && self.ledger.is_settled() {
                return;
            }
        }
    }
}
