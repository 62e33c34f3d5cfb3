//! The router: getting in, and names.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are here")]

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{
    Raw, SASL, attribute,
    router::{ROUTER, ROUTER_HEADER, with_jabberd},
};
use jabber_server::{Server, StartError, StartTls};
use jabber_xml::Element;

const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";

fn mechanisms(features: &Element) -> Vec<String> {
    let list = features.child("mechanisms", SASL).unwrap();
    list.children().map(|mechanism| mechanism.text().into_owned()).collect()
}

fn failure(element: &Element) -> &str {
    assert!(element.is("failure", SASL), "{element}");
    element.children().next().unwrap().name()
}

#[tokio::test]
async fn digest_md5_in_the_clear_then_features_without_anything() {
    let server = with_jabberd().start().await.unwrap();
    let mut raw = Raw::connect(server.components()).await;
    let features = raw.router_header().await;
    assert!(features.child("starttls", TLS).is_some());
    assert_eq!(mechanisms(&features), ["DIGEST-MD5"]);
    let mut raw = Raw::jabberd(&server).await;
    raw.bind_name("svc.localhost", &["localhost"]).await;
    raw.send("</stream:stream>").await;
    raw.end().await;
}

#[tokio::test]
async fn over_tls_there_is_plain_as_well() {
    let server = Server::start().await.unwrap();
    for plain in [false, true] {
        let mut raw = Raw::connect(server.components()).await;
        raw.router_header().await;
        raw.send(&format!("<starttls xmlns='{TLS}'/>")).await;
        assert!(raw.element().await.is("proceed", TLS));
        let mut raw = raw.tls(&server).await;
        let features = raw.router_header().await;
        assert!(features.child("starttls", TLS).is_none());
        assert_eq!(mechanisms(&features), ["DIGEST-MD5", "PLAIN"]);
        if plain {
            assert_eq!(failure(&raw.plain("echo.localhost", "wrong").await), "not-authorized");
            assert_eq!(raw.plain("echo.localhost", "secret").await.name(), "success");
        } else {
            raw.digest_md5("echo.localhost", "secret").await.unwrap();
        }
        raw.restart();
        assert_eq!(raw.router_header().await.children().count(), 0);
        raw.bind_name("echo.localhost", &["localhost"]).await;
    }
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_name_are_not_authorized() {
    let server = with_jabberd().start().await.unwrap();
    let mut raw = Raw::connect(server.components()).await;
    raw.router_header().await;
    // What comes before the login is dropped.
    raw.send("<bind name='svc.localhost'/><route to='localhost'/>").await;
    for (name, secret) in [("jabberd", "wrong"), ("nobody", "pässword"), ("echo.localhost", "x")] {
        let refused = raw.digest_md5(name, secret).await.unwrap_err();
        assert_eq!(failure(&refused), "not-authorized", "{name}");
    }
    let message = "\0jabberd\0pässword";
    let plain = STANDARD.encode(message);
    let plain = format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{plain}</auth>");
    assert_eq!(failure(&raw.ask(&plain).await), "encryption-required");
    raw.send(&format!("<auth xmlns='{SASL}' mechanism='DIGEST-MD5'/>")).await;
    raw.element().await;
    let broken = raw.ask(&format!("<response xmlns='{SASL}'>%%</response>")).await;
    assert_eq!(failure(&broken), "incorrect-encoding");
    assert_eq!(raw.error().await, "policy-violation", "it was the fifth");
}

#[tokio::test]
async fn headers_and_tls_are_as_the_settings_have_it() {
    let server = with_jabberd().starttls(StartTls::Off).start().await.unwrap();
    let mut raw = Raw::connect(server.components()).await;
    let features = raw.router_header().await;
    assert!(features.child("starttls", TLS).is_none());
    raw.send(&format!("<starttls xmlns='{TLS}'/>")).await;
    assert!(raw.element().await.is("failure", TLS));
    raw.end().await;
    // Before 1.0 there are no features; 0.9 is refused.
    let mut raw = Raw::connect(server.components()).await;
    raw.send(&ROUTER_HEADER.replace("version='1.0'", "")).await;
    assert_eq!(raw.header().await.version(), None);
    raw.digest_md5("jabberd", "pässword").await.unwrap();
    let mut raw = Raw::connect(server.components()).await;
    raw.send(&ROUTER_HEADER.replace("version='1.0'", "version='0.9'")).await;
    assert_eq!(raw.header().await.content(), ROUTER);
    assert_eq!(raw.error().await, "unsupported-version");
    // Stanzas that are in no route.
    let mut raw = Raw::jabberd(&server).await;
    raw.send("<message xmlns='jabber:client' to='localhost'/>").await;
    assert_eq!(raw.error().await, "unsupported-stanza-type");
}

#[tokio::test]
async fn each_refusal_of_a_name_has_its_code() {
    let server = with_jabberd().start().await.unwrap();
    let mut echo = Raw::routed(&server, "echo.localhost", "secret").await;
    let mut jabberd = Raw::jabberd(&server).await;
    jabberd.bind_with("sm", "", "<default/>", &["localhost"]).await;
    for (bind, code) in [
        ("<bind id='1'/>", "400"),
        ("<bind id='1' name=''/>", "400"),
        ("<bind id='1' name='a@echo.localhost'/>", "400"),
        ("<bind id='1' name='other.localhost'/>", "403"),
        ("<bind id='1' name='echo.localhost'><log/></bind>", "403"),
        ("<bind id='1' name='echo.localhost'><default/></bind>", "403"),
        ("<unbind id='1' name='echo.localhost'/>", "404"),
        ("<unbind id='1'/>", "404"),
    ] {
        let answer = echo.ask(bind).await;
        assert_eq!(attribute(&answer, "error"), code, "{bind}");
        assert_eq!(attribute(&answer, "id"), "1");
        assert_eq!(answer.attribute("name").is_some(), bind.contains("name="), "{answer}");
    }
    echo.bind_name("echo.localhost", &["localhost", "sm"]).await;
    assert_eq!(jabberd.presence().await, "echo.localhost ");
    for bind in [
        "<bind name='echo.localhost'/>",
        "<bind name='echo.localhost' multi='to'/>",
        "<bind name='localhost'/>",
        "<bind name='sm'/>",
        "<bind name='new.localhost'><default/></bind>",
    ] {
        assert_eq!(attribute(&jabberd.ask(bind).await, "error"), "409", "{bind}");
    }
    // XEP-0114 shares the names.
    let mut old = Raw::connect(server.components()).await;
    let answer = old.handshake("secret").await;
    assert!(answer.to_string().contains("conflict"), "{answer}");
}

#[tokio::test]
async fn names_come_and_go_before_the_eyes_of_the_others() {
    let server = with_jabberd().start().await.unwrap();
    let mut watcher = Raw::jabberd(&server).await;
    watcher.bind_name("one.localhost", &["localhost"]).await;
    // With two names it hears everything twice.
    watcher.bind_name("two.localhost", &["localhost"]).await;
    let mut other = Raw::jabberd(&server).await;
    let seen = ["localhost", "one.localhost", "two.localhost"];
    other.bind_name("svc.localhost", &seen).await;
    assert_eq!(watcher.presence().await, "svc.localhost ");
    assert_eq!(watcher.presence().await, "svc.localhost ");
    let unbound = other.ask("<unbind name='svc.localhost' id='u'/>").await;
    assert!(unbound.is("unbind", ROUTER) && unbound.attribute("error").is_none(), "{unbound}");
    assert_eq!((unbound.attribute("name"), attribute(&unbound, "id")), (None, "u".into()));
    assert_eq!(watcher.presence().await, "svc.localhost unavailable");
    assert_eq!(watcher.presence().await, "svc.localhost unavailable");
    other.bind_name("svc.localhost", &seen).await;
    drop(other);
    for kind in ["", "", "unavailable", "unavailable"] {
        assert_eq!(watcher.presence().await, format!("svc.localhost {kind}"));
    }
    // A component by XEP-0114 is seen too, and is told nothing.
    let echo = Raw::component(&server).await;
    drop(echo);
    for kind in ["", "", "unavailable", "unavailable"] {
        assert_eq!(watcher.presence().await, format!("echo.localhost {kind}"));
    }
    watcher.nothing_more().await;
}

#[tokio::test]
async fn a_user_without_a_name_or_secret_cannot_be() {
    let error = Server::builder().router_user("", "secret").start().await.unwrap_err();
    assert!(matches!(error, StartError::RouterUser { .. }), "{error}");
    let error = Server::builder().router_user("jabberd", "").start().await.unwrap_err();
    assert!(matches!(error, StartError::Password { .. }), "{error}");
}
