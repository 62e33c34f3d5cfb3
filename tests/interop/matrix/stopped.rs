//! The server is asked to stop while we are ready and wait for an answer: it says goodbye, each in
//! its way.

use jabber::{ConnectionError, ErrorStatus, Party, RequestError, Retry, StreamCondition};
use tokio::task::spawn_blocking;

use super::{
    happy::{bystander, from},
    whole_matrix,
};
use crate::support::{Dialect, Place, Which, version_request};

whole_matrix!(in_good_order);

async fn in_good_order(place: Place, dialect: Dialect) {
    let Place { which, .. } = place;
    let (mut ours, identity) = place.usual(dialect).ready().await;
    let (mut bob, bobs) = bystander(&place).await;
    let question = from(dialect, identity.jid.as_str(), version_request(&bobs));
    // Bob has the question and does not answer. Nothing is unread then: that would be a reset.
    let stopping = async {
        bob.first(|stanza| stanza.name() == "iq").await;
        let Place { mut server, .. } = place;
        let stopped = spawn_blocking(move || server.stop().unwrap());
        (bob.until_it_ends().await, stopped.await.unwrap())
    };
    let asking = async { (ours.request(question).await, ours.until_it_ends().await) };
    let ((answer, trace), (bob, ())) = tokio::join!(asking, stopping);
    assert!(matches!(answer, Err(RequestError::Disconnected)), "{answer:?}");
    for (dialect, trace) in [(dialect, trace), (Dialect::Xmpp, bob)] {
        let line = trace.find(ErrorStatus::SocketDisconnect);
        let cause = line.cause::<ConnectionError>();
        assert_eq!((cause.by(), cause.retry()), (Party::Peer, Retry::Later), "{trace}");
        assert!(is_its_way(which, dialect, cause), "{trace}");
        // What the peer has ended is ended on our side too, and then nothing is left.
        let answered = match cause {
            ConnectionError::Stream { .. } | ConnectionError::PeerClosed { orderly: true, .. } => {
                "STREAMEND SOCKETDISCONNECT"
            }
            _ => "SOCKETDISCONNECT",
        };
        let end = trace.steps().rsplit_once("INIT_FINISHED ").unwrap().1.to_owned();
        let end = end.replace("RTS_START ", "").replace("REQUEST_ENDED ", "");
        assert_eq!(end, answered, "{trace}");
    }
}

/// How that server ends a stream of that dialect when it stops.
fn is_its_way(which: Which, dialect: Dialect, cause: &ConnectionError) -> bool {
    let shutdown = matches!(
        cause,
        ConnectionError::Stream { error, .. }
            if error.condition() == StreamCondition::SystemShutdown
    );
    let without_a_word = matches!(
        cause,
        ConnectionError::PeerClosed { orderly: false, .. } | ConnectionError::Truncated { .. }
    );
    match (which, dialect) {
        (Which::Jabberd2, _) => matches!(cause, ConnectionError::PeerClosed { orderly: true, .. }),
        (_, Dialect::Component) => without_a_word,
        (Which::Prosody, _) => shutdown,
        // Now and then the connection ends before that is written.
        (Which::Ejabberd, _) => shutdown || without_a_word,
    }
}
