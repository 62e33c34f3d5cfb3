//! Sessions that end otherwise than by our shutdown.

use jabber::{
    ConnectionError, ErrorStatus, Extra, Party, RequestError, Retry, Session, StreamCondition,
    StreamError, xmpp::TlsPolicy,
};
use jabber_tests::{
    prosody::{ALICE, BOB, Options, Prosody},
    skip,
};
use tokio::task::spawn_blocking;

use crate::support::{Actor, address, alice, client, full, ready, tcp, version_request};

#[tokio::test]
async fn killed_in_mid_session() {
    for tls in [TlsPolicy::Required, TlsPolicy::Off] {
        let Some(mut server) = skip::unless_missing(Prosody::start(&Options::new())) else {
            return;
        };
        let bob = ready(&server, BOB, "killed").await;
        let builder = Session::builder(client(ALICE, "killed").with_tls(tls))
            .transport(tcp(&server))
            .server(address(server.c2s()));
        let mut alice = Actor::client(builder, ALICE);
        alice.connect();
        alice.ready().await;
        // Bob is there and does not answer.
        let kill = async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            server.kill().unwrap();
        };
        let question = version_request(&full(BOB, "killed"));
        let (answer, ()) = tokio::join!(alice.request(question), kill);
        assert!(matches!(answer, Err(RequestError::Disconnected)), "{answer:?}");
        let (trace, bob) = (alice.until_it_ends().await, bob.until_it_ends().await);
        let steps = trace.steps();
        assert!(
            steps.ends_with("INIT_FINISHED RTS_START REQUEST_ENDED SOCKETDISCONNECT"),
            "{trace}"
        );
        let line = trace.find(ErrorStatus::SocketDisconnect);
        let error = line.cause::<ConnectionError>();
        let fits = match tls {
            // Nobody can tell whether that was all.
            TlsPolicy::Required => matches!(error, ConnectionError::Truncated { .. }),
            _ => matches!(error, ConnectionError::PeerClosed { orderly: false, .. }),
        };
        assert!(fits, "{error:?}");
        assert_eq!((error.by(), error.retry()), (Party::Peer, Retry::Later));
        assert!(trace.find(Extra::RequestEnded).detail().contains("disconnected"), "{trace}");
        assert!(bob.steps().ends_with("INIT_FINISHED SOCKETDISCONNECT"), "{bob}");
    }
}

#[tokio::test]
async fn stopped_in_good_order() {
    let Some(mut server) = skip::unless_missing(Prosody::start(&Options::new())) else { return };
    let mut bob = ready(&server, BOB, "stopped").await;
    let mut alice = alice(&server, "stopped").await;
    // The server is asked to stop once it has nothing unread: else it resets the connection.
    let stopping = async {
        alice.stanza().await;
        let stopped = spawn_blocking(move || server.stop().unwrap());
        (alice.until_it_ends().await, stopped.await.unwrap())
    };
    let asking = async {
        let answer = bob.request(version_request(&full(ALICE, "stopped"))).await;
        (answer, bob.until_it_ends().await)
    };
    let ((alice, stopped), (answer, bob)) = tokio::join!(stopping, asking);
    assert!(stopped.success());
    assert!(matches!(answer, Err(RequestError::Disconnected)), "{answer:?}");
    for trace in [alice, bob] {
        let line = trace.find(ErrorStatus::SocketDisconnect);
        assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::SystemShutdown);
        assert_eq!(line.cause::<ConnectionError>().by(), Party::Peer);
        assert_eq!(line.cause::<ConnectionError>().retry(), Retry::Later);
        // Bob's question ends, too.
        let steps = trace.steps().replace("REQUEST_ENDED ", "");
        assert!(steps.ends_with("STREAMEND SOCKETDISCONNECT"), "{trace}");
    }
}

#[tokio::test]
async fn replaced_by_another_with_the_same_resource() {
    let Some(server) = Prosody::shared() else { return };
    let mut first = alice(server, "same").await;
    let second = alice(server, "same").await;
    while first.next().await.is_some() {}
    let trace = first.until_it_ends().await;
    let line = trace.find(ErrorStatus::SocketDisconnect);
    assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::Conflict);
    assert_eq!(line.cause::<ConnectionError>().retry(), Retry::Never, "else they would fight");
    assert!(trace.steps().ends_with("INIT_FINISHED STREAMEND SOCKETDISCONNECT"), "{trace}");
    let trace = second.close().await;
    assert!(trace.steps().ends_with("SHUTDOWN_FINISH"), "{trace}");
}
