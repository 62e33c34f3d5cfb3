//! Sets of kinds, and who is told of what.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::any::Any;
use std::error::Error;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use jabber_status::{
    ErrorStatus, Extra, Kind, KindSet, Observer, Observers, Phase, Status, StatusEvent, Vocabulary,
    observe,
};

#[derive(Clone, Debug)]
struct Event(Kind);

impl StatusEvent for Event {
    fn kind(&self) -> Kind {
        self.0
    }

    fn phase(&self) -> Phase {
        Phase::Ready
    }

    fn attempt(&self) -> u32 {
        1
    }

    fn dialect(&self) -> &'static str {
        "test"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}

type Log = Arc<Mutex<Vec<(char, Kind)>>>;

fn logger(log: &Log, name: char, wanted: KindSet) -> Box<dyn Observer> {
    let log = Arc::clone(log);
    Box::new(observe(wanted, move |event: &dyn StatusEvent| {
        log.lock().unwrap().push((name, event.kind()));
    }))
}

fn notify(observers: &mut Observers, kind: impl Into<Kind>) {
    observers.notify(&Event(kind.into()));
}

#[test]
fn each_is_told_what_it_wants_in_order() {
    let log = Log::default();
    let mut observers = Observers::new();
    observers.subscribe(logger(&log, 'a', KindSet::ALL));
    observers.subscribe(logger(&log, 'b', KindSet::LIFECYCLE));
    for kind in [Kind::from(Status::Connect), Status::NodeSent.into(), Extra::Redirect.into()] {
        notify(&mut observers, kind);
    }
    let (connect, sent, redirect) = (Status::Connect, Status::NodeSent, Extra::Redirect);
    assert_eq!(
        *log.lock().unwrap(),
        [
            ('a', connect.into()),
            ('b', connect.into()),
            ('a', sent.into()),
            ('a', redirect.into()),
            ('b', redirect.into()),
        ]
    );
}

#[test]
fn interests_are_the_union_of_all() {
    let log = Log::default();
    let mut observers = Observers::new();
    assert_eq!(observers.interests(), KindSet::EMPTY);
    let nodes = observers.subscribe(logger(&log, 'n', KindSet::NODES));
    let some = KindSet::EMPTY.with(Status::NodeSent).with(ErrorStatus::AuthFail);
    let other = observers.subscribe(logger(&log, 'o', some));
    assert_eq!(observers.interests(), KindSet::NODES.with(ErrorStatus::AuthFail));
    assert!(observers.wants(Status::RtsStart) && !observers.wants(Status::Connect));

    assert!(observers.unsubscribe(nodes).is_some());
    assert_eq!(observers.interests(), some);
    assert!(observers.wants(Status::NodeSent), "the other one still wants it");
    assert!(observers.unsubscribe(nodes).is_none(), "it has ended");
    notify(&mut observers, Status::NodeSent);
    notify(&mut observers, Status::NodeReceived);
    assert_eq!(*log.lock().unwrap(), [('o', Status::NodeSent.into())]);

    observers.unsubscribe(other);
    assert!(observers.interests().is_empty());
    let third = observers.subscribe(logger(&log, 't', KindSet::ALL));
    assert_ne!(third, other, "a subscription names one thing for ever");
}

/// Its kind may be asked; whatever else is asked of it is work for a kind that nobody wants.
#[derive(Debug)]
struct Untouchable;

impl StatusEvent for Untouchable {
    fn kind(&self) -> Kind {
        Status::NodeSent.into()
    }

    fn phase(&self) -> Phase {
        panic!("phase was asked for")
    }

    fn attempt(&self) -> u32 {
        panic!("attempt was asked for")
    }

    fn dialect(&self) -> &'static str {
        panic!("dialect was asked for")
    }

    fn node(&self) -> Option<&dyn Display> {
        panic!("the node was asked for")
    }

    fn error(&self) -> Option<&(dyn Error + 'static)> {
        panic!("the error was asked for")
    }

    fn as_any(&self) -> &dyn Any {
        panic!("the event was asked for")
    }

    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        panic!("a copy was asked for")
    }
}

#[test]
fn nothing_is_done_for_a_kind_that_nobody_wants() {
    let log = Log::default();
    let mut observers = Observers::new();
    observers.subscribe(logger(&log, 'a', KindSet::LIFECYCLE));
    observers.notify(&Untouchable);
    observers.subscribe(logger(&log, 'b', KindSet::EMPTY.with(Status::NodeSent)));
    observers.notify(&Untouchable);
    assert_eq!(*log.lock().unwrap(), [('b', Status::NodeSent.into())]);
}

struct Departing {
    gone: Arc<AtomicBool>,
    log: Log,
}

impl Observer for Departing {
    fn on_status(&mut self, event: &dyn StatusEvent) {
        self.log.lock().unwrap().push(('d', event.kind()));
    }

