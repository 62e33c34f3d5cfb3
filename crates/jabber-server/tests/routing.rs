//! Stanzas among clients, components and the server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are here")]

mod common;

use std::time::Duration;

use common::{Raw, attribute, builder, condition};
use jabber_server::Server;
use jabber_xml::{Element, Item, StreamError, ns};

fn body(message: &Element) -> String {
    assert_eq!(message.name(), "message", "{message}");
    message.child("body", ns::CLIENT).unwrap().text().into_owned()
}

#[tokio::test]
async fn a_message_goes_to_the_full_and_to_the_bare_jid() {
    let server = Server::start().await.unwrap();
    let (mut alice, mut bob) = (Raw::alice(&server).await, Raw::bob(&server).await);
    // A full JID needs no presence.
    alice.send("<message to='bob@localhost/b' id='1'><body>1 &lt; 2</body></message>").await;
    let message = bob.element().await;
    assert_eq!(body(&message), "1 < 2");
    assert_eq!(attribute(&message, "from"), "alice@localhost/a");
    assert_eq!(attribute(&message, "to"), "bob@localhost/b");
    assert_eq!(attribute(&message, "id"), "1");
    // A bare one needs a resource that is available.
    alice.send("<message to='bob@localhost' id='2'><body>not there</body></message>").await;
    let error = alice.element().await;
    assert_eq!(condition(&error), "service-unavailable");
    assert_eq!(attribute(&error, "id"), "2");
    assert_eq!(attribute(&error, "from"), "bob@localhost");
    bob.available().await;
    alice.send("<message to='bob@localhost'><body>there</body></message>").await;
    assert_eq!(body(&bob.element().await), "there");
}

#[tokio::test]
async fn a_bare_jid_reaches_every_resource_that_wants_messages() {
    let server = Server::start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let mut desk = Raw::login(&server, "bob", "builder", "desk").await;
    let mut phone = Raw::login(&server, "bob", "builder", "phone").await;
    let mut deaf = Raw::login(&server, "bob", "builder", "deaf").await;
    desk.available().await;
    phone.send("<presence/>").await;
    assert_eq!(attribute(&phone.element().await, "from"), "bob@localhost/desk");
    assert_eq!(attribute(&phone.element().await, "from"), "bob@localhost/phone");
    assert_eq!(attribute(&desk.element().await, "from"), "bob@localhost/phone");
    deaf.send("<presence><priority>-1</priority></presence>").await;
    for _ in 0..3 {
        assert_eq!(deaf.element().await.name(), "presence");
    }
    for other in [&mut desk, &mut phone] {
        assert_eq!(attribute(&other.element().await, "from"), "bob@localhost/deaf");
    }
    alice.send("<message to='bob@localhost'><body>all</body></message>").await;
    alice.send("<message to='bob@localhost/deaf'><body>you</body></message>").await;
    assert_eq!(body(&desk.element().await), "all");
    assert_eq!(body(&phone.element().await), "all");
    assert_eq!(body(&deaf.element().await), "you");
}

#[tokio::test]
async fn the_server_says_that_a_resource_is_gone() {
    let server = Server::start().await.unwrap();
    let mut desk = Raw::login(&server, "bob", "builder", "desk").await;
    desk.available().await;
    let mut phone = Raw::login(&server, "bob", "builder", "phone").await;
    phone.send("<presence/>").await;
    phone.element().await;
    desk.element().await;
    drop(phone);
    let gone = desk.element().await;
    assert_eq!(attribute(&gone, "from"), "bob@localhost/phone");
    assert_eq!(attribute(&gone, "type"), "unavailable");
}

#[tokio::test]
async fn clients_query_each_other() {
    let server = Server::start().await.unwrap();
    let (mut alice, mut bob) = (Raw::alice(&server).await, Raw::bob(&server).await);
    alice
        .send("<iq type='get' id='v' to='bob@localhost/b'><query xmlns='jabber:iq:version'/></iq>")
        .await;
    let query = bob.element().await;
    assert!(query.child("query", ns::VERSION).is_some());
    bob.send("<iq type='result' id='v' to='alice@localhost/a'><query xmlns='jabber:iq:version'><name>raw</name></query></iq>").await;
    let result = alice.element().await;
    assert_eq!(attribute(&result, "from"), "bob@localhost/b");
    assert_eq!(attribute(&result, "type"), "result");
}

#[tokio::test]
async fn what_cannot_be_delivered_comes_back() {
    let server = Server::start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let cases = [
        ("bob@localhost/gone", "service-unavailable"),
        ("nobody@localhost", "service-unavailable"),
        ("echo.localhost", "service-unavailable"),
        ("elsewhere.test", "remote-server-not-found"),
        ("a b@localhost", "jid-malformed"),
    ];
    for (to, expected) in cases {
        let query = format!("<iq type='get' id='1' to='{to}'><query xmlns='x'/></iq>");
        assert_eq!(condition(&alice.ask(&query).await), expected, "{to}");
        let message = format!("<message to='{to}'><body/></message>");
        let error = alice.ask(&message).await;
        assert_eq!(condition(&error), expected, "{to}");
        assert_eq!(attribute(&error, "from"), to);
        // An answer to an answer would go on for ever.
        alice.send(&format!("<iq type='result' id='1' to='{to}'/>")).await;
        alice.send(&format!("<message type='error' to='{to}'/><presence to='{to}'/>")).await;
    }
    let ping = "<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
    assert_eq!(attribute(&alice.ask(ping).await, "id"), "p", "nothing else came");
}

