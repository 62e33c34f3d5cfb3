//! Streams: what breaks them, and how they end.

mod common;

use std::time::Duration;

use common::{HEADER, Raw, builder};
use jabber_server::Server;

async fn refused(server: &Server, text: &str) -> String {
    let mut raw = Raw::connect(server.c2s()).await;
    raw.send(text).await;
    assert_eq!(raw.header().await.from(), Some("localhost"), "the error stands in a stream");
    raw.error().await
}

#[tokio::test]
async fn a_header_is_checked() {
    let server = Server::start().await.unwrap();
    let cases = [
        (HEADER.replace("to='localhost'", "to='elsewhere.test'"), "host-unknown"),
        (HEADER.replace("to='localhost'", ""), "improper-addressing"),
        (HEADER.replace("version='1.0' x", "version='one' x"), "unsupported-version"),
        (HEADER.replace("version='1.0' x", "version='' x"), "unsupported-version"),
        (HEADER.replace("jabber:client", "jabber:server"), "invalid-namespace"),
        (HEADER.replace("etherx", "other"), "invalid-namespace"),
        ("hello".to_owned(), "not-well-formed"),
        ("<!DOCTYPE x>".to_owned(), "restricted-xml"),
    ];
    for (text, condition) in cases {
        assert_eq!(refused(&server, &text).await, condition, "{text}");
    }
}

#[tokio::test]
async fn a_later_minor_version_is_answered_with_ours() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    raw.send(&HEADER.replace("version='1.0' x", "version='1.7' x")).await;
    let header = raw.header().await;
    assert_eq!(header.version(), Some("1.0"));
    assert!(header.id().is_some_and(|id| id.len() >= 16));
}

#[tokio::test]
async fn bad_xml_has_its_condition_before_and_after_the_login() {
    let server = Server::start().await.unwrap();
    let cases = [
        ("<a></b>", "not-well-formed"),
        ("<!-- a comment -->", "restricted-xml"),
        ("<x:y/>", "bad-namespace-prefix"),
        ("text", "bad-format"),
    ];
    for (text, condition) in cases {
        let mut raw = Raw::connect(server.c2s()).await;
        raw.open().await;
        raw.send(text).await;
        assert_eq!(raw.error().await, condition, "{text}");
        let mut raw = Raw::alice(&server).await;
        raw.send(text).await;
        assert_eq!(raw.error().await, condition, "{text}");
    }
}

#[tokio::test]
async fn an_element_that_never_ends_is_not_kept() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::alice(&server).await;
    raw.send("<message to='bob@localhost'><body>").await;
    let text = "x".repeat(64 << 10);
    for _ in 0..16 {
        raw.send(&text).await;
    }
    assert_eq!(raw.error().await, "policy-violation");
}

#[tokio::test]
async fn a_stanza_before_the_login_is_refused() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    raw.send("<message to='bob@localhost'><body>hi</body></message>").await;
    assert_eq!(raw.error().await, "not-authorized");
}

#[tokio::test]
async fn an_unknown_element_and_a_forged_sender_end_the_stream() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::alice(&server).await;
    raw.send("<stanza/>").await;
    assert_eq!(raw.error().await, "unsupported-stanza-type");
    let mut raw = Raw::alice(&server).await;
    raw.send("<message from='bob@localhost' to='alice@localhost'/>").await;
    assert_eq!(raw.error().await, "invalid-from");
}

#[tokio::test]
async fn who_does_not_negotiate_is_sent_away() {
    let quick = builder().negotiation_timeout(Duration::from_millis(200));
    let server = quick.start().await.unwrap();
    let mut silent = Raw::connect(server.c2s()).await;
    silent.header().await;
    assert_eq!(silent.error().await, "connection-timeout");
    let mut idle = Raw::connect(server.c2s()).await;
    idle.open().await;
    assert_eq!(idle.error().await, "connection-timeout");
    let mut component = Raw::connect(server.components()).await;
    component.send(common::COMPONENT_HEADER).await;
    component.header().await;
    assert_eq!(component.error().await, "connection-timeout");
}

#[tokio::test]
async fn the_end_tag_is_answered_at_every_stage() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    raw.open().await;
    raw.send("</stream:stream>").await;
    raw.end().await;
    for mut raw in [Raw::alice(&server).await, Raw::component(&server).await] {
        raw.send("</stream:stream>").await;
        raw.end().await;
    }
    // A component that has gone may come again.
    Raw::component(&server).await;
}

#[tokio::test]
async fn shutdown_says_why_to_everybody() {
    let server = Server::start().await.unwrap();
    let mut negotiating = Raw::connect(server.c2s()).await;
    negotiating.open().await;
    let mut client = Raw::alice(&server).await;
    let mut component = Raw::component(&server).await;
    let address = server.c2s();
    let said = async {
        assert_eq!(negotiating.error().await, "system-shutdown");
        assert_eq!(client.error().await, "system-shutdown");
        assert_eq!(component.error().await, "system-shutdown");
        drop((negotiating, client, component));
    };
    tokio::join!(server.shutdown(), said);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens");
}

#[tokio::test]
async fn dropped_it_cuts_every_connection() {
    let server = Server::start().await.unwrap();
    let mut client = Raw::alice(&server).await;
    drop(server);
    assert!(client.item().await.is_none());
}
