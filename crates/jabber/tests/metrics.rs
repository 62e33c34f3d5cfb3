//! What a session measures, over the pipe in memory and on the virtual clock.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use common::{Peer, SECOND, Toy};
use futures_util::{FutureExt, StreamExt};
use jabber::{Element, KindSet, Session, Wire};
use jabber_transport::memory::MemoryTransport;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tokio::time::sleep;

/// Keeps every value in memory.
#[derive(Default)]
struct Kept {
    counters: Mutex<BTreeMap<String, Arc<Count>>>,
    gauges: Mutex<BTreeMap<String, Arc<Level>>>,
    histograms: Mutex<BTreeMap<String, Arc<Values>>>,
    described: Mutex<BTreeSet<String>>,
}

#[derive(Default)]
struct Count(AtomicU64);
#[derive(Default)]
struct Level(Mutex<f64>);
#[derive(Default)]
struct Values(Mutex<Vec<f64>>);

impl CounterFn for Count {
    fn increment(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }
    fn absolute(&self, _: u64) {
        panic!("counters are incremented");
    }
}

impl GaugeFn for Level {
    fn increment(&self, by: f64) {
        *self.0.lock().unwrap() += by;
    }
    fn decrement(&self, by: f64) {
        *self.0.lock().unwrap() -= by;
    }
    fn set(&self, _: f64) {
        panic!("a gauge is the sum of all sessions");
    }
}

impl HistogramFn for Values {
    fn record(&self, value: f64) {
        self.0.lock().unwrap().push(value);
    }
}

fn name(key: &Key) -> String {
    let labels = key.labels().map(|label| format!("{}={}", label.key(), label.value()));
    format!("{}{{{}}}", key.name(), labels.collect::<Vec<_>>().join(","))
}

impl Kept {
    fn describe(&self, name: &KeyName, unit: Option<Unit>) {
        let unit = unit.map_or(String::new(), |unit| format!(" {}", unit.as_str()));
        self.described.lock().unwrap().insert(format!("{}{unit}", name.as_str()));
    }

    fn counter(&self, name: &str) -> u64 {
        self.counters.lock().unwrap().get(name).map_or(0, |it| it.0.load(Ordering::Relaxed))
    }

    fn gauge(&self, name: &str) -> f64 {
        *self.gauges.lock().unwrap()[&format!("{name}{{dialect=toy}}")].0.lock().unwrap()
    }

    fn times(&self, name: &str) -> Vec<f64> {
        let name = format!("jabber_time_to_{name}_seconds{{dialect=toy}}");
        self.histograms.lock().unwrap()[&name].0.lock().unwrap().clone()
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, unit);
    }
    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, unit);
    }
    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, unit);
    }
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let mut counters = self.counters.lock().unwrap();
        Counter::from_arc(Arc::clone(counters.entry(name(key)).or_default()))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let mut gauges = self.gauges.lock().unwrap();
        Gauge::from_arc(Arc::clone(gauges.entry(name(key)).or_default()))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let mut histograms = self.histograms.lock().unwrap();
        Histogram::from_arc(Arc::clone(histograms.entry(name(key)).or_default()))
    }
}

/// Runs a test on the virtual clock with a recorder of its own.
fn recorded(test: impl AsyncFnOnce(&Kept)) -> Kept {
    let kept = Kept::default();
    metrics::with_local_recorder(&kept, || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(test(&kept));
    });
    kept
}

fn stanza(text: &str) -> Element {
    text.parse().unwrap()
}

