//! Stanzas between two accounts, and questions to the server.

use jabber::{ErrorStatus, RequestError, StanzaCondition, Status, ns};
use jabber_tests::prosody::{ALICE, BOB, OPTIONAL, Prosody, SPACEY, ZOE};

use crate::support::{alice, body, chat, full, ready, version_request, xml};

#[tokio::test]
async fn messages_between_two_accounts() {
    let Some(server) = Prosody::shared() else { return };
    let (mut alice, mut bob) =
        tokio::join!(alice(server, "messages"), ready(server, BOB, "messages"));
    let texts = ["first", "&lt;b&gt; &amp; ]]&gt;", "\u{1F980} Ω 密码", "a\nb\tc"];
    for text in texts {
        alice.send(chat(&full(BOB, "messages"), text)).await;
    }
    for text in texts {
        let message = bob.stanza().await;
        assert_eq!(body(&message), body(&chat("x", text)));
        assert_eq!(message.attribute("from").unwrap(), full(ALICE, "messages").as_str());
    }
    bob.send(chat(&full(ALICE, "messages"), "back")).await;
    assert_eq!(body(&alice.stanza().await), "back");
    let (alice, bob) = tokio::join!(alice.close(), bob.close());
    for trace in [alice, bob] {
        assert!(trace.find(ErrorStatus::SocketDisconnect).detail().contains("as asked"), "{trace}");
    }
}

#[tokio::test]
async fn accounts_with_odd_passwords_write_too() {
    let Some(server) = Prosody::shared() else { return };
    let (mut zoe, mut spacey) =
        tokio::join!(ready(server, ZOE, "odd"), ready(server, SPACEY, "odd"));
    zoe.send(chat(&full(SPACEY, "odd"), "there")).await;
    assert_eq!(body(&spacey.stanza().await), "there");
    spacey.send(chat(&full(ZOE, "odd"), "back")).await;
    assert_eq!(body(&zoe.stanza().await), "back");
    tokio::join!(zoe.close(), spacey.close());
}

#[tokio::test]
async fn a_version_request_is_answered() {
    let Some(server) = Prosody::shared() else { return };
    let mut alice = alice(server, "version").await;
    let answer = alice.request(version_request(OPTIONAL)).await.unwrap();
    let query = answer.child("query", ns::VERSION).unwrap();
    assert_eq!(query.child("name", ns::VERSION).unwrap().text(), "Prosody");
    let trace = alice.close().await;
    let (_, after) = trace
        .all()
        .split_once("INIT_FINISHED ")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(
        after,
        "RTS_START NODESENT NODERECEIVED RTS_FINISH SHUTDOWN_START STREAMEND SOCKETDISCONNECT \
         SHUTDOWN_FINISH",
        "{trace}"
    );
    let id = answer.attribute("id").unwrap().into_owned();
    for kind in [Status::RtsStart, Status::RtsFinish] {
        assert_eq!(trace.find(kind).element().attribute("id").unwrap(), id.as_str());
    }
}

#[tokio::test]
async fn requests_that_are_answered_with_errors() {
    let Some(server) = Prosody::shared() else { return };
    let mut alice = alice(server, "errors").await;
    let unknown = xml("<iq type='get' to='localhost'><query xmlns='urn:example:unknown'/></iq>");
    let nobody = version_request("nobody@localhost/here");
    for (request, condition) in [
        (unknown, StanzaCondition::ServiceUnavailable),
        (nobody, StanzaCondition::ServiceUnavailable),
    ] {
        match alice.request(request).await {
            Err(RequestError::Answered { error, .. }) => assert_eq!(error.condition, condition),
            other => panic!("{other:?}"),
        }
    }
    let trace = alice.close().await;
    assert_eq!(trace.steps().matches("RTS_FINISH").count(), 2, "an error is an answer\n{trace}");
}
