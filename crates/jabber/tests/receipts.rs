//! What becomes of what was sent: written or returned, once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use common::{Peer, SECOND, Trace, session, session_with};
use futures_util::StreamExt;
use jabber::{
    AtReady, Element, Event, NotSent, QueueConfig, RequestEnd, RequestEndKind, ReturnReason,
    SendErrorReason, Session,
};

fn message(n: usize) -> Element {
    format!("<message id='{n}'/>").parse().unwrap()
}

async fn until_idle(session: &mut Session) -> Trace {
    let mut trace = Trace::new();
    trace.finish(session).await;
    trace
}

#[tokio::test(start_paused = true)]
async fn what_the_pipe_has_taken_is_written_in_order() {
    let (mut session, mut listener) = session_with(|it| it.receipts(true));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    let mut receipts = Vec::new();
    for n in 0..3 {
        let accepted = session.send(message(n)).await.unwrap();
        assert!(!accepted.is_queued());
        receipts.push(accepted.receipt());
    }
    session.flush().await;
    peer.reads("id='2'").await;
    session.shutdown();
    let (trace, _) = tokio::join!(until_idle(&mut session), async {
        peer.reads("</stream:stream>").await;
        peer.says("</stream:stream>").await;
    });
    assert_eq!(trace.written, receipts);
    assert!(trace.returned.is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_what_is_written_unless_asked() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    session.send(message(0)).await.unwrap();
    session.flush().await;
    drop(peer);
    let trace = until_idle(&mut session).await;
    assert!(trace.written.is_empty() && trace.returned.is_empty());
}

/// The peer gets a prefix of what was sent, and of that what was written is whole in it.
#[tokio::test(start_paused = true)]
async fn what_is_cut_off_comes_back_and_nothing_else() {
    let (mut session, mut listener) = session_with(|it| it.receipts(true));
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    let mut receipts = Vec::new();
    loop {
        let padding = "x".repeat(999);
        let stanza = format!("<message id='{}'>{padding}</message>", receipts.len());
        match session.try_send(stanza.parse().unwrap()) {
            Ok(accepted) => receipts.push(accepted.receipt()),
            Err(error) => {
                assert!(matches!(error.reason, SendErrorReason::WouldBlock));
                break;
            }
        }
    }
    // It writes as long as the pipe takes, and then the peer is gone.
    let mut trace = Trace::new();
    trace.drain(&mut session).await;
    let got = peer.reads_all().await;
    drop(peer);
    trace.finish(&mut session).await;
    let returned: Vec<_> = trace.returned.iter().map(|(receipt, _)| *receipt).collect();
    let whole = got.matches("</message>").count();
    assert!(whole > 0 && whole < receipts.len(), "{whole} of {}", receipts.len());
    assert_eq!(trace.written, receipts[..trace.written.len()]);
    assert_eq!(returned, receipts[trace.written.len()..]);
    // What was returned the peer has not had in full, and what was written the pipe has taken: here
    // the peer has read all of that.
    assert_eq!(whole, trace.written.len());
    for (n, (_, returned)) in trace.returned.iter().enumerate() {
        assert!(matches!(returned.reason, ReturnReason::Disconnected));
        let id = (trace.written.len() + n).to_string();
        assert_eq!(returned.stanza.attribute("id").as_deref(), Some(&*id));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_the_pipe_is_told_alone() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let queued = session.send_written(message(0)).await.unwrap();
    assert!(queued.is_queued(), "nobody can purge the queue meanwhile");
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    session.take_queue();
    session.send_written(message(1)).await.unwrap();
    // The pipe is full, and stays so: the peer leaves.
    while session.try_send(format!("<message>{:9999}</message>", 0).parse().unwrap()).is_ok() {}
    let last = async {
        tokio::time::sleep(SECOND).await;
        drop(peer);
    };
    // Room first: this waits within `send`, and the connection ends meanwhile.
    let (written, ()) = tokio::join!(session.send_written(message(2)), last);
    match written {
        Err(NotSent::Returned(returned)) => {
            assert_eq!(returned.stanza.attribute("id").unwrap(), "2");
        }
        Err(NotSent::Refused(refused)) => {
            assert_eq!(refused.stanza.attribute("id").unwrap(), "2");
        }
        // It was queued for the next session.
        Ok(accepted) => assert!(accepted.is_queued()),
        Err(other) => panic!("{other:?}"),
    }
    let trace = until_idle(&mut session).await;
    let twice = |(_, it): &(_, jabber::Returned)| it.stanza.attribute("id").as_deref() == Some("2");
    assert!(!trace.returned.iter().any(twice));
}

/// What is taken back is in the hands of who took it, and is not told besides.
#[tokio::test(start_paused = true)]
async fn what_is_taken_back_is_handed_back_once() {
    let (mut session, mut listener) = session();
    for n in 0..3 {
        session.send(message(n)).await.unwrap();
    }
    let asked = session.begin_request("<iq type='get' id='q'/>".parse().unwrap(), SECOND).unwrap();
    let taken = session.take_queue();
    let ids: Vec<_> = taken.iter().map(|it| it.attribute("id").unwrap().into_owned()).collect();
    assert_eq!(ids, ["0", "1", "2", "q"]);
    assert!(session.queue().is_empty() && session.queue().bytes() == 0);
    session.connect().unwrap();
    let peer = async { drop(Peer::welcome(&mut listener).await) };
    let mut ended = 0;
    let told = async {
        while let Some(event) = session.next().await {
            match event {
                Event::Returned(..) => panic!("{event:?}"),
                Event::RequestEnded(request, end) => {
                    assert_eq!(request, asked);
                    let cancelled = RequestEndKind::Cancelled;
                    assert!(matches!(end, RequestEnd::Unanswered(end) if end == cancelled));
                    ended += 1;
                }
                _ => {}
            }
        }
    };
    tokio::join!(told, peer);
    assert_eq!(ended, 1);
}

/// Whoever stops waiting does not take the stanza back: it is on its way, and when it is lost that is
/// told as an event.
#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_any_more_is_told_all_the_same() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    // More than the pipe takes, and less than makes `send` wait.
    for n in 0..9 {
        let large = format!("<message id='{n}'>{:9999}</message>", 0);
        let _ = tokio::time::timeout(SECOND, session.send_written(large.parse().unwrap())).await;
    }
    drop(peer);
    let trace = until_idle(&mut session).await;
    let ids = trace.returned.iter().map(|(_, it)| it.stanza.attribute("id").unwrap().into_owned());
    let ids: Vec<String> = ids.collect();
    assert!(!ids.is_empty() && ids.last().unwrap() == "8", "{ids:?}");
    assert!(ids.is_sorted() && ids.len() < 9, "{ids:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stanza_waits_for_as_long_as_it_may() {
    let queue = QueueConfig::default().with_time_to_live(60 * SECOND);
    let (mut session, _listener) = session_with(|it| it.queue(queue));
    let short = session.send_within(message(0), 10 * SECOND).await.unwrap();
    let usual = session.send(message(1)).await.unwrap();
    // Not driven: nothing is told. Driven: at its time, whatever else happens.
    session.connect().unwrap();
    let start = tokio::time::Instant::now();
    let mut returned = Vec::new();
    while returned.len() < 2 {
        if let Some(Event::Returned(receipt, it)) = session.next().await {
            assert!(matches!(it.reason, ReturnReason::Expired));
            returned.push((receipt, start.elapsed().as_secs()));
        }
        if session.phase() == jabber::Phase::Idle {
            // The attempt has run into its deadline meanwhile.
            let _ = session.connect();
        }
    }
    assert_eq!(returned, [(short.receipt(), 10), (usual.receipt(), 60)]);
    assert!(session.queue().is_empty() && session.queue().bytes() == 0);
}

#[tokio::test(start_paused = true)]
async fn a_new_session_holds_flushes_or_drops_the_queue() {
    for at_ready in [AtReady::Hold, AtReady::Flush, AtReady::Drop] {
        let queue = QueueConfig::default().with_at_ready(at_ready);
        let (mut session, mut listener) = session_with(|it| it.queue(queue).receipts(true));
        let first = session.send(message(1)).await.unwrap().receipt();
        let question = "<iq type='get' id='q'/>".parse().unwrap();
        let request = session.begin_request(question, 5 * SECOND).unwrap();
        session.connect().unwrap();
        let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
        ready.unwrap();
        session.send_written(message(2)).await.unwrap();
        let got = peer.reads("id='2'").await;
        match at_ready {
            AtReady::Flush => {
                // Before whatever is sent later, in its order.
                let places = ["id='1'", "id='q'", "id='2'"].map(|it| got.find(it).unwrap());
                assert!(places.is_sorted(), "{got}");
            }
            _ => assert!(!got.contains("id='1'") && !got.contains("id='q'"), "{got}"),
        }
        let held = if at_ready == AtReady::Hold { 2 } else { 0 };
        assert_eq!(session.queue().len(), held);
        drop(peer);
        let mut ended = None;
        let mut returned = Vec::new();
        while let Some(event) = session.next().await {
            match event {
                Event::RequestEnded(it, end) if it == request => ended = Some(end),
                Event::Returned(receipt, _) => returned.push(receipt),
                _ => {}
            }
        }
        match at_ready {
            AtReady::Hold => assert!(ended.is_none() && returned.is_empty()),
            AtReady::Flush => {
                assert!(returned.is_empty());
                let lost = RequestEndKind::Disconnected;
                assert!(matches!(ended, Some(RequestEnd::Unanswered(end)) if end == lost));
            }
            AtReady::Drop => {
                assert_eq!(returned, [first]);
                let cancelled = RequestEndKind::Cancelled;
                assert!(matches!(ended, Some(RequestEnd::Unanswered(end)) if end == cancelled));
            }
            _ => unreachable!(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_an_error_or_is_waited_for() {
    let queue = QueueConfig::default().with_bounds(2, 1000);
    let (session, mut listener) = session_with(|it| it.queue(queue));
    let (client, mut events) = session.spawn();
    for n in 0..2 {
        assert!(client.send(message(n)).await.unwrap().unwrap().is_queued());
    }
    let refused = client.send(message(2)).await.unwrap().unwrap_err();
    assert!(matches!(refused.reason, SendErrorReason::QueueFull));
    assert_eq!(refused.stanza.attribute("id").unwrap(), "2");

    let waiting = {
        let client = client.clone();
        tokio::spawn(async move { client.send_when_room(refused.stanza).await })
    };
    tokio::time::sleep(SECOND).await;
    assert!(!waiting.is_finished());
    // Taking one out makes room; here all of it is taken.
    assert_eq!(client.take_queue().await.unwrap().len(), 2);
    assert!(waiting.await.unwrap().unwrap().unwrap().is_queued());
    // A dropped one was not accepted.
    client.send(message(3)).await.unwrap().unwrap();
    let cancelled = tokio::time::timeout(SECOND, client.send_when_room(message(4))).await;
    assert!(cancelled.is_err());
    let taken = client.take_queue().await.unwrap();
    let ids: Vec<_> = taken.iter().map(|it| it.attribute("id").unwrap().into_owned()).collect();
    assert_eq!(ids, ["2", "3"]);

    // By bytes too.
    let large: Element = format!("<message>{}</message>", "x".repeat(1000)).parse().unwrap();
    let refused = client.send(large).await.unwrap().unwrap_err();
    assert!(matches!(refused.reason, SendErrorReason::QueueFull));

    // What waits is told when it is written, by whoever purges.
    client.connect().await.unwrap().unwrap();
    let written = {
        let client = client.clone();
        tokio::spawn(async move { client.send_written(message(5)).await })
    };
    let mut peer = Peer::welcome(&mut listener).await;
    while let Some(event) = events.next().await {
        if matches!(&event, Event::Status(it) if it.kind() == jabber::Status::InitFinished.into()) {
            break;
        }
    }
    tokio::time::sleep(SECOND).await;
    assert!(!written.is_finished());
    assert_eq!(client.purge_queue().await.unwrap().unwrap().sent, 1);
    written.await.unwrap().unwrap();
    peer.reads("id='5'").await;
}

/// 100,000 requests, and the last is as cheap as the first: to begin, to cancel and to answer.
#[tokio::test]
async fn many_requests_at_a_flat_cost_each() {
    const MANY: usize = 100_000;
    let (session, mut listener) = session_with(|it| it.requests(MANY));
    let (client, mut events) = session.spawn();
    client.connect().await.unwrap().unwrap();
    let server = tokio::spawn(async move {
        let mut peer = Peer::welcome(&mut listener).await;
        let mut read = Vec::new();
        use tokio::io::AsyncReadExt;
        while peer.0.read_buf(&mut read).await.is_ok_and(|count| count > 0) {
            read.clear();
        }
    });
    while let Some(event) = events.next().await {
        if matches!(&event, Event::Status(it) if it.kind() == jabber::Status::InitFinished.into()) {
            break;
        }
    }
    tokio::spawn(async move { while events.next().await.is_some() {} });
    let mut asked = Vec::with_capacity(MANY);
    let mut times = Vec::new();
    for block in 0..10 {
        let start = std::time::Instant::now();
        for _ in 0..MANY / 10 {
            let client = client.clone();
            let question = "<iq type='get' to='a@b'/>".parse().unwrap();
            asked.push(tokio::spawn(async move {
                client.request(question, Duration::from_secs(600)).await
            }));
        }
        // All of them are begun once a later command is done.
        tokio::task::yield_now().await;
        client.send(message(block)).await.unwrap().unwrap();
        times.push(start.elapsed());
    }
    let half = asked.split_off(MANY / 2);
    let start = std::time::Instant::now();
    for request in &half {
        request.abort();
    }
    client.send(message(99)).await.unwrap().unwrap();
    let cancelling = start.elapsed();
    eprintln!("10,000 begun each: {times:?}; 50,000 cancelled: {cancelling:?}");
    // Flat, with room for a busy machine: a linear search would make the last ten times the first,
    // and 50,000 cancellations among 100,000 take minutes.
    assert!(cancelling < Duration::from_secs(20), "{cancelling:?}");
    client.halt().await.unwrap();
    let mut disconnected = 0;
    for request in asked {
        match request.await.unwrap() {
            Err(jabber::RequestError::Disconnected) => disconnected += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(disconnected, MANY / 2);
    server.abort();
}
