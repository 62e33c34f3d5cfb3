//! What tests of observers share.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::{FutureExt, StreamExt};
use jabber::{Element, KindSet, Session, Status, StatusEvent, StatusStream, observe};
use jabber_transport::memory::{MemoryListener, MemoryTransport};

use crate::common::{Peer, Toy};

pub(crate) fn stanza(text: &str) -> Element {
    text.parse().unwrap()
}

/// A session whose own stream has nothing but stanzas.
pub(crate) fn quiet() -> (Session, MemoryListener) {
    let (transport, listener) = MemoryTransport::new();
    (Session::builder(Toy).subscribe(KindSet::EMPTY).build_with(transport), listener)
}

pub(crate) async fn let_in(session: &mut Session, listener: &mut MemoryListener) -> Peer {
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(listener));
    ready.unwrap();
    peer
}

/// Takes all that is there.
pub(crate) fn take(stream: &mut StatusStream) -> Vec<Box<dyn StatusEvent>> {
    std::iter::from_fn(|| stream.next().now_or_never().flatten()).collect()
}

pub(crate) fn names(events: &[Box<dyn StatusEvent>]) -> String {
    let names = events.iter().map(|event| event.kind().name().trim_start_matches("PCJ_"));
    names.collect::<Vec<_>>().join(" ")
}

/// Counts, beside all the others, what has been received.
pub(crate) fn count(session: &mut Session) -> Arc<AtomicUsize> {
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let kinds = KindSet::of(&[Status::NodeReceived.into()]);
    session.subscribe(observe(kinds, move |_: &dyn StatusEvent| {
        counter.fetch_add(1, Ordering::Relaxed);
    }));
    received
}
