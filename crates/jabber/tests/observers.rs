//! Observers of every sort over the pipe in memory: none lost, none reordered, whatever their speed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

mod common;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use common::{ME, Peer, SECOND, Toy, Trace, session};
use futures_util::{FutureExt, StreamExt};
use jabber::{
    Element, ErrorStatus, Event, KindSet, Phase, SendErrorReason, Session, Status, StatusEvent,
    StatusStream, observe,
};
use jabber_status::{Lifecycle, Shape};
use jabber_transport::memory::{MemoryListener, MemoryTransport};
use tokio::time::{Instant, sleep, timeout};

fn stanza(text: &str) -> Element {
    text.parse().unwrap()
}

/// A session whose own stream has nothing but stanzas.
fn quiet() -> (Session, MemoryListener) {
    let (transport, listener) = MemoryTransport::new();
    (Session::builder(Toy).subscribe(KindSet::EMPTY).build_with(transport), listener)
}

async fn let_in(session: &mut Session, listener: &mut MemoryListener) -> Peer {
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(listener));
    ready.unwrap();
    peer
}

/// Takes all that is there.
fn take(stream: &mut StatusStream) -> Vec<Box<dyn StatusEvent>> {
    std::iter::from_fn(|| stream.next().now_or_never().flatten()).collect()
}

fn names(events: &[Box<dyn StatusEvent>]) -> String {
    let names = events.iter().map(|event| event.kind().name().trim_start_matches("PCJ_"));
    names.collect::<Vec<_>>().join(" ")
}

/// Counts, beside all the others, what has been received.
fn count(session: &mut Session) -> Arc<AtomicUsize> {
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let kinds = KindSet::of(&[Status::NodeReceived.into()]);
    session.subscribe(observe(kinds, move |_: &dyn StatusEvent| {
        counter.fetch_add(1, Ordering::Relaxed);
    }));
    received
}

#[tokio::test(start_paused = true)]
async fn each_hears_what_it_asked_for_at_its_own_speed() {
    const STANZAS: usize = 300;
    let (mut session, mut listener) = quiet();
    // (kinds, capacity, pause after each)
    let mut listeners = Vec::new();
    for (kinds, capacity, pause) in [
        (KindSet::ALL, 1, 3),
        (KindSet::ALL, 1000, 0),
        (KindSet::NODES, 7, 10),
        (KindSet::LIFECYCLE, 2, 100),
        (KindSet::of(&[Status::NodeReceived.into()]), 4, 0),
    ] {
        let mut stream = session.status_stream(kinds, capacity);
        listeners.push(tokio::spawn(async move {
            let mut heard = Vec::new();
            while let Some(event) = stream.next().await {
                assert!(kinds.contains(event.kind()));
                heard.push(event);
                sleep(Duration::from_millis(pause)).await;
            }
            heard
        }));
    }
    let inline = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&inline);
    session.subscribe(observe(KindSet::ALL, move |event: &dyn StatusEvent| {
        told.lock().unwrap().push(event.to_boxed());
    }));
    let server = tokio::spawn(async move {
        let mut peer = Peer::welcome(&mut listener).await;
        for id in 0..STANZAS {
            peer.says(&format!("<message id='{id}'/>")).await;
        }
        peer.says("</stream:stream>").await;
        peer.reads_end().await;
    });
    session.connect().unwrap();
    let mut delivered = 0;
    while let Some(event) = session.next().await {
        if let Event::Stanza(delivery) = event {
            assert_eq!(delivery.stanza.attribute("id").unwrap(), delivered.to_string());
            delivered += 1;
        }
    }
    assert_eq!(delivered, STANZAS);
    server.await.unwrap();
    drop(session);

    let inline = std::mem::take(&mut *inline.lock().unwrap());
    let mut life = Lifecycle::of(Shape::new());
    inline.iter().for_each(|event| life.check_event(&**event).unwrap());
    life.finish().unwrap();
    let told = |kinds: KindSet| {
        let wanted = inline.iter().filter(move |event| kinds.contains(event.kind()));
        wanted.map(|event| format!("{} {:?}", event.kind(), event.node().map(ToString::to_string)))
    };
    for (listener, kinds) in listeners.into_iter().zip([
        KindSet::ALL,
        KindSet::ALL,
        KindSet::NODES,
        KindSet::LIFECYCLE,
        KindSet::of(&[Status::NodeReceived.into()]),
    ]) {
        let heard = listener.await.unwrap();
        let heard = heard
            .iter()
            .map(|it| format!("{} {:?}", it.kind(), it.node().map(ToString::to_string)));
        assert!(heard.eq(told(kinds)), "{kinds:?}");
    }
    // The header, <welcome/>, and all stanzas.
    assert_eq!(told(KindSet::NODES).count(), 2 + STANZAS);
}

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

