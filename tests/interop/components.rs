//! XEP-0114 on each server: senders, versions of the stream header, what comes back.

use jabber::{
    ConnectionError, ErrorStatus, Party, RequestError, Retry, StanzaCondition, Status,
    StreamCondition, StreamError, component::Config,
};
use jabber_tests::server::{ALICE, COMPONENT, COMPONENT_SECRET};

use crate::{
    matrix::{cells, each_server},
    support::{Dialect, Login, Pipe, Place, Which, body, chat, full, jid, row, version_request},
};

fn login(place: &Place, version: Option<&str>) -> Login {
    let config = Config::new(jid(COMPONENT), COMPONENT_SECRET);
    let config = match version {
        Some(version) => config.with_version(version),
        None => config,
    };
    place.component(config, COMPONENT_SECRET)
}

mod a_forged_sender {
    use super::*;

    cells! { ends_the_stream:
        prosody: Prosody;
        ejabberd: Ejabberd;
        prosody13: Prosody13;
        ejabberd24: Ejabberd24;
    }

    async fn ends_the_stream(place: Place) {
        let (mut ours, _) = login(&place, None).ready().await;
        let forged = chat(&full(ALICE, "x"), "forged").with_attribute("from", "bob@localhost");
        ours.send(forged.unwrap()).await;
        let trace = ours.until_it_ends().await;
        let line = trace.find(ErrorStatus::SocketDisconnect);
        assert_eq!(line.cause::<StreamError>().condition(), StreamCondition::InvalidFrom);
        let cause = line.cause::<ConnectionError>();
        assert_eq!((cause.by(), cause.retry()), (Party::Peer, Retry::Later), "{trace}");
        assert!(trace.steps().ends_with("INIT_FINISHED STREAMEND SOCKETDISCONNECT"), "{trace}");
    }

    cells! { is_brought_back:
        jabberd2: Jabberd2;
    }

    async fn is_brought_back(place: Place) {
        let (mut ours, _) = login(&place, None).ready().await;
        let question = version_request("localhost").with_attribute("from", "bob@localhost");
        refused_with_503(ours.request(question.unwrap()).await);
        // The session goes on.
        let question = version_request("localhost").with_attribute("from", COMPONENT);
        ours.request(question.unwrap()).await.unwrap();
        ours.close().await;
    }
}

fn refused_with_503(answer: Result<jabber::Element, RequestError>) {
    match answer {
        Err(RequestError::Answered { error, answer }) => {
            assert_eq!(error.condition, StanzaCondition::ServiceUnavailable, "{answer}");
            assert_eq!(error.code, Some(503), "{answer}");
        }
        other => panic!("{other:?}"),
    }
}

mod what_nobody_takes {
    use super::*;

    cells! { comes_back:
        jabberd2: Jabberd2;
    }

    /// jabberd2 brings it back addressed as it was.
    async fn comes_back(place: Place) {
        let (mut ours, _) = login(&place, None).ready().await;
        let us = format!("echo@{COMPONENT}");
        let question = version_request("nobody@nowhere.test").with_attribute("from", &us);
        refused_with_503(ours.request(question.unwrap()).await);
        // Nobody waits for this one: it is delivered, and reads as an error of whom it was to.
        let message = chat("nobody@nowhere.test", "lost").with_attribute("from", &us).unwrap();
        ours.send(message).await;
        let message = ours.message().await;
        assert_eq!(message.attribute("type").unwrap(), "error");
        assert_eq!(message.attribute("from").unwrap(), "nobody@nowhere.test");
        assert_eq!(message.attribute("to").unwrap(), us.as_str());
        assert_eq!(body(&message), "lost");
        let trace = ours.close().await;
        // Observers see it as it came.
        let came = trace.nodes(Status::NodeReceived).join("");
        assert!(came.contains("to='nobody@nowhere.test'"), "{came}");
        assert_eq!(trace.steps().matches("RTS_START RTS_FINISH").count(), 1, "{trace}");
    }
}

mod versions_of_the_header {
    use super::*;

    each_server!(each);

    async fn each(place: Place) {
        for version in [None, Some("0.9"), Some("1.0")] {
            let _row = row(format!("{version:?} on {}", place.which));
            let login = login(&place, version);
            if (place.which, version) == (Which::Jabberd2, Some("0.9")) {
                let (error, trace) = login.fails().await;
                assert_eq!(error.retry(), Retry::Never, "{trace}");
                let stream = trace.find(ErrorStatus::SocketDisconnect).cause::<StreamError>();
                assert_eq!(stream.condition(), StreamCondition::UnsupportedVersion, "{trace}");
                continue;
            }
            let (mut ours, identity) = login.ready().await;
            assert_eq!(identity.jid, jid(COMPONENT));
            let (mut alice, _) = place.login(Dialect::Xmpp, Pipe::Offered).ready().await;
            alice.send(chat(&format!("echo@{COMPONENT}"), "hello")).await;
            assert_eq!(body(&ours.message().await), "hello");
            let (trace, _) = tokio::join!(ours.close(), alice.close());
            let came = trace.nodes(Status::NodeReceived);
            let features = came.iter().any(|node| node.starts_with("<stream:features"));
            let offered = (place.which, version) == (Which::Jabberd2, Some("1.0"));
            assert_eq!(features, offered, "tolerated, and no status of its own: {trace}");
            assert!(trace.steps().contains("STREAMSTART AUTHNEGOTIATE AUTHSUCCESS INIT_FINISHED"));
            // Each of its stanzas is in jabber:client, and says so.
            let message = came.iter().find(|node| node.contains("<message")).unwrap();
            let said = message.contains("xmlns='jabber:client'");
            assert_eq!(said, place.which == Which::Jabberd2, "{message}");
        }
    }
}