#[tokio::test]
async fn the_server_answers_queries() {
    let server = Server::start().await.unwrap();
    let mut alice = Raw::alice(&server).await;
    let query = |to: &str, kind: &str, payload: &str| {
        format!("<iq type='{kind}' id='i' to='{to}'>{payload}</iq>").replace(" to=''", "")
    };
    let ping = alice.ask(&query("localhost", "get", "<ping xmlns='urn:xmpp:ping'/>")).await;
    assert_eq!(attribute(&ping, "type"), "result");
    assert_eq!(attribute(&ping, "from"), "localhost");
    assert_eq!(attribute(&ping, "to"), "alice@localhost/a");
    assert_eq!(ping.children().count(), 0);

    let version = alice.ask(&query("localhost", "get", "<query xmlns='jabber:iq:version'/>")).await;
    let name = version.child("query", ns::VERSION).unwrap().child("name", ns::VERSION).unwrap();
    assert_eq!(name.text(), "jabber-server");

    let info = format!("<query xmlns='{}'/>", ns::DISCO_INFO);
    let info = alice.ask(&query("localhost", "get", &info)).await;
    let info = info.child("query", ns::DISCO_INFO).unwrap();
    let identity = info.child("identity", ns::DISCO_INFO).unwrap();
    assert_eq!(identity.attribute("category").as_deref(), Some("server"));
    assert!(info.children().any(|f| f.attribute("var").as_deref() == Some(ns::PING)));

    let items = format!("<query xmlns='{}'/>", ns::DISCO_ITEMS);
    let items = alice.ask(&query("localhost", "get", &items)).await;
    let items = items.child("query", ns::DISCO_ITEMS).unwrap();
    let names: Vec<_> =
        items.children().map(|i| i.attribute("jid").unwrap().into_owned()).collect();
    assert_eq!(names, ["echo.localhost"]);

    let roster = "<query xmlns='jabber:iq:roster'/>";
    for own in ["", "alice@localhost"] {
        let roster = alice.ask(&query(own, "get", roster)).await;
        assert_eq!(attribute(&roster, "type"), "result");
        assert_eq!(roster.child("query", "jabber:iq:roster").unwrap().children().count(), 0);
    }
    let session = format!("<session xmlns='{}'/>", ns::SESSION);
    assert_eq!(attribute(&alice.ask(&query("", "set", &session)).await, "type"), "result");

    for (to, kind, payload, expected) in [
        ("localhost", "get", "<query xmlns='unknown'/>", "service-unavailable"),
        ("localhost", "set", "<ping xmlns='urn:xmpp:ping'/>", "service-unavailable"),
        ("", "set", roster, "service-unavailable"),
        ("bob@localhost", "get", "<ping xmlns='urn:xmpp:ping'/>", "service-unavailable"),
        ("localhost", "get", "", "bad-request"),
        ("localhost", "get", "<a xmlns='x'/><b xmlns='x'/>", "bad-request"),
        ("localhost", "ask", "<a xmlns='x'/>", "bad-request"),
    ] {
        assert_eq!(condition(&alice.ask(&query(to, kind, payload)).await), expected, "{payload}");
    }
}

#[tokio::test]
async fn a_reader_that_never_reads_is_cut_off_and_others_go_on() {
    let quick = builder().slow_reader_timeout(Duration::from_millis(300));
    let server = quick.start().await.unwrap();
    let (mut alice, mut bob) = (Raw::alice(&server).await, Raw::bob(&server).await);
    let text = "x".repeat(256 << 10);
    let message = format!("<message to='bob@localhost/b'><body>{text}</body></message>");
    // Far more than the bound and all socket buffers together.
    let flood = async {
        for _ in 0..200 {
            alice.send(&message).await;
        }
        assert_eq!(condition(&alice.element().await), "service-unavailable");
    };
    tokio::time::timeout(Duration::from_secs(60), flood).await.unwrap();
    while let Some(item) = bob.item().await {
        if let Item::Element(element) = item
            && let Some(error) = StreamError::from_element(element.root())
        {
            assert_eq!(error.condition().as_str(), "policy-violation");
        }
    }
}

#[tokio::test]
async fn a_flood_to_one_who_reads_late_arrives_whole_and_in_order() {
    let server = Server::start().await.unwrap();
    let (mut alice, mut bob) = (Raw::alice(&server).await, Raw::bob(&server).await);
    // More than the bound and all socket buffers together: alice is held back for a while.
    let (count, padding) = (600, "x".repeat(64 << 10));
    let send = async {
        for number in 0..count {
            let to = "<message to='bob@localhost/b'><body>";
            alice.send(&format!("{to}{number} {padding}</body></message>")).await;
        }
    };
    let receive = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        for number in 0..count {
            let body = body(&bob.element().await);
            let (first, rest) = body.split_once(' ').unwrap();
            assert_eq!((first, rest.len()), (&*number.to_string(), padding.len()));
        }
    };
    tokio::join!(send, receive);
}
