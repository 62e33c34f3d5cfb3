//! The router: routes among components, clients and the server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are here")]

mod common;

use common::{
    Raw, attribute, condition,
    router::{ROUTER, message, with_jabberd},
};
use jabber_xml::ns;

fn route(from: &str, to: &str, stanza: &str) -> String {
    format!("<route from='{from}' to='{to}'>{stanza}</route>")
}

/// From the domain of the one address to that of the other.
fn wrapped(from: &str, to: &str, id: &str) -> String {
    let domain = |jid: &str| jid.rsplit('@').next().unwrap().to_owned();
    route(&domain(from), &domain(to), &message(from, to, id))
}

fn ends(from: &str, to: &str) -> [String; 4] {
    [from, to, "", ""].map(str::to_owned)
}

#[tokio::test]
async fn clients_and_a_component_on_the_router_talk() {
    let server = with_jabberd().start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let mut svc = Raw::jabberd(&server).await;
    svc.bind_name("svc.localhost", &["localhost"]).await;
    alice.send("<message to='x@svc.localhost/y' id='1'><body>hello</body></message>").await;
    let (addresses, stanza) = svc.route().await;
    assert_eq!(addresses, ends("localhost", "svc.localhost"));
    assert!(stanza.is("message", ns::CLIENT), "{stanza}");
    assert!(stanza.as_str().contains("jabber:client"), "{}", stanza.as_str());
    assert_eq!(attribute(&stanza, "from"), "alice@localhost/a");
    assert_eq!(stanza.child("body", ns::CLIENT).unwrap().text(), "hello");

    svc.send(&route(
        "svc.localhost",
        "localhost",
        &message("x@svc.localhost", "alice@localhost/a", "2"),
    ))
    .await;
    let answer = alice.element().await;
    assert!(answer.is("message", ns::CLIENT) && answer.child("body", ns::CLIENT).is_some());
    assert!(!answer.as_str().contains("jabberstudio"), "{}", answer.as_str());
    assert_eq!(attribute(&answer, "from"), "x@svc.localhost");

    // The server answers, and refuses, in a route.
    let ping = "<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>";
    svc.send(&route("svc.localhost", "localhost", ping)).await;
    let (addresses, pong) = svc.route().await;
    assert_eq!(addresses, ends("localhost", "svc.localhost"));
    assert_eq!((attribute(&pong, "type"), attribute(&pong, "id")), ("result".into(), "p".into()));
    svc.send(&wrapped("svc.localhost", "nobody@localhost", "3")).await;
    let (addresses, refused) = svc.route().await;
    assert_eq!(addresses, ends("localhost", "svc.localhost"));
    assert_eq!(condition(&refused), "service-unavailable");
}

#[tokio::test]
async fn components_of_both_protocols_talk() {
    let server = with_jabberd().start().await.unwrap();
    let mut echo = Raw::component(&server).await;
    let mut svc = Raw::jabberd(&server).await;
    svc.bind_name("svc.localhost", &["echo.localhost", "localhost"]).await;
    echo.send("<message from='echo.localhost' to='u@svc.localhost' id='1'><body/></message>").await;
    let (addresses, stanza) = svc.route().await;
    assert_eq!(addresses, ends("echo.localhost", "svc.localhost"));
    assert!(stanza.is("message", ns::CLIENT) && stanza.child("body", ns::CLIENT).is_some());
    svc.send(&wrapped("u@svc.localhost", "echo.localhost", "2")).await;
    let bare = echo.element().await;
    assert!(bare.is("message", ns::CLIENT) && bare.child("body", ns::CLIENT).is_some(), "{bare}");
    assert!(!bare.as_str().contains("jabberstudio"), "{}", bare.as_str());
    assert_eq!(attribute(&bare, "id"), "2");
}

#[tokio::test]
async fn a_route_arrives_as_it_was_sent() {
    let server = with_jabberd().start().await.unwrap();
    let (mut one, mut two) = (Raw::jabberd(&server).await, Raw::jabberd(&server).await);
    one.bind_name("one.localhost", &["localhost"]).await;
    two.bind_name("two.localhost", &["localhost", "one.localhost"]).await;
    one.presence().await;
    one.send("<route from='one.localhost' to='two.localhost' id='r7'><any xmlns='thing'/></route>")
        .await;
    let route = two.element().await;
    assert_eq!(attribute(&route, "id"), "r7");
    assert!(route.is("route", ROUTER) && route.child("any", "thing").is_some(), "{route}");
}

