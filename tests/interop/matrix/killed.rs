//! The server's process is killed: while we are ready and wait for an answer, and while we
//! negotiate.

use jabber::{ConnectionError, ErrorStatus, Extra, Kind, Party, RequestError, Retry};

use super::{
    happy::{bystander, from},
    whole_matrix,
};
use crate::support::{Dialect, Pipe, Place, Trace, middle, row, version_request};

mod while_ready {
    use super::*;

    whole_matrix!(killed);

    async fn killed(any: Place, dialect: Dialect) {
        let pipes = dialect.pipes();
        let mut rows = vec![pipes[0], pipes[pipes.len() - 1]];
        rows.dedup();
        for pipe in rows {
            let _row = row(format!("{dialect:?} over {pipe:?} on {}", any.which));
            let Some(place) = any.another(Default::default()) else { return };
            killed_over(place, dialect, pipe).await;
        }
    }

    async fn killed_over(mut place: Place, dialect: Dialect, pipe: Pipe) {
        let (mut ours, identity) = place.login(dialect, pipe).ready().await;
        let (mut bob, bobs) = bystander(&place).await;
        let us = identity.jid.as_str();
        let question = from(dialect, us, version_request(&bobs));
        // Bob has the question and does not answer.
        let kill = async {
            bob.first(|stanza| stanza.name() == "iq").await;
            place.server.kill().unwrap();
        };
        let (answer, ()) = tokio::join!(ours.request(question), kill);
        assert!(matches!(answer, Err(RequestError::Disconnected)), "{answer:?}");
        let (ours, bob) = (ours.until_it_ends().await, bob.until_it_ends().await);
        let end = end_of(&ours);
        assert_eq!(
            ours.steps().rsplit_once("INIT_FINISHED ").unwrap().1,
            format!("RTS_START REQUEST_ENDED {end}"),
            "{ours}"
        );
        assert!(ours.find(Extra::RequestEnded).detail().contains("disconnected"), "{ours}");
        let error = ours.find(ending(&ours)).cause::<ConnectionError>();
        let fits = match error {
            // Nobody can tell whether that was all.
            ConnectionError::Truncated { .. } => pipe != Pipe::Open,
            ConnectionError::PeerClosed { orderly: false, .. } => pipe == Pipe::Open,
            ConnectionError::Socket { .. } => error.by() == Party::Network,
            _ => false,
        };
        assert!(fits, "{error:?}");
        assert_eq!(error.retry(), Retry::Later);
        end_of(&bob);
    }
}

mod while_negotiating {
    use super::*;

    whole_matrix!(killed);

    /// What we say at each step, where nothing hides it, and how the step is called.
    const fn steps(dialect: Dialect) -> &'static [(&'static str, &'static str)] {
        const HEADER: (&str, &str) = ("<stream:stream", "the stream header");
        match dialect {
            Dialect::Xmpp => &[HEADER, ("<starttls", "STARTTLS"), ("<auth", "login")],
            Dialect::Legacy => {
                &[HEADER, ("type='get'", "the form"), ("type='set'", "the answer to the login")]
            }
            Dialect::Component => &[HEADER, ("<handshake", "the answer to the handshake")],
            Dialect::Router => &[HEADER, ("<auth", "login"), ("<bind", "the answer to the bind")],
        }
    }

    async fn killed(any: Place, dialect: Dialect) {
        for (word, step) in steps(dialect) {
            let _row = row(format!("{dialect:?} on {}, killed at {word}", any.which));
            let Some(mut place) = any.another(Default::default()) else { return };
            let pipe = if *word == "<starttls" { Pipe::Offered } else { Pipe::Open };
            let login = place.login(dialect, pipe);
            let (at, held) = middle::holding(place.port(dialect), word).await;
            let mut actor = login.at(at).actor();
            actor.connect();
            let kill = async {
                held.await.unwrap();
                place.server.kill().unwrap();
            };
            let (ready, ()) = tokio::join!(actor.try_ready(), kill);
            let error = ready.unwrap_err();
            let trace = actor.until_it_ends().await;
            end_of(&trace);
            assert_eq!(error.retry(), Retry::Later, "{trace}");
            let told = error.to_string();
            assert!(told.contains(step), "{told}");
            assert!(!trace.steps().contains("FAIL "), "{trace}");
        }
    }
}

mod within_the_handshake {
    use super::*;

    crate::matrix::cells! { of_tls:
        prosody_xmpp: Prosody, Xmpp;
        prosody_legacy: Prosody, Legacy;
        ejabberd_xmpp: Ejabberd, Xmpp;
        ejabberd_legacy: Ejabberd, Legacy;
        jabberd2_xmpp: Jabberd2, Xmpp;
        jabberd2_legacy: Jabberd2, Legacy;
        jabberd2_router: Jabberd2, Router;
    }

    /// How a ClientHello begins (RFC 8446 §5.1): a handshake's record.
    const CLIENT_HELLO: &str = "\u{16}\u{3}\u{1}";

    async fn of_tls(any: Place, dialect: Dialect) {
        for pipe in dialect.pipes().iter().filter(|pipe| **pipe != Pipe::Open) {
            let _row = row(format!("{dialect:?} over {pipe:?} on {}", any.which));
            let Some(mut place) = any.another(Default::default()) else { return };
            let at = place.address(dialect, *pipe);
            let (at, held) = middle::holding(at, CLIENT_HELLO).await;
            let mut actor = place.login(dialect, *pipe).at(at).actor();
            actor.connect();
            let kill = async {
                held.await.unwrap();
                place.server.kill().unwrap();
            };
            let (ready, ()) = tokio::join!(actor.try_ready(), kill);
            let error = ready.unwrap_err();
            let trace = actor.until_it_ends().await;
            assert_eq!(error.status(), ErrorStatus::SslFail, "{trace}");
            assert_eq!(error.retry(), Retry::Later, "the certificate was not seen yet: {trace}");
            assert!(trace.steps().ends_with("SSLFAIL SOCKETDISCONNECT"), "{trace}");
        }
    }
}

/// Without a cause of its own, it is one of the two.
fn ending(trace: &Trace) -> Kind {
    let failed = trace.lines.iter().any(|line| line.kind == ErrorStatus::SocketFail.into());
    if failed { ErrorStatus::SocketFail.into() } else { ErrorStatus::SocketDisconnect.into() }
}

/// That it ended so, and how that reads.
fn end_of(trace: &Trace) -> &'static str {
    let end = if ending(trace) == ErrorStatus::SocketFail.into() {
        "SOCKETFAIL SOCKETDISCONNECT"
    } else {
        "SOCKETDISCONNECT"
    };
    assert!(trace.steps().ends_with(end), "{trace}");
    end
}