#[tokio::test(start_paused = true)]
async fn one_order_in_the_sessions_own_stream() {
    let (transport, mut listener) = MemoryTransport::new();
    let mut session =
        Session::builder(Toy).subscribe(KindSet::ALL).wire(true).build_with(transport);
    let mut peer = let_in(&mut session, &mut listener).await;
    while session.next().now_or_never().is_some() {}
    peer.says("<message id='1'/>\n<message id='2'/></stream:stream>").await;
    session.try_send(stanza("<presence/>")).unwrap();
    let mut told = Vec::new();
    let mut trace = Trace::new();
    while let Some(event) = session.next().await {
        told.push(match &event {
            Event::Wire(item) => format!("{} {item}", item.direction),
            Event::Status(status) => status.kind().to_string(),
            Event::Stanza(delivery) => delivery.stanza.attribute("id").unwrap().into_owned(),
            other => panic!("{other:?}"),
        });
        if matches!(event, Event::Stanza(_)) {
            trace.take(event);
        }
    }
    assert_eq!(
        told,
        [
            "sent <presence/>",
            "PCJ_NODESENT",
            "received <message id='1'/>",
            "PCJ_NODERECEIVED",
            "1",
            "received \n",
            "received <message id='2'/>",
            "PCJ_NODERECEIVED",
            "2",
            "received </stream:stream>",
            "sent </stream:stream>",
            "PCJ_STREAMEND",
            "PCJ_SOCKETDISCONNECT",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_finds_the_state_and_hears_the_rest() {
    let (mut session, mut listener) = quiet();
    let state = session.state();
    assert_eq!((state.phase, state.attempt, state.dialect), (Phase::Idle, 0, "toy"));
    session.try_send(stanza("<message/>")).unwrap();
    let waiting = session.begin_request(stanza("<iq type='get'/>"), 60 * SECOND).unwrap();
    let state = session.state();
    assert_eq!((state.queue_stanzas, state.outstanding_requests), (2, 1));
    assert!(state.queue_bytes > "<message/><iq type='get' id=''/>".len());
    session.cancel_request(waiting);
    let peer = let_in(&mut session, &mut listener).await;
    let (client, _events) = session.spawn();
    sleep(7 * SECOND).await;

    let state = client.state().unwrap();
    assert_eq!((state.phase, state.attempt, state.queue_stanzas), (Phase::Ready, 1, 1));
    assert_eq!(state.phase_for, 7 * SECOND);
    assert_eq!(state.identity.unwrap().jid.as_str(), ME);
    assert_eq!(state.security, Some(jabber::Security::Private));
    assert!(state.last_error.is_none() && state.outstanding_requests == 0);

    let mut late = client.status_stream(KindSet::ALL, 64).await.unwrap();
    let heard = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&heard);
    let subscription = client
        .subscribe(observe(KindSet::ALL, move |_: &dyn StatusEvent| {
            hears.fetch_add(1, Ordering::Relaxed);
        }))
        .await
        .unwrap();
    client.send(stanza("<presence/>")).await.unwrap().unwrap();
    assert_eq!(names(&take(&mut late)), "NODESENT");
    assert!(client.unsubscribe(subscription).await.unwrap().is_some());
    assert!(client.unsubscribe(subscription).await.unwrap().is_none());
    client.purge_queue().await.unwrap().unwrap();
    assert_eq!(client.state().unwrap().queue_stanzas, 0);
    assert_eq!(heard.load(Ordering::Relaxed), 1);

    peer.0.reset();
    sleep(SECOND).await;
    assert_eq!(names(&take(&mut late)), "NODESENT SOCKETFAIL SOCKETDISCONNECT");
    let state = client.state().unwrap();
    assert_eq!((state.phase, state.attempt), (Phase::Idle, 1));
    assert!(state.identity.is_none() && state.security.is_none());
    assert_eq!(state.last_error.unwrap().status(), ErrorStatus::SocketFail);

    drop(client);
    assert!(late.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_state_is_never_older_than_what_was_told() {
    let (mut session, mut listener) = quiet();
    let (client, outside) = (session.client(), session.client());
    let checked = Arc::new(AtomicUsize::new(0));
    let checks = Arc::clone(&checked);
    session.subscribe(observe(KindSet::LIFECYCLE, move |event: &dyn StatusEvent| {
        let state = client.state().unwrap();
        assert_eq!((state.phase, state.attempt), (event.phase(), event.attempt()), "{event:?}");
        if event.kind() == Status::InitFinished.into() {
            assert!(state.identity.is_some());
        }
        if event.kind() == Status::Connected.into() {
            assert!(state.security.is_some());
        }
        checks.fetch_add(1, Ordering::Relaxed);
    }));
    for attempt in 1..=2 {
        let mut peer = let_in(&mut session, &mut listener).await;
        session.shutdown();
        peer.says("</stream:stream>").await;
        while session.next().await.is_some() {}
        let state = session.state();
        assert_eq!((state.phase, state.attempt), (Phase::Idle, attempt));
        // An end that was asked for is no error.
        assert!(state.last_error.is_none());
    }
    drop(listener);
    session.connect().unwrap();
    let error = session.ready().await.unwrap_err();
    let last = session.state().last_error.unwrap();
    assert_eq!(last.status(), ErrorStatus::ConnectFail);
    assert_eq!(last.to_string(), error.to_string());
    assert_eq!(checked.load(Ordering::Relaxed), 2 * 11 + 3);
    drop(session);
    assert!(outside.state().is_err(), "the session is gone");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_what_nobody_wants() {
    let (mut session, mut listener) = session();
    let mut peer = let_in(&mut session, &mut listener).await;
    let stream = session.status_stream(KindSet::ALL, 1);
    drop(stream);
    // Were it still there it would be full at once, and hold up the rest.
    peer.says(&"<message/>".repeat(50)).await;
    peer.says("</stream:stream>").await;
    let mut trace = Trace::new();
    let told = trace.finish(&mut session).await;
    assert_eq!(told.matches("<message/>").count(), 50);
}
