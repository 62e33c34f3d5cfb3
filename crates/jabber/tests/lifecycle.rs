//! The life of a session over the pipe in memory, on tokio's paused clock.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test support")]

mod common;

use common::{HEADER, Peer, SECOND, Trace, failure, session};
use futures_util::StreamExt;
use jabber::{AlreadyConnected, ConnectionError, ErrorStatus, Event, Kind, Phase, SendErrorReason};
use tokio::{io::AsyncWriteExt, time::Instant};

const LET_IN: &str = "CONNECT CONNECTING CONNECTED STREAMSTART NODESENT AUTHNEGOTIATE \
                      NODERECEIVED AUTHSUCCESS INIT_FINISHED";

#[tokio::test(start_paused = true)]
async fn an_orderly_life() {
    let (mut session, mut listener) = session();
    assert_eq!((session.phase(), session.attempt()), (Phase::Idle, 0));
    session.connect().unwrap();
    assert!(matches!(session.connect(), Err(AlreadyConnected { .. })));
    let server = tokio::spawn(async move {
        let mut peer = Peer::welcome(&mut listener).await;
        peer.reads("<message/>").await;
        peer.says("<presence/>").await;
        let rest = peer.reads("</stream:stream>").await;
        peer.says("<iq/></stream:stream>").await;
        rest
    });
    assert_eq!(session.ready().await.unwrap().jid.as_str(), common::ME);
    session.send("<message/>".parse().unwrap()).await.unwrap();
    let mut trace = Trace::new();
    while let Some(event) = session.next().await {
        let done = matches!(event, Event::Stanza(_));
        trace.take(event);
        if done {
            break;
        }
    }
    session.shutdown();
    let refused = session.send("<message/>".parse().unwrap()).await.unwrap_err();
    assert!(matches!(refused.reason, SendErrorReason::Closing));
    assert_eq!(
        trace.finish(&mut session).await,
        format!(
            "{LET_IN} NODESENT NODERECEIVED <presence/> SHUTDOWN_START STREAMEND NODERECEIVED \
             <iq/> SOCKETDISCONNECT SHUTDOWN_FINISH"
        )
    );
    assert_eq!(server.await.unwrap(), "</stream:stream>");
}

#[tokio::test(start_paused = true)]
async fn a_stanza_before_ready_is_told_at_once_and_delivered_after() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    tokio::spawn(async move {
        let mut peer = Peer::accept(&mut listener).await;
        peer.reads("toy.example").await;
        peer.says(&format!("{HEADER}<message/><welcome/></stream:stream>")).await;
        peer.reads("</stream:stream>").await;
    });
    assert_eq!(
        Trace::new().finish(&mut session).await,
        "CONNECT CONNECTING CONNECTED STREAMSTART NODESENT AUTHNEGOTIATE NODERECEIVED \
         NODERECEIVED AUTHSUCCESS INIT_FINISHED <message/> STREAMEND SOCKETDISCONNECT"
    );
}