    fn is_done(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}

#[test]
fn who_is_done_is_unsubscribed() {
    let (gone, log) = (Arc::new(AtomicBool::new(false)), Log::default());
    let mut observers = Observers::new();
    let departing = Departing { gone: Arc::clone(&gone), log: Arc::clone(&log) };
    let id = observers.subscribe(Box::new(departing));
    observers.subscribe(logger(&log, 'a', KindSet::EMPTY.with(Status::Connect)));
    assert_eq!(observers.interests(), KindSet::full(), "everything is the default");
    notify(&mut observers, Status::Connected);
    gone.store(true, Ordering::Relaxed);
    notify(&mut observers, Status::Connect);
    assert_eq!(
        *log.lock().unwrap(),
        [('d', Status::Connected.into()), ('a', Status::Connect.into())]
    );
    assert_eq!(observers.interests(), KindSet::EMPTY.with(Status::Connect));
    assert!(observers.unsubscribe(id).is_none());
}

/// Counts how often it is asked what it wants.
struct Asked(Arc<AtomicU32>);

impl Observer for Asked {
    fn interests(&self) -> KindSet {
        self.0.fetch_add(1, Ordering::Relaxed);
        KindSet::LIFECYCLE
    }

    fn on_status(&mut self, _: &dyn StatusEvent) {}
}

#[test]
fn interests_are_asked_once_and_kept() {
    let asked = Arc::new(AtomicU32::new(0));
    let mut observers = Observers::new();
    let first = observers.subscribe(Box::new(Asked(Arc::clone(&asked))));
    observers.subscribe(Box::new(Asked(Arc::clone(&asked))));
    for _ in 0..10 {
        notify(&mut observers, Status::Connect);
        assert!(observers.wants(Status::Connect));
        assert_eq!(observers.interests(), KindSet::LIFECYCLE);
    }
    observers.unsubscribe(first);
    assert_eq!(asked.load(Ordering::Relaxed), 2, "once for each");
}

#[test]
fn sets() {
    let mut set = KindSet::of(&[Status::Connect.into(), ErrorStatus::SocketFail.into()]);
    assert!(set.contains(Status::Connect) && set.contains(ErrorStatus::SocketFail));
    assert!(!set.contains(Status::Connecting) && !set.contains(ErrorStatus::SocketDisconnect));
    set.insert(Extra::ReconnectStopped);
    assert_eq!(set.iter().count(), 3);
    assert_eq!(set.without(Status::Connect).iter().count(), 2);
    assert_eq!(set | KindSet::ALL, KindSet::ALL);
    assert_eq!(set.intersection(KindSet::LIFECYCLE), set);
    assert_eq!(KindSet::LIFECYCLE.union(KindSet::NODES), KindSet::ALL);
    assert!(KindSet::LIFECYCLE.intersection(KindSet::NODES).is_empty());
    assert_eq!(KindSet::default(), KindSet::<Kind>::EMPTY);
    assert!(Kind::all().all(|kind| KindSet::<Kind>::full().contains(kind)));
    let collected: KindSet = [Status::Connect, Status::Connected].into_iter().collect();
    assert_eq!(collected, KindSet::EMPTY.with(Status::Connect).with(Status::Connected));
}

#[test]
fn a_kind_without_a_bit_is_in_no_set() {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Stray(u32);

    impl Display for Stray {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.name())
        }
    }

    impl Vocabulary for Stray {
        type Phase = u8;

        fn bit(self) -> u32 {
            self.0
        }

        fn code(self) -> u16 {
            0
        }

        fn name(self) -> &'static str {
            "STRAY"
        }
    }

    assert!(KindSet::<Stray>::full().contains(Stray(63)));
    assert!(!KindSet::<Stray>::full().contains(Stray(64)));
    assert!(KindSet::<Stray>::EMPTY.with(Stray(64)).is_empty());
}

/// A type that does not say how much it holds is as large as it is written.
#[test]
fn what_says_nothing_of_its_memory_counts_by_its_debug() {
    #[derive(Clone, Debug)]
    struct Long(String);

    impl StatusEvent for Long {
        fn kind(&self) -> Kind {
            Status::NodeSent.into()
        }

        fn phase(&self) -> Phase {
            Phase::Ready
        }

        fn attempt(&self) -> u32 {
            1
        }

        fn dialect(&self) -> &'static str {
            "test"
        }

        fn detail(&self) -> Option<&dyn Display> {
            Some(&self.0)
        }

        fn as_any(&self) -> &dyn Any {
            self
        }

        fn to_boxed(&self) -> Box<dyn StatusEvent> {
            Box::new(self.clone())
        }
    }

    for length in [0, 1, 1000] {
        let event: &dyn StatusEvent = &Long("x".repeat(length));
        assert_eq!(event.memory(), "Long(\"\")".len() + length);
    }
}
