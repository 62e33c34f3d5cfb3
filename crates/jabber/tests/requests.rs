//! Requests over the pipe in memory: who may answer, and how they end.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

mod common;

use std::{future::poll_fn, task::Poll, time::Duration};

use common::{ME, Peer, SECOND, Trace, session};
use futures_util::StreamExt;
use jabber::{Client, Element, Event, RequestError, SendErrorReason, Session, StanzaCondition};
use tokio::time::Instant;

fn stanza(text: &str) -> Element {
    text.parse().unwrap()
}

/// A session that is ready, and the server's end.
async fn ready() -> (Session, Peer) {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    (session, peer)
}

/// Everything that waits, and then what else happens until `name`.
async fn until(session: &mut Session, trace: &mut Trace, name: &str) {
    while !trace.lines.iter().any(|line| line.contains(name)) {
        trace.take(session.next().await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn threat_19_only_the_answer_is_the_answer() {
    let (mut session, mut peer) = ready().await;
    let server = async {
        peer.reads("id='1'").await;
        // In turn: another sender, none, another kind, a request with the id, another id.
        for wrong in [
            "<iq type='result' id='1' from='mallory@toy.example'/>",
            "<iq type='result' id='1'/>",
            "<message id='1' from='bob@toy.example'/>",
            "<iq type='get' id='1' from='bob@toy.example'/>",
            "<iq type='result' id='2' from='bob@toy.example'/>",
            "<iq type='result' id='1' from='@'/>",
        ] {
            peer.says(wrong).await;
        }
        peer.says("<iq type='result' id='1' from='BOB@toy.example'><a/></iq>").await;
        peer.says("<iq type='result' id='1' from='bob@toy.example'><late/></iq>").await;
    };
    let request = stanza("<iq type='get' id='1' to='bob@toy.example'/>");
    let (answer, ()) = tokio::join!(session.request(request, SECOND), server);
    assert!(answer.unwrap().child("a", jabber::ns::CLIENT).is_some());
    let mut trace = Trace::new();
    until(&mut session, &mut trace, "<late/>").await;
    let told = trace.lines.join(" ");
    let begin = told.find("RTS_START").unwrap();
    assert!(
        told[begin..]
            .starts_with("RTS_START NODESENT NODERECEIVED <iq type='result' id='1' from='mallory")
    );
    assert_eq!(told.matches("RTS_FINISH").count(), 1);
    // Every wrong one was delivered as the stanza it is, the answer was not.
    assert_eq!(told.matches("<iq").count() + told.matches("<message").count(), 7);
    assert!(!told.contains("<a/>"));
}

#[tokio::test(start_paused = true)]
async fn who_answers_for_the_own_account() {
    for from in ["", " from='me@toy.example'", " from='toy.example'"] {
        for to in ["", " to='me@toy.example'"] {
            let (mut session, mut peer) = ready().await;
            let server = async {
                peer.reads("id='1'").await;
                peer.says(&format!("<iq type='result' id='1'{from}/>")).await;
                peer
            };
            let request = stanza(&format!("<iq type='get' id='1'{to}/>"));
            let (answer, _peer) = tokio::join!(session.request(request, SECOND), server);
            answer.unwrap();
        }
    }
    let (mut session, mut peer) = ready().await;
    let server = async {
        peer.reads("id='1'").await;
        peer.says(&format!("<iq type='result' id='1' from='{ME}'/>")).await;
        peer
    };
    let request = stanza("<iq type='get' id='1'/>");
    let (answer, _peer) = tokio::join!(session.request(request, SECOND), server);
    assert!(matches!(answer, Err(RequestError::TimedOut)), "a resource is not the account");
}

#[tokio::test(start_paused = true)]
async fn threat_34_how_a_request_ends_without_an_answer() {
    let (mut session, peer) = ready().await;
    let start = Instant::now();
    let late = session.request(stanza("<iq type='get' to='a'/>"), 7 * SECOND).await;
    assert!(matches!(late, Err(RequestError::TimedOut)));
    assert_eq!(start.elapsed(), 7 * SECOND);

    let dropped = session.request(stanza("<iq type='get' to='a'/>"), SECOND);
    tokio::time::timeout(Duration::from_millis(1), dropped).await.unwrap_err();

    let cut = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        drop(peer);
    };
    let (lost, ()) =
        tokio::join!(session.request(stanza("<iq type='get' to='a'/>"), 60 * SECOND), cut);
    assert!(matches!(lost, Err(RequestError::Disconnected)));
    let trace = Trace::new().finish(&mut session).await;
    assert_eq!(trace.matches("REQUEST_ENDED").count(), 3, "{trace}");
    assert!(!trace.contains("RTS_FINISH"));
    assert!(trace.ends_with("REQUEST_ENDED SOCKETDISCONNECT"), "{trace}");
}

#[tokio::test(start_paused = true)]
async fn the_dialect_says_what_is_redacted() {
    let (mut session, mut peer) = ready().await;
    let server = async {
        peer.reads("id='h'").await;
        peer.says("<iq type='result' id='h' from='a'><hush>answer</hush></iq>").await;
        peer
    };
    let request = stanza("<iq type='get' id='h' to='a'><hush>question</hush></iq>");
    let (answer, _peer) = tokio::join!(session.request(request, SECOND), server);
    assert_eq!(answer.unwrap().child("hush", jabber::ns::CLIENT).unwrap().text(), "answer");
    let mut redacted = 0;
    while let Ok(Some(event)) = tokio::time::timeout(SECOND, session.next()).await {
        let Event::Status(status) = event else { continue };
        let node = status.node().map(ToString::to_string).unwrap_or_default();
        assert!(!node.contains("question") && !node.contains("answer"), "{status:?}: {node}");
        redacted += usize::from(node.contains("[redacted]"));
    }
    assert_eq!(redacted, 4, "RTS_START, NODESENT, NODERECEIVED, RTS_FINISH");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_typed() {
    let (mut session, mut peer) = ready().await;
    let server = async {
        peer.reads("id='q'").await;
        peer.says(
            "<iq type='error' id='q' from='a'><error type='wait'><forbidden \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        )
        .await;
        peer
    };
    let request = stanza("<iq type='get' id='q' to='a'/>");
    let (answer, _peer) = tokio::join!(session.request(request, SECOND), server);
    let Err(RequestError::Answered { error, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(error.condition, StanzaCondition::Forbidden);
}

#[tokio::test(start_paused = true)]
async fn an_id_in_use_is_replaced() {
    let (mut session, mut peer) = ready().await;
    for _ in 0..2 {
        session.begin_request(stanza("<iq type='get' id='same' to='a'/>"), SECOND).unwrap();
    }
    session.begin_request(stanza("<iq type='get' to='a'/>"), SECOND).unwrap();
    session.flush().await;
    session.shutdown();
    let (sent, _) = tokio::join!(peer.reads("</stream:stream>"), async {
        drop(tokio::time::timeout(SECOND, session.next()).await);
        while session.next().await.is_some() {}
    });
    assert_eq!(sent.matches("id='same'").count(), 1, "{sent}");
    assert_eq!(sent.matches(" id=").count(), 3, "{sent}");
}

#[tokio::test(start_paused = true)]
async fn a_queued_request_starts_at_the_purge_and_its_time_runs_from_the_call() {
    let (mut session, mut listener) = session();
    session.begin_request(stanza("<iq type='get' id='short' to='a'/>"), SECOND).unwrap();
    session.begin_request(stanza("<iq type='get' id='long' to='a'/>"), 60 * SECOND).unwrap();
    tokio::time::sleep(2 * SECOND).await;
    session.connect().unwrap();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    assert_eq!(session.queue().len(), 1, "the late one is no longer to be sent");
    session.purge_queue().unwrap();
    session.halt();
    let trace = Trace::new().finish(&mut session).await;
    assert!(trace.contains("NODEQUEUED NODEQUEUED CONNECT"), "{trace}");
    assert!(trace.contains("INIT_FINISHED RTS_START NODESENT"), "{trace}");
    assert_eq!(peer.reads_end().await, "");
}

#[tokio::test(start_paused = true)]
async fn what_can_be_no_request() {
    let (mut session, _peer) = ready().await;
    for (text, expected) in [("<foo/>", "NotAStanza"), ("<iq type='get' to='@'/>", "To")] {
        let error = session.begin_request(stanza(text), SECOND).unwrap_err();
        assert_eq!(error.stanza.as_str(), text);
        let reason = format!("{:?}", error.reason);
        assert!(reason.starts_with(expected), "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_in_no_content_namespace_can_be_no_request_before_there_is_a_dialect_either() {
    let (mut session, _listener) = session();
    let foreign = session.begin_request(stanza("<iq xmlns='urn:x' type='get'/>"), SECOND);
    assert!(matches!(foreign.unwrap_err().reason, SendErrorReason::NotAStanza));
    session.begin_request(stanza("<iq type='get'/>"), SECOND).unwrap();
}

#[tokio::test(start_paused = true)]
async fn clients_ask_from_other_tasks() {
    let (session, mut peer) = ready().await;
    let (client, mut events) = session.spawn();
    let asking = |client: Client, id: usize| async move {
        let request = format!("<iq type='get' id='{id}' to='a'/>");
        client.request(stanza(&request), 60 * SECOND).await
    };
    let asked: Vec<_> = (0..100).map(|id| tokio::spawn(asking(client.clone(), id))).collect();
    client.send(stanza("<presence/>")).await.unwrap().unwrap();
    let server = tokio::spawn(async move {
        let mut seen = String::new();
        while seen.matches("<iq").count() < 100 {
            seen += &peer.reads(">").await;
        }
        for id in (0..100).rev() {
            peer.says(&format!("<iq type='result' id='{id}' from='a'><n>{id}</n></iq>")).await;
        }
        peer.says("<message/>").await;
        peer.reads("</stream:stream>").await;
        peer.says("</stream:stream>").await;
    });
    // The events are taken only afterwards: nobody waits for that.
    let taken = tokio::spawn(async move {
        let mut trace = Trace::new();
        while let Some(event) = events.next().await {
            trace.take(event);
        }
        trace
    });
    for (id, answer) in asked.into_iter().enumerate() {
        let answer = answer.await.unwrap().unwrap();
        assert_eq!(answer.child("n", jabber::ns::CLIENT).unwrap().text(), id.to_string());
    }
    // A request nobody waits for any more is cancelled.
    let dropped = client.request(stanza("<iq type='get' to='a'/>"), 60 * SECOND);
    tokio::time::timeout(Duration::from_millis(1), dropped).await.unwrap_err();
    drop(client);
    server.await.unwrap();
    let told = taken.await.unwrap().lines.join(" ");
    assert_eq!(told.matches("RTS_FINISH").count(), 100);
    assert!(told.contains("<message/>"));
    assert!(told.contains("REQUEST_ENDED"), "{told}");
    assert!(told.ends_with("SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH"), "{told}");
}

/// A session that has no client looks for no commands.
#[tokio::test(start_paused = true)]
async fn the_first_client_wakes_who_has_polled_before_it_was_made() {
    let (mut session, mut peer) = ready().await;
    let (give, given) = tokio::sync::oneshot::channel();
    let mut give = Some(give);
    let driving = tokio::spawn(async move {
        // It waits for what polls the session, and makes the client behind that.
        poll_fn(|cx| {
            while let Poll::Ready(event) = session.poll_next_unpin(cx) {
                assert!(event.is_some(), "the session has ended");
            }
            if let Some(give) = give.take() {
                give.send(session.client()).unwrap();
            }
            Poll::<()>::Pending
        })
        .await;
    });
    let client = given.await.unwrap();
    tokio::time::timeout(SECOND, client.send(stanza("<presence/>")))
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    peer.reads("<presence/>").await;
    driving.abort();
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_session_is_told() {
    let (session, _peer) = ready().await;
    let client = session.client();
    drop(session);
    assert!(client.send(stanza("<presence/>")).await.is_err());
    let answer = client.request(stanza("<iq type='get'/>"), SECOND).await;
    assert!(matches!(answer, Err(RequestError::SessionGone(_))));
}

#[tokio::test(start_paused = true)]
async fn a_slow_user_slows_the_server_and_nothing_locks_up() {
    let (session, mut peer) = ready().await;
    let (client, mut events) = session.spawn();
    let big = format!("<message><body>{:4096}</body></message>", 0);
    // The server writes and does not read; the user sends and takes no events.
    let flood = tokio::spawn(async move {
        let mut written = 0;
        let write = async {
            loop {
                peer.says(&big).await;
                written += big.len();
            }
        };
        drop(tokio::time::timeout(SECOND, write).await);
        (peer, written)
    });
    let mut sent = 0;
    let send = async {
        loop {
            let text = format!("<message id='{sent}'><body>{:4096}</body></message>", 0);
            client.send(stanza(&text)).await.unwrap().unwrap();
            sent += 1;
        }
    };
    drop(tokio::time::timeout(2 * SECOND, send).await);
    let (mut peer, written) = flood.await.unwrap();
    assert!(written < 2 << 20, "{written} bytes were taken from a server whose user is slow");
    assert!(sent < 1000, "{sent} stanzas were taken for a server that does not read");
    // Both go on, and all that was accepted arrives.
    let taking = tokio::spawn(async move { while events.next().await.is_some() {} });
    let last = format!("id='{}'", sent - 1);
    let drain = tokio::spawn(async move {
        peer.reads(&last).await;
        peer.says("</stream:stream>").await;
        peer.reads_end().await
    });
    drop(client);
    assert!(drain.await.unwrap().ends_with("</stream:stream>"));
    taking.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_times_out_although_nobody_takes_events() {
    let (session, mut peer) = ready().await;
    let (client, _events) = session.spawn();
    for _ in 0..200 {
        peer.says("<message/>").await;
    }
    let start = Instant::now();
    let answer = client.request(stanza("<iq type='get' to='a'/>"), 7 * SECOND).await;
    assert!(matches!(answer, Err(RequestError::TimedOut)));
    assert_eq!(start.elapsed(), 7 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_a_request_waits_is_bounded() {
    let (mut session, mut peer) = ready().await;
    let big = format!("<message><body>{:4096}</body></message>", 0);
    let mut written = 0;
    let flood = async {
        loop {
            peer.says(&big).await;
            written += big.len();
        }
    };
    let answer = tokio::select! {
        answer = session.request(stanza("<iq type='get' to='a'/>"), SECOND) => answer,
        () = flood => panic!("it never ends"),
    };
    assert!(matches!(answer, Err(RequestError::TimedOut)));
    // 1024 events, a status and a stanza for each; what is kept besides the text counts too.
    assert!((1 << 20..3 << 20).contains(&written), "{written}");
    // Nothing of it is lost.
    let mut taken = 0;
    while let Ok(Some(event)) = tokio::time::timeout(SECOND, session.next()).await {
        taken += usize::from(matches!(event, Event::Stanza(_)));
    }
    assert!(taken >= 500, "{taken}");
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_told() {
    let (mut session, _listener) = session();
    for _ in 0..10_000 {
        session.send(stanza("<message/>")).await.unwrap();
    }
    let error = session.send(stanza("<message/>")).await.unwrap_err();
    assert!(matches!(error.reason, SendErrorReason::QueueFull));
    let mut queued = 0;
    while let Some(Event::Status(_)) = session.next().await {
        queued += 1;
    }
    assert_eq!(queued, 10_000);
}