#[tokio::test]
async fn what_cannot_be_routed_comes_back_with_a_code() {
    let server = with_jabberd().start().await.unwrap();
    let mut svc = Raw::jabberd(&server).await;
    svc.bind_name("svc.localhost", &["localhost"]).await;
    let stanza = message("svc.localhost", "a@b", "1");
    for (route, code) in [
        (format!("<route from='svc.localhost'>{stanza}</route>"), "400"),
        (format!("<route to='localhost' id='r'>{stanza}</route>"), "401"),
        (route("other.localhost", "localhost", &stanza), "401"),
        (route("localhost", "localhost", &stanza), "401"),
        (format!("<route type='broadcast' from='other.localhost'>{stanza}</route>"), "401"),
        (route("svc.localhost", "gone.localhost", &stanza), "404"),
        (route("svc.localhost", "echo.localhost", &stanza), "404"),
        // The server needs a stanza, from whom the component may speak for.
        (route("svc.localhost", "localhost", "<x xmlns='y'/>"), "400"),
        (
            route("svc.localhost", "localhost", &message("bob@localhost", "alice@localhost", "1")),
            "401",
        ),
    ] {
        let bounced = svc.ask(&route).await;
        assert!(bounced.is("route", ROUTER), "{bounced}");
        assert_eq!(attribute(&bounced, "error"), code, "{route}");
        assert_eq!(bounced.children().count(), 1, "its content is untouched: {bounced}");
    }
    svc.send(&format!("<route from='svc.localhost' to='gone.test' error='404'>{stanza}</route>"))
        .await;
    svc.send(&format!("<route from='svc.localhost' to='gone.test' type='x'>{stanza}</route>"))
        .await;
    svc.nothing_more().await;
}

#[tokio::test]
async fn log_default_and_broadcast() {
    let server = with_jabberd().start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let (mut svc, mut log) = (Raw::jabberd(&server).await, Raw::jabberd(&server).await);
    let mut rest = Raw::jabberd(&server).await;
    svc.bind_name("svc.localhost", &["localhost"]).await;
    log.bind_with("log.localhost", "", "<log/>", &["localhost", "svc.localhost"]).await;
    rest.bind_with("rest", "", "<default/>", &["localhost", "log.localhost", "svc.localhost"])
        .await;
    for name in ["log.localhost ", "rest "] {
        assert_eq!(svc.presence().await, name);
    }
    assert_eq!(log.presence().await, "rest ");

    svc.send(&wrapped("svc.localhost", "u@elsewhere.test", "1")).await;
    alice.send("<message to='u@elsewhere.test' id='2'/>").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let ([from, to, kind, _], stanza) = rest.route().await;
        assert_eq!((to.as_str(), kind.as_str()), ("elsewhere.test", ""));
        assert!(["svc.localhost", "localhost"].contains(&from.as_str()), "{from}");
        ids.push(attribute(&stanza, "id"));
        let ([logged, to, kind, _], _) = log.route().await;
        assert!(["svc.localhost", "localhost"].contains(&logged.as_str()), "{logged}");
        assert_eq!((to.as_str(), kind.as_str()), ("elsewhere.test", "log"));
    }
    ids.sort();
    assert_eq!(ids, ["1", "2"]);
    // It speaks for those that it takes for, and for nobody who is there.
    rest.send(&route("rest", "localhost", &message("u@elsewhere.test", "alice@localhost/a", "3")))
        .await;
    assert_eq!(attribute(&alice.element().await, "from"), "u@elsewhere.test");
    assert_eq!(log.route().await.0[2], "log");
    rest.send(&route("rest", "localhost", &message("u@svc.localhost", "alice@localhost/a", "4")))
        .await;
    assert_eq!(attribute(&rest.element().await, "error"), "401");

    let stanza = message("svc.localhost", "all", "5");
    svc.send(&format!("<route type='broadcast' from='svc.localhost'>{stanza}</route>")).await;
    for other in [&mut log, &mut rest] {
        let ([from, to, kind, _], stanza) = other.route().await;
        let route = (from.as_str(), to.as_str(), kind.as_str());
        assert_eq!(route, ("svc.localhost", "", "broadcast"));
        assert_eq!(attribute(&stanza, "id"), "5");
        other.nothing_more().await;
    }
    svc.nothing_more().await;
    // When it is gone, nobody takes the rest.
    drop(rest);
    assert_eq!(svc.presence().await, "rest unavailable");
    svc.send(&wrapped("svc.localhost", "u@elsewhere.test", "6")).await;
    assert_eq!(attribute(&svc.element().await, "error"), "404");
}