#[tokio::test(start_paused = true)]
async fn the_queue_waits_for_its_purge() {
    let (mut session, mut listener) = session();
    for text in ["<message id='1'/>", "<message id='2'/>"] {
        session.send(text.parse().unwrap()).await.unwrap();
    }
    assert_eq!(session.queue().len(), 2);
    assert!(session.purge_queue().is_err());
    session.connect().unwrap();
    let server = tokio::spawn(async move {
        let mut peer = Peer::welcome(&mut listener).await;
        peer.reads("</stream:stream>").await
    });
    session.ready().await.unwrap();
    session.send("<presence/>".parse().unwrap()).await.unwrap();
    assert_eq!(session.queue().len(), 2);
    assert_eq!(session.purge_queue().unwrap().sent, 2);
    session.shutdown();
    let trace = Trace::new().finish(&mut session).await;
    assert_eq!(
        trace,
        format!(
            "NODEQUEUED NODEQUEUED {LET_IN} NODESENT NODESENT NODESENT SHUTDOWN_START STREAMEND \
             SOCKETDISCONNECT SHUTDOWN_FINISH"
        )
    );
    assert_eq!(
        server.await.unwrap(),
        "<presence/><message id='1'/><message id='2'/></stream:stream>"
    );
    session.send("<message/>".parse().unwrap()).await.unwrap();
    let taken = session.take_queue();
    assert_eq!(taken.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["<message/>"]);
    assert!(session.queue().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_second_connect_is_the_second_attempt() {
    let (mut session, mut listener) = session();
    let mut trace = Trace::new();
    for attempt in 1..=2 {
        session.connect().unwrap();
        let connecting = async { Peer::welcome(&mut listener).await };
        let (ready, mut peer) = tokio::join!(session.ready(), connecting);
        ready.unwrap();
        peer.says("</stream:stream>").await;
        while let Some(event) = session.next().await {
            trace.take(event);
        }
        assert_eq!(session.attempt(), attempt);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_ends_its_stream_is_waited_for_five_seconds() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    tokio::spawn(async move {
        let mut peer = Peer::welcome(&mut listener).await;
        peer.reads_end().await;
    });
    session.ready().await.unwrap();
    session.shutdown();
    let start = Instant::now();
    let trace = Trace::new().finish(&mut session).await;
    assert!(trace.ends_with("SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH"));
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_makes_the_shutdown_fail() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let mut peer = None;
    let (ready, ()) = tokio::join!(session.ready(), async {
        peer = Some(Peer::welcome(&mut listener).await);
    });
    ready.unwrap();
    let mut sent = 0;
    while session.try_send(format!("<message>{:9999}</message>", 0).parse().unwrap()).is_ok() {
        sent += 1;
    }
    session.shutdown();
    let mut told = Trace::new();
    let trace = told.finish(&mut session).await;
    // The pipe has taken some of it; what it has not comes back.
    assert!((1..sent).contains(&told.returned.len()), "{} of {sent}", told.returned.len());
    assert!(
        trace.ends_with("SHUTDOWN_START SOCKETFAIL SOCKETDISCONNECT SHUTDOWN_FINISH"),
        "{trace}"
    );
}

/// Lets the client in unless `script` is for before that, then does what the script says; gives
/// the trace and what ended the connection.
async fn ended(
    script: impl AsyncFnOnce(Peer) + 'static,
    let_in: bool,
) -> (String, ConnectionError) {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let server = async move {
        let mut peer = Peer::accept(&mut listener).await;
        if let_in {
            peer.reads("toy.example").await;
            peer.says(&format!("{HEADER}<welcome/>")).await;
        }
        script(peer).await;
    };
    let client = async {
        let mut trace = Trace::new();
        let mut why = None;
        while let Some(event) = session.next().await {
            if let Event::Status(status) = &event
                && let Kind::Error(_) = status.kind()
            {
                why = Some(failure(&**status));
            }
            trace.take(event);
        }
        (trace.finish(&mut session).await, why.unwrap())
    };
    let (outcome, ()) = tokio::join!(client, server);
    outcome
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_can_do_when_ready() {
    let half = async |mut peer: Peer| {
        peer.says("<message").await;
        peer.0.shutdown().await.unwrap();
        assert!(peer.reads("</stream:stream>").await.contains("not-well-formed"));
    };
    let (trace, why) = ended(half, true).await;
    assert!(trace.ends_with("INIT_FINISHED NODESENT STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert!(matches!(why, ConnectionError::HalfNode), "{why}");

    let (trace, why) = ended(async |peer| drop(peer), true).await;
    assert!(trace.ends_with("INIT_FINISHED SOCKETDISCONNECT"), "{trace}");
    assert!(matches!(why, ConnectionError::PeerClosed { orderly: false, .. }), "{why}");

    let (trace, why) = ended(async |peer| peer.0.reset(), true).await;
    assert!(trace.ends_with("SOCKETFAIL SOCKETDISCONNECT"), "{trace}");
    assert!(matches!(why, ConnectionError::Socket { .. }), "{why}");

    let bad_xml = async |mut peer: Peer| {
        peer.says("<message></presence>").await;
        assert!(peer.reads("</stream:stream>").await.contains("not-well-formed"));
    };
    let (trace, why) = ended(bad_xml, true).await;
    assert!(trace.ends_with("INIT_FINISHED NODESENT STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert_eq!(why.condition().unwrap().as_str(), "not-well-formed");

    let stream_error = async |mut peer: Peer| {
        peer.says(
            "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
             </stream:error></stream:stream>",
        )
        .await;
        peer.reads("</stream:stream>").await;
    };
    let (trace, why) = ended(stream_error, true).await;
    assert!(trace.ends_with("INIT_FINISHED NODERECEIVED STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert_eq!(why.condition().unwrap().as_str(), "conflict");
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_can_do_before() {
    let (trace, why) = ended(async |peer| drop(peer), false).await;
    assert!(trace.ends_with("SOCKETDISCONNECT"), "{trace}");
    assert!(matches!(why, ConnectionError::PeerClosed { awaiting: "the welcome", .. }), "{why}");

    let silent = async |mut peer: Peer| {
        let start = Instant::now();
        peer.reads_end().await;
        assert_eq!(start.elapsed().as_secs(), 30);
    };
    let (trace, why) = ended(silent, false).await;
    assert!(trace.ends_with("STREAMSTART NODESENT NODESENT STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert_eq!(why.condition().unwrap().as_str(), "connection-timeout");

    // Something comes all the time, and it never gets anywhere: that moves no deadline.
    let trickle = async |mut peer: Peer| {
        peer.reads("toy.example").await;
        peer.says(HEADER).await;
        let start = Instant::now();
        for _ in 0..2 {
            tokio::time::sleep(14 * SECOND).await;
            peer.says("<a/>").await;
        }
        peer.reads_end().await;
        assert_eq!(start.elapsed().as_secs(), 30);
    };
    let (trace, why) = ended(trickle, false).await;
    assert!(trace.ends_with("NODESENT STREAMEND SOCKETDISCONNECT"), "{trace}");
    assert!(matches!(why, ConnectionError::Deadline { .. }), "{why}");

    let other_protocol = async |mut peer: Peer| {
        peer.reads("toy.example").await;
        peer.says(&HEADER.replace("jabber:client", "jabber:server")).await;
        peer.reads("invalid-namespace").await;
    };
    let (_, why) = ended(other_protocol, false).await;
    assert!(matches!(why, ConnectionError::WrongStream { .. }), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_never_made() {
    let (mut session, listener) = session();
    drop(listener);
    session.connect().unwrap();
    let error = session.ready().await.unwrap_err();
    assert_eq!((error.status(), error.phase()), (ErrorStatus::ConnectFail, Phase::Connecting));
    assert_eq!(Trace::new().finish(&mut session).await, "CONNECT CONNECTING CONNECTFAIL");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_fits_everywhere() {
    let (mut session, mut listener) = session();
    let mut trace = Trace::new();
    session.shutdown();
    assert_eq!(trace.finish(&mut session).await, "SHUTDOWN_START SHUTDOWN_FINISH");

    session.connect().unwrap();
    session.shutdown();
    assert_eq!(
        trace.finish(&mut session).await,
        "CONNECT CONNECTING SHUTDOWN_START SHUTDOWN_FINISH"
    );

    session.connect().unwrap();
    let mut peer = None;
    tokio::select! {
        _ = session.ready() => panic!("nobody let it in"),
        () = async {
            let mut accepted = Peer::accept(&mut listener).await;
            accepted.reads("toy.example").await;
            peer = Some(accepted);
        } => {}
    }
    session.shutdown();
    drop(peer);
    let told = trace.finish(&mut session).await;
    assert!(told.contains("SHUTDOWN_START"), "{told}");
    assert!(told.ends_with("SOCKETDISCONNECT SHUTDOWN_FINISH"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_halt_ends_at_once() {
    let (mut session, mut listener) = session();
    session.connect().unwrap();
    let server = tokio::spawn(async move {
        let mut peer = Peer::welcome(&mut listener).await;
        peer.reads_end().await
    });
    session.ready().await.unwrap();
    session.halt();
    let trace = Trace::new().finish(&mut session).await;
    assert_eq!(trace, format!("{LET_IN} SOCKETDISCONNECT"));
    assert_eq!(server.await.unwrap(), "");
}
