//! Observers of every sort over the pipe in memory: none lost, none reordered, whatever their speed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

mod common;
#[path = "common/watching.rs"]
mod watching;

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
    Direction, ErrorStatus, Event, Keepalive, KindSet, Part, Phase, Reconnect, Session, Status,
    StatusEvent, observe,
};
use jabber_status::{Lifecycle, Shape};
use jabber_transport::memory::MemoryTransport;
use tokio::time::sleep;
use watching::{let_in, names, quiet, stanza, take};

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

#[tokio::test(start_paused = true)]
async fn the_state_tells_of_a_pause_and_the_tap_of_white_space() {
    let (transport, mut listener) = MemoryTransport::new();
    let again = Reconnect::default().with_pauses(8 * SECOND, 8 * SECOND).with_jitter(0);
    let mut session = Session::builder(Toy)
        .reconnect(again)
        .keepalive(Keepalive::white_space(30 * SECOND))
        .build_with(transport);
    let mut wire = session.tap_stream(64);
    let (client, mut events) = session.spawn();
    tokio::spawn(async move { while events.next().await.is_some() {} });
    client.connect().await.unwrap().unwrap();
    let peer = Peer::welcome(&mut listener).await;
    sleep(35 * SECOND).await;
    let mut last = None;
    while let Some(Some(item)) = wire.next().now_or_never() {
        last = Some(item);
    }
    let last = last.unwrap();
    assert_eq!((last.direction, last.part, &*last.text), (Direction::Sent, Part::Space, " "));
    assert_eq!((last.at, last.byte_len), (30 * SECOND, 1));

    peer.0.reset();
    sleep(SECOND).await;
    let state = client.state().unwrap();
    assert_eq!((state.phase, state.attempt), (Phase::Idle, 1));
    assert_eq!(state.next_attempt, Some(7 * SECOND));
    let _peer = Peer::welcome(&mut listener).await;
    sleep(SECOND).await;
    let state = client.state().unwrap();
    assert_eq!((state.phase, state.attempt, state.next_attempt), (Phase::Ready, 2, None));
    assert_eq!(state.last_error.unwrap().status(), ErrorStatus::SocketFail);
    client.reconnect().await.unwrap();
    let _other = Peer::welcome(&mut listener).await;
    sleep(10 * SECOND).await;
    // An end that was asked for is no error.
    let state = client.state().unwrap();
    assert_eq!((state.attempt, state.last_error.unwrap().status()), (3, ErrorStatus::SocketFail));
}