#[tokio::test]
async fn several_connections_share_a_name() {
    let server = with_jabberd().start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let (mut one, mut two) = (Raw::jabberd(&server).await, Raw::jabberd(&server).await);
    one.bind_with("m.localhost", "multi='to'", "", &["localhost"]).await;
    two.bind_with("m.localhost", "multi='to'", "", &["localhost"]).await;
    let mut third = Raw::jabberd(&server).await;
    assert_eq!(attribute(&third.ask("<bind name='m.localhost'/>").await, "error"), "409");
    // Each of 20 users twice.
    for id in (0..20).chain(0..20) {
        alice.send(&format!("<message to='u{id}@m.localhost' id='{id}'/>")).await;
    }
    let ping = "<iq type='get' id='done' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
    assert_eq!(attribute(&alice.ask(ping).await, "id"), "done");
    let mut seen = Vec::new();
    for peer in [&mut one, &mut two] {
        let mut ids = Vec::new();
        peer.send("<bind id='nothing'/>").await;
        loop {
            let element = peer.element().await;
            if element.is("bind", ROUTER) {
                break;
            }
            ids.push(attribute(&element.children().next().unwrap().to_element(), "id"));
        }
        let twice = ids.split_off(ids.len() / 2);
        assert_eq!(ids, twice, "the same user always goes to the same connection");
        seen.push(ids.len());
    }
    assert_eq!(seen.iter().sum::<usize>(), 20);
    assert!(!seen.contains(&0), "both are used: {seen:?}");
    // The one that is left gets all, and the name is gone when both are.
    third.bind_name("third.localhost", &["localhost", "m.localhost"]).await;
    for peer in [&mut one, &mut two] {
        assert_eq!(peer.presence().await, "third.localhost ");
    }
    one.ask("<unbind name='m.localhost'/>").await;
    for id in 0..20 {
        third.send(&wrapped("third.localhost", &format!("u{id}@m.localhost"), "left")).await;
        assert_eq!(attribute(&two.route().await.1, "id"), "left");
    }
    third.nothing_more().await;
    two.ask("<unbind name='m.localhost'/>").await;
    assert_eq!(third.presence().await, "m.localhost unavailable");
}

#[tokio::test]
async fn throttled_routes_wait_for_their_time() {
    let server = with_jabberd().start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let mut svc = Raw::jabberd(&server).await;
    svc.bind_name("svc.localhost", &["localhost"]).await;
    let throttle = "<throttle id='t'/>";
    let echo = svc.ask(throttle).await;
    assert!(echo.is("throttle", ROUTER) && attribute(&echo, "id") == "t", "{echo}");
    alice.send("<message to='svc.localhost' id='1'/><message to='svc.localhost' id='2'/>").await;
    let ping = "<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
    alice.ask(ping).await;
    svc.nothing_more().await;
    assert!(svc.ask(throttle).await.is("throttle", ROUTER));
    for id in ["1", "2"] {
        assert_eq!(attribute(&svc.route().await.1, "id"), id);
    }
    alice.send("<message to='svc.localhost' id='3'/>").await;
    assert_eq!(attribute(&svc.route().await.1, "id"), "3");
}

#[tokio::test]
async fn what_a_throttled_component_is_sent_has_a_bound() {
    let server = with_jabberd().start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let mut svc = Raw::jabberd(&server).await;
    svc.bind_name("svc.localhost", &["localhost"]).await;
    svc.ask("<throttle/>").await;
    let body = "x".repeat(256 << 10);
    for _ in 0..5 {
        alice.send(&format!("<message to='svc.localhost'><body>{body}</body></message>")).await;
    }
    assert_eq!(condition(&alice.element().await), "service-unavailable");
}
