//! A stream of statuses that is full makes the session wait, and no longer than it is full.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

mod common;
#[path = "common/watching.rs"]
mod watching;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use common::SECOND;
use futures_util::StreamExt;
use jabber::{Event, KindSet, SendErrorReason};
use tokio::time::{Instant, sleep, timeout};
use watching::{count, let_in, names, quiet, stanza, take};

#[tokio::test(start_paused = true)]
async fn a_full_stream_stops_the_reading_and_a_dropped_one_does_not() {
    let (mut session, mut listener) = quiet();
    let mut peer = let_in(&mut session, &mut listener).await;
    let mut stream = session.status_stream(KindSet::NODES, 10);
    let received = count(&mut session);
    tokio::spawn(async move {
        for id in 0..1000 {
            peer.says(&format!("<message id='{id}'/>")).await;
        }
        std::future::pending::<()>().await;
    });
    let (seen, mut stanzas) = (Arc::new(AtomicUsize::new(0)), 0);
    let delivered = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Some(event) = session.next().await {
            assert!(matches!(event, Event::Stanza(_)));
            delivered.fetch_add(1, Ordering::Relaxed);
        }
    });
    sleep(SECOND).await;
    assert_eq!(received.load(Ordering::Relaxed), 10);
    // One place free is room for one.
    for taken in 1..=5 {
        stream.next().await.unwrap();
        stanzas += 1;
        sleep(SECOND).await;
        assert_eq!(received.load(Ordering::Relaxed), 10 + taken);
    }
    assert_eq!(stanzas, 5);
    drop(stream);
    sleep(SECOND).await;
    assert_eq!(received.load(Ordering::Relaxed), 1000);
    assert_eq!(seen.load(Ordering::Relaxed), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_full_stream_counts_bytes_too() {
    let (mut session, mut listener) = quiet();
    let mut peer = let_in(&mut session, &mut listener).await;
    let mut stream = session.status_stream(KindSet::NODES, usize::MAX);
    let received = count(&mut session);
    tokio::spawn(async move {
        let text = format!("<message><body>{}</body></message>", "x".repeat(500_000));
        for _ in 0..20 {
            peer.says(&text).await;
        }
        std::future::pending::<()>().await;
    });
    tokio::spawn(async move { while session.next().await.is_some() {} });
    sleep(SECOND).await;
    // 4 MiB and what came last.
    assert_eq!(received.load(Ordering::Relaxed), 9);
    assert_eq!(take(&mut stream).len(), 9);
    sleep(SECOND).await;
    assert_eq!(received.load(Ordering::Relaxed), 18);
}

#[tokio::test(start_paused = true)]
async fn a_full_stream_makes_senders_wait() {
    let (mut session, mut listener) = quiet();
    let mut peer = let_in(&mut session, &mut listener).await;
    let mut stream = session.status_stream(KindSet::NODES, 3);
    for _ in 0..3 {
        session.try_send(stanza("<message/>")).unwrap();
    }
    let refused = session.try_send(stanza("<message/>")).unwrap_err();
    assert!(matches!(refused.reason, SendErrorReason::WouldBlock));
    // In the session's own task, and in another's.
    assert!(timeout(SECOND, session.send(stanza("<message/>"))).await.is_err());
    stream.next().await.unwrap();
    session.send(stanza("<message/>")).await.unwrap();
    let (client, _events) = session.spawn();
    let sender = client.clone();
    let mut sending = tokio::spawn(async move { sender.send(stanza("<presence/>")).await });
    assert!(timeout(SECOND, &mut sending).await.is_err());
    stream.next().await.unwrap();
    sending.await.unwrap().unwrap().unwrap();
    assert!(peer.reads("<presence/>").await.starts_with(&"<message/>".repeat(4)));
    // It can wait for ever, and shutting down still comes to its end.
    drop(client);
    peer.reads("</stream:stream>").await;
    let start = Instant::now();
    peer.reads_end().await;
    assert!(start.elapsed() <= 5 * SECOND);
    drop(peer);
    let rest = names(&take(&mut stream));
    assert_eq!(rest, "NODESENT NODESENT NODESENT");
    assert!(stream.next().await.is_none(), "the session is gone");
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_room_to_write_is_not_forgotten() {
    let (session, _) = quiet();
    let (ours, theirs) = tokio::io::duplex(4 << 20);
    let connected = jabber::Connected::new(Box::new(ours), jabber::Security::Private);
    let mut session = session;
    session.connect_on(connected).unwrap();
    let server = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut pipe = theirs;
        let welcome = format!("{}<welcome/>", common::HEADER);
        pipe.write_all(welcome.as_bytes()).await.unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"</stream:stream>") {
            pipe.read_buf(&mut read).await.unwrap();
        }
        read.len()
    });
    session.ready().await.unwrap();
    let (client, _events) = session.spawn();
    // Together more than may wait to be written, all of it written at once.
    let senders: Vec<_> = (0..60)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                client.send(stanza(&format!("<message>{:9999}</message>", 0))).await
            })
        })
        .collect();
    for sender in senders {
        timeout(SECOND, sender).await.unwrap().unwrap().unwrap().unwrap();
    }
    drop(client);
    assert!(server.await.unwrap() > 60 * 10_000);
}
