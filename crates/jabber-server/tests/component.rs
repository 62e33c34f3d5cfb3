//! Components (XEP-0114).

mod common;

use common::{COMPONENT_HEADER, Raw, attribute, condition};
use jabber_server::Server;
use jabber_xml::{StreamError, ns};

#[tokio::test]
async fn a_wrong_secret_is_not_authorized() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.components()).await;
    let answer = raw.handshake("wrong").await;
    let error = StreamError::from_element(answer.root()).unwrap();
    assert_eq!(error.condition().as_str(), "not-authorized");
    raw.end().await;
}

#[tokio::test]
async fn a_stanza_before_the_handshake_is_not_authorized() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.components()).await;
    raw.send(COMPONENT_HEADER).await;
    raw.header().await;
    raw.send("<message from='echo.localhost' to='alice@localhost'/>").await;
    assert_eq!(raw.error().await, "not-authorized");
}

#[tokio::test]
async fn names_and_namespaces_are_checked() {
    let server = Server::start().await.unwrap();
    for (header, expected) in [
        (COMPONENT_HEADER.replace("echo.localhost", "other.localhost"), "host-unknown"),
        (COMPONENT_HEADER.replace("jabber:component:accept", "jabber:client"), "invalid-namespace"),
    ] {
        let mut raw = Raw::connect(server.components()).await;
        raw.send(&header).await;
        raw.header().await;
        assert_eq!(raw.error().await, expected);
    }
}

#[tokio::test]
async fn the_second_connection_of_one_name_is_refused() {
    let server = Server::start().await.unwrap();
    let mut first = Raw::component(&server).await;
    let mut second = Raw::connect(server.components()).await;
    let answer = second.handshake("secret").await;
    let error = StreamError::from_element(answer.root()).unwrap();
    assert_eq!(error.condition().as_str(), "conflict");
    let ping = "<iq type='get' id='p' from='echo.localhost' to='localhost'>\
                <ping xmlns='urn:xmpp:ping'/></iq>";
    assert_eq!(attribute(&first.ask(ping).await, "type"), "result", "the first goes on");
}

#[tokio::test]
async fn stanzas_travel_both_ways_in_the_namespace_of_each_stream() {
    let server = Server::start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let mut echo = Raw::component(&server).await;
    alice.send("<message to='x@echo.localhost/y' type='chat'><body>hello</body></message>").await;
    let message = echo.element().await;
    assert_eq!(attribute(&message, "from"), "alice@localhost/a");
    assert_eq!(attribute(&message, "to"), "x@echo.localhost/y");
    assert!(message.child("body", ns::CLIENT).is_some());
    assert!(!message.as_str().contains("jabber:client"), "{}", message.as_str());

    echo.send("<iq type='get' id='q' from='x@echo.localhost' to='alice@localhost/a'><query xmlns='jabber:iq:version'/></iq>").await;
    let query = alice.element().await;
    assert!(query.is("iq", ns::CLIENT) && query.child("query", ns::VERSION).is_some());
    assert!(!query.as_str().contains("component:accept"), "{}", query.as_str());
    assert_eq!(attribute(&query, "from"), "x@echo.localhost");
    alice.send("<iq type='result' id='q' to='x@echo.localhost'/>").await;
    assert_eq!(attribute(&echo.element().await, "id"), "q");

    // Names written out are not taken to the other stream as they are.
    alice
        .send(
            "<c:message xmlns:c='jabber:client' to='echo.localhost'><c:body>p</c:body></c:message>",
        )
        .await;
    let message = echo.element().await;
    assert_eq!(message.child("body", ns::CLIENT).unwrap().text(), "p");
}

#[tokio::test]
async fn a_component_speaks_for_its_own_domain_only() {
    let server = Server::start().await.unwrap();
    for from in ["from='alice@localhost'", "from='localhost'", "from=' '", ""] {
        let mut echo = Raw::component(&server).await;
        echo.send(&format!("<message {from} to='alice@localhost'/>")).await;
        assert_eq!(echo.error().await, "invalid-from", "{from}");
    }
    let mut echo = Raw::component(&server).await;
    echo.send("<message from='echo.localhost'><body/></message>").await;
    assert_eq!(condition(&echo.element().await), "bad-request");
    echo.send("<message from='echo.localhost' to='bob@localhost'><body/></message>").await;
    assert_eq!(condition(&echo.element().await), "service-unavailable");
}
