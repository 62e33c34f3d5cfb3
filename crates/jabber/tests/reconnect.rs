//! Connections that are made anew: when, how often, and when not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use common::{Peer, SECOND, Trace, session_with};
use futures_util::StreamExt;
use jabber::{Event, Extra, Kind, Phase, Reconnect, RequestError, Session, Status};
use jabber_connection::{Detail, Stopped};
use tokio::time::{Instant, timeout};

fn steady() -> Reconnect {
    Reconnect::default().with_pauses(SECOND, 8 * SECOND).with_jitter(0)
}

fn detail(event: &Event) -> Option<(Kind, Detail)> {
    let Event::Status(event) = event else { return None };
    let own = event.as_any().downcast_ref::<jabber_connection::Event>()?;
    Some((event.kind(), own.typed().clone()))
}

/// Drives until that kind is told; what it says.
async fn until(session: &mut Session, trace: &mut Trace, kind: impl Into<Kind>) -> Detail {
    let kind = kind.into();
    loop {
        let event = session.next().await.unwrap_or_else(|| panic!("no {kind}: {:#?}", trace.lines));
        let told = detail(&event);
        let dialects = matches!(&event, Event::Status(it) if it.kind() == kind);
        trace.take(event);
        match told {
            Some((came, detail)) if came == kind => return detail,
            _ if dialects => return Detail::None,
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn threat_35_a_lost_connection_is_made_anew_after_growing_pauses() {
    let (mut session, mut listener) = session_with(|it| it.reconnect(steady()));
    let mut trace = Trace::new();
    session.connect().unwrap();
    // The first five are cut off in the negotiation.
    for expected in [1, 2, 4, 8, 8] {
        let peer = async { drop(Peer::accept(&mut listener).await) };
        let (told, ()) = tokio::join!(until(&mut session, &mut trace, Extra::ReconnectWait), peer);
        let Detail::Pause(pause) = told else { panic!("{told:?}") };
        assert_eq!(pause.length.as_secs(), expected);
        assert_eq!(session.phase(), Phase::Idle);
        assert_eq!(session.next_attempt(), Some(pause.length));
        let start = Instant::now();
        until(&mut session, &mut trace, Status::Connect).await;
        assert_eq!(start.elapsed(), pause.length);
    }
    assert_eq!(session.attempt(), 6);
    // It gets through, and what was queued waits for its owner.
    let queued = session.send("<message/>".parse().unwrap()).await.unwrap();
    assert!(queued.is_queued());
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    assert_eq!(session.queue().len(), 1);
    // Ready for long enough: the pauses begin anew. Not for long enough: they go on.
    for (stays, expected) in [(61, 1), (59, 2)] {
        let mut peer = if stays == 61 { None } else { Some(Peer::welcome(&mut listener)) };
        if let Some(peer) = peer.take() {
            let (ready, peer) = tokio::join!(session.ready(), peer);
            ready.unwrap();
            tokio::time::sleep(stays * SECOND).await;
            drop(peer);
        } else {
            tokio::time::sleep(stays * SECOND).await;
        }
        if stays == 61 {
            break;
        }
        let told = until(&mut session, &mut trace, Extra::ReconnectWait).await;
        let Detail::Pause(pause) = told else { panic!("{told:?}") };
        assert_eq!(pause.length.as_secs(), expected);
    }
    drop(peer);
    let told = until(&mut session, &mut trace, Extra::ReconnectWait).await;
    let Detail::Pause(pause) = told else { panic!("{told:?}") };
    assert_eq!((pause.length.as_secs(), pause.failures), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_ready_for_a_moment_does_not_begin_anew() {
    let (mut session, mut listener) = session_with(|it| it.reconnect(steady()));
    let mut trace = Trace::new();
    session.connect().unwrap();
    for expected in [1, 2, 4] {
        let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
        ready.unwrap();
        tokio::time::sleep(59 * SECOND).await;
        drop(peer);
        let told = until(&mut session, &mut trace, Extra::ReconnectWait).await;
        let Detail::Pause(pause) = told else { panic!("{told:?}") };
        assert_eq!(pause.length.as_secs(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn there_are_as_many_attempts_as_there_may_be() {
    let (mut session, mut listener) = session_with(|it| it.reconnect(steady().with_attempts(2)));
    session.connect().unwrap();
    let peers = async {
        for _ in 0..3 {
            drop(Peer::accept(&mut listener).await);
        }
    };
    let mut trace = Trace::new();
    let (told, ()) = tokio::join!(until(&mut session, &mut trace, Extra::ReconnectStopped), peers);
    assert!(matches!(told, Detail::Stopped(Stopped::Attempts, _)), "{told:?}");
    let rest = trace.finish(&mut session).await;
    assert_eq!(rest.matches("RECONNECT_WAIT").count(), 2);
    assert_eq!(session.attempt(), 3);
    assert!(session.ready().await.is_err());
}

/// The stream errors after which another attempt fails in the same way.
#[tokio::test(start_paused = true)]
async fn threat_35_what_cannot_get_better_is_not_tried_again() {
    for (condition, again) in [
        ("conflict", false),
        ("host-unknown", false),
        ("not-authorized", false),
        ("unsupported-version", false),
        ("system-shutdown", true),
        ("connection-timeout", true),
        ("resource-constraint", true),
    ] {
        let (mut session, mut listener) = session_with(|it| it.reconnect(steady()));
        session.connect().unwrap();
        let server = async {
            let mut peer = Peer::welcome(&mut listener).await;
            let error = format!(
                "<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
                 </stream:error></stream:stream>"
            );
            peer.says(&error).await;
            peer.reads("</stream:stream>").await;
        };
        let mut trace = Trace::new();
        let expected = if again { Extra::ReconnectWait } else { Extra::ReconnectStopped };
        let (told, ()) = tokio::join!(until(&mut session, &mut trace, expected), server);
        match told {
            Detail::Stopped(Stopped::Hopeless, why) => {
                assert!(why.to_string().contains(condition), "{why}");
            }
            Detail::Pause(pause) => assert!(pause.why.to_string().contains(condition)),
            other => panic!("{condition}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_policy_nothing_happens_by_itself() {
    let (mut session, mut listener) = session_with(|it| it);
    session.connect().unwrap();
    let peer = async { drop(Peer::accept(&mut listener).await) };
    let mut trace = Trace::new();
    let (told, ()) = tokio::join!(trace.finish(&mut session), peer);
    assert!(told.ends_with("SOCKETDISCONNECT"), "{told}");
    assert_eq!((session.attempt(), session.next_attempt()), (1, None));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_in_the_pause_is_the_end() {
    let (mut session, mut listener) = session_with(|it| it.reconnect(steady()));
    session.connect().unwrap();
    let peer = async { drop(Peer::accept(&mut listener).await) };
    let mut trace = Trace::new();
    let waits = until(&mut session, &mut trace, Extra::ReconnectWait);
    tokio::join!(waits, peer);
    session.shutdown();
    let told = trace.finish(&mut session).await;
    assert!(told.ends_with("RECONNECT_WAIT SHUTDOWN_START SHUTDOWN_FINISH"), "{told}");
    assert_eq!(session.next_attempt(), None);
}

#[tokio::test(start_paused = true)]
async fn the_last_client_gone_in_the_pause_is_the_end() {
    let (session, mut listener) = session_with(|it| it.reconnect(steady()));
    let (client, mut events) = session.spawn();
    client.connect().await.unwrap().unwrap();
    drop(Peer::accept(&mut listener).await);
    let mut told = Vec::new();
    let mut client = Some(client);
    while let Some(event) = events.next().await {
        let Event::Status(status) = event else { continue };
        told.push(status.kind());
        if status.kind() == Extra::ReconnectWait.into() {
            client = None;
        }
    }
    assert!(client.is_none());
    let end: [Kind; 2] = [Status::ShutdownStart.into(), Status::ShutdownFinish.into()];
    assert!(told.ends_with(&end), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn the_user_may_have_it_at_once() {
    let (mut session, mut listener) = session_with(|it| it.reconnect(steady()));
    let mut trace = Trace::new();
    // While idle it is a connect.
    session.reconnect();
    let peer = async { drop(Peer::accept(&mut listener).await) };
    tokio::join!(until(&mut session, &mut trace, Extra::ReconnectWait), peer);
    // In the pause it begins at once.
    let start = Instant::now();
    session.reconnect();
    let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    // A live one is ended in good order first, and its requests as disconnected.
    let asked = {
        let client = session.client();
        tokio::spawn(async move {
            client.request("<iq type='get' id='r'/>".parse().unwrap(), 60 * SECOND).await
        })
    };
    tokio::select! {
        _ = peer.reads("id='r'") => {}
        () = trace.drive(&mut session) => {}
    }
    session.reconnect();
    let ends = async {
        peer.reads("</stream:stream>").await;
        peer.says("</stream:stream>").await;
        Peer::welcome(&mut listener).await
    };
    let (ready, _peer) = tokio::join!(session.ready(), ends);
    ready.unwrap();
    assert!(matches!(asked.await.unwrap(), Err(RequestError::Disconnected)));
    assert_eq!(session.attempt(), 3);
}

#[tokio::test(start_paused = true)]
async fn threat_28_a_redirect_is_followed_as_often_as_it_may_be() {
    let (mut session, mut listener) = session_with(|it| it.redirects(2));
    session.connect().unwrap();
    let server = async {
        for host in ["elsewhere.example", "[2001:db8::1]:5299", "third.example:1"] {
            let mut peer = Peer::accept(&mut listener).await;
            peer.reads("toy.example").await;
            peer.says(common::HEADER).await;
            let error = format!(
                "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{host}\
                 </see-other-host></stream:error></stream:stream>"
            );
            peer.says(&error).await;
            peer.reads_end().await;
        }
    };
    let mut trace = Trace::new();
    let (told, ()) = tokio::join!(until(&mut session, &mut trace, Extra::ReconnectStopped), server);
    assert!(matches!(told, Detail::Stopped(Stopped::Redirects, _)), "{told:?}");
    let told = trace.finish(&mut session).await;
    assert_eq!(told.matches("SOCKETDISCONNECT REDIRECT CONNECT CONNECTING").count(), 2, "{told}");
    assert_eq!(session.attempt(), 3);
}

/// However often we are sent elsewhere, there is one time for all of it.
#[tokio::test(start_paused = true)]
async fn threat_31_redirects_do_not_win_time() {
    let (mut session, mut listener) = session_with(|it| it.redirects(100));
    session.connect().unwrap();
    let start = Instant::now();
    let server = async {
        loop {
            let mut peer = Peer::accept(&mut listener).await;
            tokio::time::sleep(7 * SECOND).await;
            peer.says(common::HEADER).await;
            peer.says(
                "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>there:1\
                 </see-other-host></stream:error></stream:stream>",
            )
            .await;
            peer.reads_end().await;
        }
    };
    let ends = async { while session.next().await.is_some() {} };
    tokio::select! {
        () = ends => {}
        () = server => {}
    }
    let took = start.elapsed();
    assert!((60 * SECOND..75 * SECOND).contains(&took), "{took:?}");
}

/// A refused bind may be curable by waiting; it is not tried again all the same (docs/cli.md). On the
/// embedded server, in real time.
#[tokio::test]
async fn a_refused_bind_is_not_tried_again() {
    let server =
        jabber_server::Server::builder().router_user("jabberd", "secret").start().await.unwrap();
    let session = || {
        let config =
            jabber::jabberd20_component::Config::new("x.localhost".parse().unwrap(), "secret")
                .with_username("jabberd")
                .with_tls(jabber::jabberd20_component::TlsPolicy::Off);
        Session::builder(config)
            .server(server.components().to_string().parse().unwrap())
            .reconnect(steady())
            .build()
    };
    let mut first = session();
    first.connect().unwrap();
    first.ready().await.unwrap();
    let mut second = session();
    second.connect().unwrap();
    let ready = timeout(10 * SECOND, second.ready()).await.expect("it is tried again and again");
    let error = ready.unwrap_err();
    assert_eq!(
        (error.status(), error.retry()),
        (jabber::ErrorStatus::BindFail, jabber::Retry::Later)
    );
    let mut told = Vec::new();
    while let Some(Event::Status(status)) = second.next().await {
        told.push(status.kind());
    }
    assert_eq!(told.last(), Some(&Extra::ReconnectStopped.into()), "{told:?}");
    server.shutdown().await;
}
