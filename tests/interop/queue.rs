//! What is sent too early waits until it is asked for.

use jabber::{Session, Status};
use jabber_tests::prosody::{ALICE, BOB, Prosody};

use crate::support::{Actor, address, body, chat, client, full, ready, tcp};

#[tokio::test]
async fn what_is_queued_goes_in_order_once_purged_or_is_handed_back() {
    let Some(server) = Prosody::shared() else { return };
    let mut bob = ready(server, BOB, "queue").await;
    let builder = Session::builder(client(ALICE, "queue"))
        .transport(tcp(server))
        .server(address(server.c2s()));
    let mut alice = Actor::client(builder, ALICE);
    let to = full(BOB, "queue");
    for text in ["one", "two", "three"] {
        alice.session.send(chat(&to, text)).await.unwrap();
    }
    assert_eq!(alice.session.queue().len(), 3);
    assert!(alice.session.purge_queue().is_err(), "nothing is connected");
    assert_eq!(alice.session.queue().len(), 3, "an error changes nothing");
    alice.connect();
    alice.session.send(chat(&to, "four")).await.unwrap();
    alice.ready().await;
    assert_eq!(alice.session.queue().len(), 4, "nothing goes by itself");

    // What is sent meanwhile is not queued, and comes first.
    alice.send(chat(&to, "zero")).await;
    let purged = alice.session.purge_queue().unwrap();
    assert_eq!(purged.sent, 4, "{purged:?}");
    assert!(alice.session.queue().is_empty());
    for text in ["zero", "one", "two", "three", "four"] {
        alice.session.flush().await;
        assert_eq!(body(&bob.stanza().await), text);
    }
    let trace = alice.close().await;
    assert!(trace.all().starts_with("NODEQUEUED NODEQUEUED NODEQUEUED CONNECT "), "{trace}");
    assert_eq!(trace.nodes(Status::NodeQueued).len(), 4);
    assert!(
        trace.all().ends_with(
            "INIT_FINISHED NODESENT NODESENT NODESENT NODESENT NODESENT SHUTDOWN_START STREAMEND \
             SOCKETDISCONNECT SHUTDOWN_FINISH"
        ),
        "{trace}"
    );
    bob.close().await;
}

#[tokio::test]
async fn the_queue_outlives_a_session_and_is_handed_back() {
    let Some(server) = Prosody::shared() else { return };
    let builder = Session::builder(client(ALICE, "taken"))
        .transport(tcp(server))
        .server(address(server.c2s()));
    let mut alice = Actor::client(builder, ALICE);
    for text in ["one", "two"] {
        alice.session.send(chat(&full(BOB, "nowhere"), text)).await.unwrap();
    }
    alice.connect();
    alice.ready().await;
    alice.session.shutdown();
    while alice.next().await.is_some() {}
    assert_eq!(alice.session.queue().len(), 2, "a shutdown sends nothing of it");
    alice.connect();
    let identity = alice.ready().await;
    assert_eq!(identity.jid.as_str(), full(ALICE, "taken"));
    let taken = alice.session.take_queue();
    assert_eq!(taken.iter().map(body).collect::<Vec<_>>(), ["one", "two"]);
    assert!(alice.session.queue().is_empty());
    let trace = alice.close().await;
    assert_eq!(trace.lines.last().unwrap().event.attempt(), 2);
    assert_eq!(trace.steps().matches("INIT_FINISHED SHUTDOWN_START").count(), 2, "{trace}");
}
