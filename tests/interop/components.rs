//! XEP-0114 against Prosody's component port.

use std::time::Duration;

use jabber::{Element, Session, Status, component as dialect, ns};
use jabber_tests::{
    prosody::{ALICE, COMPONENT, COMPONENT_SECRET, OPTIONAL, Options, Prosody},
    skip,
};

use crate::support::{
    Actor, address, alice, body, chat, component, full, jid, tcp, version_request, xml,
};

/// One component at a time may serve the name, so each test has a server of its own.
fn start() -> Option<Prosody> {
    skip::unless_missing(Prosody::start(&Options::new()))
}

async fn serve(server: &Prosody) -> Actor {
    let builder = Session::builder(component(COMPONENT, COMPONENT_SECRET))
        .transport(tcp(server))
        .server(address(server.component()));
    let mut actor = Actor::component(builder, COMPONENT_SECRET);
    actor.connect();
    let identity = actor.ready().await;
    assert_eq!(identity.jid, jid(COMPONENT));
    actor
}

#[tokio::test]
async fn a_component_serves_messages_and_requests_both_ways() {
    let Some(server) = start() else { return };
    let mut echo = serve(&server).await;
    let mut client = alice(&server, "component").await;
    let me = full(ALICE, "component");

    // There and back.
    client.send(chat(&format!("echo@{COMPONENT}"), "to the component &amp; \u{1F980}")).await;
    let message = echo.stanza().await;
    assert_eq!(body(&message), "to the component & \u{1F980}");
    assert_eq!(message.attribute("from").unwrap(), me.as_str());
    assert_eq!(message.namespace(), ns::CLIENT, "the content namespaces are one in the API");
    let mut back = chat(&me, "to the client");
    back = back.with_attribute("from", &format!("echo@{COMPONENT}")).unwrap();
    echo.send(back).await;
    let message = client.stanza().await;
    assert_eq!(body(&message), "to the client");
    assert_eq!(message.attribute("from").unwrap(), format!("echo@{COMPONENT}"));

    // Our component is asked, and answers.
    let answering = async {
        let question = echo.stanza().await;
        assert!(question.child("query", ns::VERSION).is_some(), "{question}");
        echo.send(version_of_ours(&question)).await;
    };
    let (answer, ()) = tokio::join!(client.request(version_request(COMPONENT)), answering);
    let answer = answer.unwrap();
    let query = answer.child("query", ns::VERSION).unwrap();
    assert_eq!(query.child("name", ns::VERSION).unwrap().text(), "echo");

    // Our component asks, and Prosody answers.
    let question = version_request(OPTIONAL).with_attribute("from", COMPONENT).unwrap();
    let answer = echo.request(question).await.unwrap();
    let query = answer.child("query", ns::VERSION).unwrap();
    assert_eq!(query.child("name", ns::VERSION).unwrap().text(), "Prosody");

    let (trace, client) = tokio::join!(echo.close(), client.close());
    assert_eq!(
        trace.steps(),
        "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS INIT_FINISHED \
         RTS_START RTS_FINISH SHUTDOWN_START STREAMEND SOCKETDISCONNECT SHUTDOWN_FINISH",
        "{trace}"
    );
    assert!(trace.nodes(Status::NodeSent).contains(&"<handshake>[redacted]</handshake>".into()));
    assert!(trace.secrets() > 2, "the digest was seen");
    match trace.find(Status::AuthSuccess).typed::<dialect::Event>().typed() {
        dialect::Detail::Authenticated { domain } => assert_eq!(*domain, jid(COMPONENT)),
        other => panic!("{other:?}"),
    }
    assert_eq!(client.steps().matches("RTS_START RTS_FINISH").count(), 1, "{client}");
}

fn version_of_ours(question: &Element) -> Element {
    let id = question.attribute("id").unwrap();
    let (from, to) = (question.attribute("to").unwrap(), question.attribute("from").unwrap());
    xml(&format!(
        "<iq type='result' id='{id}' from='{from}' to='{to}'><query xmlns='jabber:iq:version'>\
         <name>echo</name><version>1</version></query></iq>"
    ))
}

#[tokio::test]
async fn a_component_that_forges_a_sender_is_thrown_out() {
    let Some(server) = start() else { return };
    let mut echo = serve(&server).await;
    let forged = chat(&full(ALICE, "x"), "forged").with_attribute("from", "bob@localhost").unwrap();
    echo.send(forged).await;
    let trace = tokio::time::timeout(Duration::from_secs(5), echo.until_it_ends()).await.unwrap();
    let end = trace.find(jabber::ErrorStatus::SocketDisconnect);
    let error = end.cause::<jabber::StreamError>();
    assert_eq!(error.condition(), jabber::StreamCondition::InvalidFrom, "{trace}");
    assert!(trace.steps().ends_with("INIT_FINISHED STREAMEND SOCKETDISCONNECT"), "{trace}");
}
