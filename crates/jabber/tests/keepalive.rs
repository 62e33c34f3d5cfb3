//! Peers that are gone without a word.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Peer, SECOND, Trace, session_with};
use futures_util::StreamExt;
use jabber::{Event, Keepalive, StreamCondition};
use tokio::time::{Instant, timeout};

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_no_ping_is_gone() {
    let keepalive = Keepalive::ping(30 * SECOND).with_patience(10 * SECOND);
    let (mut session, mut listener) = session_with(|it| it.keepalive(keepalive));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    let start = Instant::now();
    let mut trace = Trace::new();
    let listens = async {
        let ping = peer.reads("</iq>").await;
        assert_eq!(start.elapsed().as_secs(), 30);
        assert!(ping.contains("urn:xmpp:ping") && ping.contains("to='toy.example'"), "{ping}");
        peer.reads_end().await
    };
    let (told, end) = tokio::join!(trace.finish(&mut session), listens);
    // Ten seconds of patience, and one for what may lie unread.
    assert_eq!(start.elapsed().as_secs(), 41);
    assert!(told.contains("NODESENT NODESENT STREAMEND SOCKETDISCONNECT"), "{told}");
    assert!(end.contains("connection-timeout"), "{end}");
    let error = session.ready().await.unwrap_err();
    assert_eq!(error.retry(), jabber::Retry::Later);
    assert!(error.to_string().contains("has not said anything"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_nobody_elses_and_anything_is_a_sign_of_life() {
    let keepalive = Keepalive::ping(30 * SECOND);
    let (mut session, mut listener) = session_with(|it| it.keepalive(keepalive));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    let start = Instant::now();
    let server = async {
        for answer in
            ["<iq type='result' id='ID'/>", "<iq type='error' id='ID'/>", " ", "<message/>"]
        {
            let ping = peer.reads("</iq>").await;
            let id = ping.split("id='").nth(1).unwrap().split('\'').next().unwrap();
            peer.says(&answer.replace("ID", id)).await;
        }
        // What comes by itself keeps it from asking at all.
        for _ in 0..10 {
            tokio::time::sleep(20 * SECOND).await;
            peer.says(" ").await;
        }
        let quiet = timeout(29 * SECOND, peer.reads("<iq")).await;
        assert!(quiet.is_err());
        peer.says("</stream:stream>").await;
    };
    let mut trace = Trace::new();
    let (told, ()) = tokio::join!(trace.finish(&mut session), server);
    assert_eq!(start.elapsed().as_secs(), 4 * 30 + 200 + 29);
    assert_eq!(told.matches("<message/>").count(), 1);
    // Each answer was told as a node, and delivered to nobody.
    assert_eq!(told.matches("NODERECEIVED").count(), 4, "{told}");
    assert!(!told.contains("<iq"), "{told}");
}

/// Half a node lies unread all the time; it was heard once.
#[tokio::test(start_paused = true)]
async fn half_a_node_is_no_lasting_sign_of_life() {
    let keepalive = Keepalive::ping(30 * SECOND).with_patience(10 * SECOND);
    let (mut session, mut listener) = session_with(|it| it.keepalive(keepalive));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    peer.says("<message><bo").await;
    let start = Instant::now();
    let mut trace = Trace::new();
    let ends = async { tokio::join!(trace.finish(&mut session), peer.reads_end()).0 };
    let told = timeout(600 * SECOND, ends).await.expect("it counts as alive for ever");
    assert!(told.ends_with("STREAMEND SOCKETDISCONNECT"), "{told}");
    assert_eq!(start.elapsed().as_secs(), 41);
}

/// Whoever is not driven for an hour has not heard the answer: that is no proof.
#[tokio::test(start_paused = true)]
async fn a_session_that_slept_reads_before_it_gives_up() {
    let (mut session, mut listener) = session_with(|it| it.keepalive(Keepalive::ping(30 * SECOND)));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    // The ping goes out, and the answer lies there.
    let mut trace = Trace::new();
    tokio::select! {
        _ = peer.reads("urn:xmpp:ping") => {}
        () = trace.drive(&mut session) => {}
    }
    peer.says("<message/>").await;
    tokio::time::sleep(3600 * SECOND).await;
    let event = loop {
        match session.next().await.unwrap() {
            Event::Stanza(delivery) => break delivery.stanza,
            Event::Status(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(event.as_str(), "<message/>");
    assert_eq!(session.phase(), jabber::Phase::Ready);
}

/// A user who takes nothing keeps us from listening; the peer is not to blame.
#[tokio::test(start_paused = true)]
async fn a_user_who_takes_nothing_is_no_dead_peer() {
    let (session, mut listener) =
        session_with(|it| it.keepalive(Keepalive::ping(10 * SECOND)).event_bounds(4, 1 << 20));
    let (client, mut events) = session.spawn();
    client.connect().await.unwrap().unwrap();
    let mut peer = Peer::welcome(&mut listener).await;
    for _ in 0..500 {
        peer.says("<message/>").await;
    }
    tokio::time::sleep(3600 * SECOND).await;
    let mut stanzas = 0;
    while stanzas < 500 {
        match events.next().await.unwrap() {
            Event::Stanza(_) => stanzas += 1,
            Event::Status(status) => {
                assert_ne!(status.kind(), jabber::ErrorStatus::SocketDisconnect.into());
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn white_space_is_sent_into_silence_and_ends_nothing() {
    let keepalive = Keepalive::white_space(30 * SECOND);
    let (mut session, mut listener) = session_with(|it| it.keepalive(keepalive));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    assert!(
        timeout(600 * SECOND + SECOND, session.next()).await.is_err()
            || session.phase() == jabber::Phase::Ready
    );
    while timeout(300 * SECOND, session.next()).await.is_ok() {}
    session.shutdown();
    let end = async {
        let said = peer.reads("</stream:stream>").await;
        peer.says("</stream:stream>").await;
        said
    };
    let mut trace = Trace::new();
    let told = async { while session.next().await.is_some() {} };
    let ((), said) = tokio::join!(told, end);
    drop(trace.lines.drain(..));
    let spaces = said.chars().filter(|it| *it == ' ').count();
    assert!((10..=31).contains(&spaces), "{spaces}: {said:?}");
    assert!(!said.contains(StreamCondition::ConnectionTimeout.as_str()));
}