#[test]
fn a_life_in_numbers() {
    let sizes = Arc::new(Mutex::new([0_u64; 2]));
    let tapped = Arc::clone(&sizes);
    let kept = recorded(async |kept: &Kept| {
        let (transport, mut listener) = MemoryTransport::new();
        let mut session = Session::builder(Toy)
            .subscribe(KindSet::EMPTY)
            .metrics()
            .tap(move |item: &Wire<'_>| {
                tapped.lock().unwrap()[item.direction() as usize] += item.byte_len() as u64;
            })
            .build_with(transport.clone());
        let mut other =
            Session::builder(Toy).subscribe(KindSet::EMPTY).metrics().build_with(transport);
        for session in [&mut session, &mut other] {
            session.try_send(stanza("<message/>")).unwrap();
            session.begin_request(stanza("<iq id='1'/>"), 60 * SECOND).unwrap();
            assert!(session.next().now_or_never().unwrap().is_none());
        }
        // Gauges are sums over all sessions.
        assert_eq!(kept.gauge("jabber_queue_stanzas"), 4.0);
        assert_eq!(kept.gauge("jabber_queue_bytes"), 2.0 * 22.0);
        assert_eq!(kept.gauge("jabber_requests_outstanding"), 2.0);
        drop(other);
        assert_eq!(kept.gauge("jabber_queue_stanzas"), 2.0);

        for _ in 0..2 {
            session.connect().unwrap();
            let server = async {
                sleep(SECOND).await;
                let mut peer = Peer::accept(&mut listener).await;
                peer.reads("toy.example").await;
                sleep(2 * SECOND).await;
                peer.says(common::HEADER).await;
                sleep(3 * SECOND).await;
                peer.says("<welcome/>").await;
                peer
            };
            let (ready, mut peer) = tokio::join!(session.ready(), server);
            ready.unwrap();
            assert_eq!(kept.gauge("jabber_sessions_ready"), 1.0);
            session.purge_queue().unwrap();
            session.send(stanza("<presence/>")).await.unwrap();
            peer.says("<message/>\n<message/>").await;
            session.flush().await;
            session.next().await;
            session.next().await;
            assert_eq!(kept.gauge("jabber_queue_stanzas"), 0.0);
            session.shutdown();
            peer.says("</stream:stream>").await;
            while session.next().await.is_some() {}
            assert_eq!(kept.gauge("jabber_sessions_ready"), 0.0);
            assert_eq!(kept.gauge("jabber_requests_outstanding"), 0.0);
        }
        drop(listener);
        session.connect().unwrap();
        session.ready().await.unwrap_err();
    });
    let by = |name: &str, labels: &str| kept.counter(&format!("{name}{{dialect=toy{labels}}}"));
    assert_eq!(by("jabber_attempts_total", ""), 3);
    assert_eq!(by("jabber_reconnects_total", ""), 2);
    assert_eq!(by("jabber_errors_total", ",error=PCJ_CONNECTFAIL"), 1);
    assert_eq!(by("jabber_errors_total", ",error=PCJ_SOCKETDISCONNECT"), 0);
    // The two of the queue, and a presence in each attempt; negotiation is none of it.
    assert_eq!(by("jabber_stanzas_total", ",direction=sent"), 4);
    assert_eq!(by("jabber_stanzas_total", ",direction=received"), 4);
    let [sent, received] = *sizes.lock().unwrap();
    assert!(sent > 200 && received > 200);
    assert_eq!(by("jabber_bytes_total", ",direction=sent"), sent);
    assert_eq!(by("jabber_bytes_total", ",direction=received"), received);
    // Connecting in memory takes no time; the toy's auth begins with the header.
    assert_eq!(kept.times("connected"), [0.0, 0.0]);
    assert_eq!(kept.times("auth"), [6.0, 6.0]);
    assert_eq!(kept.times("ready"), [6.0, 6.0]);
    assert!(kept.times("tls").is_empty());
}

/// The names, types, units and labels in the documentation are those that are recorded.
#[test]
fn the_table_is_true() {
    let kept = recorded(async |_: &Kept| {
        let (transport, _) = MemoryTransport::new();
        let mut session = Session::builder(Toy).metrics().build_with(transport);
        session.connect().unwrap();
        session.ready().await.unwrap_err();
    });
    let of = |keys: Vec<String>, kind: &'static str| {
        keys.into_iter().map(move |key| (key.split('{').next().unwrap().to_owned(), kind))
    };
    let counters = of(kept.counters.lock().unwrap().keys().cloned().collect(), "counter");
    let gauges = of(kept.gauges.lock().unwrap().keys().cloned().collect(), "gauge");
    let histograms = of(kept.histograms.lock().unwrap().keys().cloned().collect(), "histogram");
    let recorded: BTreeSet<_> = counters.chain(gauges).chain(histograms).collect();
    let (source, guide) =
        (include_str!("../src/metrics.rs"), include_str!("../../../docs/guides/observing.md"));
    for text in [source, guide] {
        let rows = text.lines().filter(|line| line.contains("| `jabber_"));
        let cells = |row: &str| row.split('|').map(|it| it.trim().to_owned()).collect::<Vec<_>>();
        let mut documented = BTreeSet::new();
        for row in rows {
            let cells = cells(row);
            let name = cells[1].trim_matches('`').to_owned();
            let described = [name.clone(), cells[3].clone()].join(" ");
            let described = described.trim();
            assert!(kept.described.lock().unwrap().contains(described), "{described}");
            documented.insert((name, cells[2].clone()));
        }
        let documented: BTreeSet<_> =
            documented.iter().map(|(name, kind)| (name.clone(), kind.as_str())).collect();
        assert_eq!(documented, recorded);
    }
}
