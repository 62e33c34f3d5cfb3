//! The session against a server that misbehaves: what the driver makes of it, and attempts one after
//! the other. The whole matrix is in jabber-cli's tests, as it is about exit statuses too.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test")]

use std::time::Duration;

use futures_util::StreamExt as _;
use jabber::{ConnectionError, ErrorStatus, Jid, Phase, Retry, Session, legacy, xmpp};
use jabber_testkit::misbehaving::{Misbehaviour, Server, Step, Tls};
use tokio::time::Instant;

fn alice() -> Jid {
    "alice@localhost/desk".parse().unwrap()
}

fn session(server: &Server) -> Session {
    let config = legacy::Config::new(alice(), "wonderland").unwrap();
    Session::builder(config).build_with(server.transport())
}

/// Drives it to its end, and tells why that came and when.
async fn end(mut session: Session) -> (jabber::Error, Duration) {
    let start = Instant::now();
    session.connect().unwrap();
    while session.next().await.is_some() {}
    (session.ready().await.unwrap_err(), start.elapsed())
}

fn cause(error: &jabber::Error) -> ConnectionError {
    use std::error::Error as _;
    error.source().unwrap().downcast_ref::<ConnectionError>().unwrap().clone()
}

/// Our stream error cannot be written any more, and nothing is left to be read: nobody is waited for.
#[tokio::test(start_paused = true)]
async fn half_a_node_on_a_connection_that_is_closed_both_ways_ends_at_once() {
    let server = Server::legacy(alice(), "wonderland");
    let server = server.misbehaving(Step::Form, Misbehaviour::HalfThenCut);
    let (error, elapsed) = end(session(&server)).await;
    assert!(matches!(cause(&error), ConnectionError::HalfNode), "{error:?}");
    assert_eq!(elapsed, Duration::ZERO);
}

/// RFC 6120 has no header without a content namespace; jabberd2 sends one before a stream error.
#[tokio::test(start_paused = true)]
async fn what_jabberd2_says_behind_its_bare_header_counts() {
    let condition = jabber::StreamCondition::UnsupportedVersion;
    let server = Server::legacy(alice(), "wonderland");
    let server = server.misbehaving(Step::AuthHeader, Misbehaviour::BareStreamError(condition));
    let (error, _) = end(session(&server)).await;
    assert_eq!(cause(&error).condition(), Some(condition), "{error}");
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SocketDisconnect, Retry::Never));
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_cut_may_be_tried_again_and_then_succeeds() {
    let server = Server::xmpp(alice(), "wonderland")
        .with_tls(Tls::Direct)
        .misbehaving(Step::Handshake, Misbehaviour::Cut)
        .at_first(1);
    let transport = server.transport();
    let config = xmpp::Config::new(alice(), "wonderland");
    let mut session = Session::builder(config).direct_tls(true).build_with(transport.clone());
    session.connect().unwrap();
    let error = session.ready().await.unwrap_err();
    assert_eq!((error.status(), error.retry()), (ErrorStatus::SslFail, Retry::Later));
    session.connect().unwrap();
    assert_eq!(session.ready().await.unwrap().jid, alice());
    assert_eq!((session.phase(), transport.connections()), (Phase::Ready, 2));
}

/// The server checks what it is told: a good one refuses a wrong password.
#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_refused_by_a_good_server() {
    use jabber::{component, jabberd20_component, sasl::Mechanism};
    let echo: Jid = "echo.localhost".parse().unwrap();
    let digest = Server::jabberd20_component(echo.clone(), "right");
    let scram = Server::xmpp(alice(), "right").with_mechanism(Mechanism::ScramSha256);
    let mut sessions = vec![
        session(&Server::legacy(alice(), "right")),
        Session::builder(xmpp::Config::new(alice(), "wrong")).build_with(scram.transport()),
        Session::builder(xmpp::Config::new(alice(), "wrong"))
            .build_with(Server::xmpp(alice(), "right").transport()),
        Session::builder(component::Config::new(echo.clone(), "wrong"))
            .build_with(Server::component(echo.clone(), "right").transport()),
        Session::builder(jabberd20_component::Config::new(echo, "wrong"))
            .build_with(digest.transport()),
    ];
    for session in sessions.drain(..) {
        let dialect = session.dialect();
        let (error, _) = end(session).await;
        assert_eq!(error.status(), ErrorStatus::AuthFail, "{dialect}: {error}");
        assert_eq!(error.retry(), Retry::NewCredentials, "{dialect}: {error}");
    }
}
