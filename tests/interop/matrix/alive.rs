//! A connection that nobody uses is kept alive, and one that is half open is found.

use std::time::Duration;

use jabber::{
    ConnectionError, ErrorStatus, Keepalive, Party, Phase, Retry, Status, StreamCondition,
};
use tokio::time::{Instant, timeout};

use super::whole_matrix;
use crate::support::{Dialect, Pipe, Place, Trace, middle};

const IDLE: Duration = Duration::from_millis(400);

fn pings(trace: &Trace, status: Status) -> usize {
    trace.nodes(status).iter().filter(|node| node.contains("urn:xmpp:ping")).count()
}

/// Every server answers in every dialect: a client by itself, a component by way of itself.
mod pinged {
    use super::*;

    whole_matrix!(pinged);

    async fn pinged(place: Place, dialect: Dialect) {
        let login = place.usual(dialect).with(|it| it.keepalive(Keepalive::ping(IDLE)));
        let (mut ours, _) = login.ready().await;
        let quiet = timeout(IDLE * 6, async { while ours.next().await.is_some() {} }).await;
        assert!(quiet.is_err() && ours.session.phase() == Phase::Ready, "{}", ours.told());
        for stanza in ours.delivered() {
            assert!(!stanza.as_str().contains("urn:xmpp:ping"), "delivered: {stanza}");
        }
        let trace = ours.close().await;
        assert!(pings(&trace, Status::NodeSent) >= 2, "{trace}");
        // Nobody asked for them, so nobody is told of requests.
        assert!(!trace.steps().contains("RTS"), "{trace}");
        if matches!(dialect, Dialect::Component | Dialect::Router) {
            assert!(pings(&trace, Status::NodeReceived) >= 1, "it comes back to us: {trace}");
        }
    }
}

/// What we say does not reach the server any more, and it says nothing.
mod half_open {
    use super::*;

    whole_matrix!(half_open);

    async fn half_open(place: Place, dialect: Dialect) {
        let server = place.address(dialect, Pipe::Open);
        let (at, held) = middle::holding(server, "urn:xmpp:ping").await;
        let login = place.login(dialect, Pipe::Open).at(at);
        let (ours, _) = login.with(|it| it.keepalive(Keepalive::ping(IDLE))).ready().await;
        let ends = async {
            let trace = ours.until_it_ends().await;
            (trace, Instant::now())
        };
        let (held, (trace, end)) = tokio::join!(
            async {
                held.await.unwrap();
                Instant::now()
            },
            ends
        );
        // Its patience, and as long for what may lie unread.
        let found = end - held;
        assert!((IDLE..IDLE * 5).contains(&found), "after {found:?}: {trace}");
        let error = trace.find(ErrorStatus::SocketDisconnect).cause::<ConnectionError>();
        assert!(matches!(error, ConnectionError::Silent { .. }), "{error:?}");
        assert_eq!((error.by(), error.retry()), (Party::Us, Retry::Later));
        assert_eq!(error.condition(), Some(StreamCondition::ConnectionTimeout));
        assert!(trace.steps().ends_with("INIT_FINISHED STREAMEND SOCKETDISCONNECT"), "{trace}");
    }
}
