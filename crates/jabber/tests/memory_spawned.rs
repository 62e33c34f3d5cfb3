//! What a session holds at most that a task of its own drives, and one that holds all that it can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it measured"
)]

mod common;
mod measured;

use common::{HEADER, Peer, SECOND, Toy};
use jabber::{KindSet, SendErrorReason, Session, SessionBuilder};
use jabber_transport::memory::{MemoryListener, MemoryTransport};
use measured::{MIB, PIPES, bare, floods, holds, peak};
use tokio::{io::AsyncReadExt, time::sleep};

fn builder() -> SessionBuilder {
    Session::builder(Toy).subscribe(KindSet::ALL).wire(true).receipts(true)
}

fn begins(builder: SessionBuilder) -> (Session, MemoryListener) {
    let (transport, listener) = MemoryTransport::new();
    (builder.build_with(transport), listener)
}

/// Few nodes and many, small stanzas and the largest.
fn stanzas() -> [String; 5] {
    [
        "<message/>".repeat(1000),
        "<message a='0123456789'><body>0123456789</body></message>".repeat(200),
        format!("<message>{}</message>", "<a/>".repeat(1000)),
        format!("<message>{}</message>", "<a/>".repeat(131_000)),
        format!("<message>{}</message>", "x".repeat(MIB - 100)),
    ]
}

/// What is stated for each stream of statuses or of the wire, however many may wait in it.
const STREAM: usize = 8 * MIB;

#[test]
fn threat_33_memory_of_a_spawned_session_whose_streams_nobody_takes() {
    for stanza in stanzas() {
        for (streams, what) in [(0, "events"), (1, "statuses"), (2, "the wire")] {
            let stated = bare(builder()).memory_bound();
            let measured = peak(|| async {
                let (mut session, mut listener) = begins(bare(builder()));
                session.connect().unwrap();
                let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
                ready.unwrap();
                let statuses = (streams == 1).then(|| session.status_stream(KindSet::ALL, 1 << 30));
                let tapped = (streams == 2).then(|| session.tap_stream(1 << 30));
                let (client, events) = session.spawn();
                // The stream alone holds the session up.
                let events = if streams == 0 {
                    Some(events)
                } else {
                    drop(events);
                    None
                };
                tokio::select! {
                    () = floods(&mut peer.0, stanza.as_bytes()) => {}
                    () = sleep(5 * SECOND) => {}
                }
                drop((client, events, statuses, tapped));
            });
            let len = stanza.len();
            let more = if streams == 0 { 0 } else { STREAM };
            holds(&format!("{what} of {len}, stated"), measured, stated + more);
            // The stream's own part, and an element that is read (see `Limits`).
            if streams > 0 {
                holds(&format!("{what} of {len}"), measured, STREAM + 6 * MIB);
            }
        }
    }
}

/// Stanzas that come before the session is ready.
#[test]
fn threat_33_memory_of_stanzas_that_are_held() {
    for stanza in stanzas() {
        let measured = peak(|| async {
            let (mut session, mut listener) = begins(bare(builder()).subscribe(KindSet::EMPTY));
            session.connect().unwrap();
            let says = async {
                let mut peer = Peer::accept(&mut listener).await;
                peer.reads("toy.example").await;
                peer.says(HEADER).await;
                floods(&mut peer.0, stanza.as_bytes()).await;
            };
            tokio::select! {
                () = says => {}
                _ = session.ready() => {}
            }
        });
        holds(&format!("held of {}", stanza.len()), measured, bare(builder()).memory_bound());
    }
}

/// The queue, requests, what is written, events on both sides, and the largest element half read.
async fn fills(builder: SessionBuilder, stanza: &str, flood: &[u8]) {
    let (mut session, mut listener) = begins(builder);
    loop {
        match session.send_within(stanza.parse().unwrap(), 6000 * SECOND).await {
            Ok(accepted) => assert!(accepted.is_queued()),
            Err(error) => break assert!(matches!(error.reason, SendErrorReason::QueueFull)),
        }
    }
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    let mut read = vec![0; 64 << 10];
    loop {
        let id = "i".repeat(100);
        let iq = format!("<iq type='get' id='{id}' to='{id}@toy.example/{id}'><q xmlns='q'/></iq>");
        match session.begin_request(iq.parse().unwrap(), 6000 * SECOND) {
            Ok(_) => {}
            Err(error) if matches!(error.reason, SendErrorReason::WouldBlock) => {
                tokio::select! {
                    () = session.flush() => {}
                    _ = peer.0.read(&mut read) => {}
                }
            }
            Err(error) => break assert!(matches!(error.reason, SendErrorReason::TooManyRequests)),
        }
    }
    // From here on the peer reads no more.
    while session.try_send("<a/>".parse().unwrap()).is_ok() {}
    let (client, events) = session.spawn();
    tokio::select! {
        () = floods(&mut peer.0, flood) => {}
        () = sleep(5 * SECOND) => {}
    }
    drop((client, events));
}

/// The bound is one that could be reached, not just any large number.
#[test]
fn threat_33_memory_of_all_at_once() {
    let builder = || builder().subscribe(KindSet::EMPTY).wire(false);
    let nodes = format!("<message>{}</message>", "<a/>".repeat(131_000));
    let [queued, flood] = [format!("<message>{}</message>", "<a/>".repeat(410)), nodes];
    let stated = builder().memory_bound();
    let measured = peak(|| fills(builder(), &queued, flood.as_bytes()));
    holds("all at once", measured, stated);
    assert!((measured - PIPES) * 4 > stated, "{stated} is far from {measured}");
}
