//! Logins by `jabber:iq:auth` (XEP-0078).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are here")]

mod common;

use common::{HEADER, Raw, attribute, builder, condition};
use jabber_server::{Server, StartTls};
use jabber_xml::{Element, ns};
use sha1::{Digest, Sha1};

const FEATURE: &str = "http://jabber.org/features/iq-auth";

fn versions() -> [(String, Option<&'static str>); 3] {
    let with = |version: &str| HEADER.replace("version='1.0' x", &format!("{version} x"));
    [(with(""), None), (with("version='0.9'"), Some("0.9")), (with("version='1.0'"), Some("1.0"))]
}

/// Opens a stream with that header; its id. Features are taken where there have to be such.
async fn open(raw: &mut Raw, header: &str, version: Option<&str>) -> String {
    raw.send(header).await;
    let answer = raw.header().await;
    assert_eq!(answer.version(), version, "{header}");
    if version == Some("1.0") {
        let features = raw.element().await;
        assert!(features.child("auth", FEATURE).is_some(), "{features}");
    }
    answer.id().expect("a stream has an id").to_owned()
}

async fn plain_server() -> Server {
    builder().starttls(StartTls::Off).start().await.unwrap()
}

/// A connection on a stream without a version, and its id.
async fn opened(server: &Server) -> (Raw, String) {
    let mut raw = Raw::connect(server.c2s()).await;
    let id = open(&mut raw, &versions()[0].0, None).await;
    (raw, id)
}

fn query(kind: &str, fields: &[(&str, &str)]) -> String {
    let fields: String = fields.iter().map(|(n, v)| format!("<{n}>{v}</{n}>")).collect();
    format!(
        "<iq type='{kind}' id='auth' to='localhost'><query xmlns='jabber:iq:auth'>{fields}</query></iq>"
    )
}

fn digest(id: &str, password: &str) -> String {
    Sha1::digest(format!("{id}{password}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn with_digest(id: &str, user: &str, password: &str, resource: &str) -> String {
    let digest = digest(id, password);
    query("set", &[("username", user), ("digest", &digest), ("resource", resource)])
}

fn code(stanza: &Element) -> (String, String) {
    assert_eq!(attribute(stanza, "id"), "auth");
    let error = stanza.child("error", ns::CLIENT).unwrap();
    (error.attribute("code").unwrap().into_owned(), condition(stanza))
}

fn error(code: &str, condition: &str) -> (String, String) {
    (code.to_owned(), condition.to_owned())
}

fn assert_success(answer: &Element) {
    assert!(answer.is("iq", ns::CLIENT), "{answer}");
    assert_eq!(
        (attribute(answer, "type"), attribute(answer, "id")),
        ("result".into(), "auth".into())
    );
    assert_eq!(answer.children().count(), 0, "{answer}");
}

#[tokio::test]
async fn form_then_digest_in_streams_of_every_version() {
    let server = plain_server().await;
    let mut bob = Raw::connect(server.c2s()).await;
    bob.open().await;
    assert_eq!(bob.plain("bob", "builder").await.name(), "success");
    bob.bind("b").await;
    for (header, version) in versions() {
        let mut raw = Raw::connect(server.c2s()).await;
        let id = open(&mut raw, &header, version).await;
        let form = raw.ask(&query("get", &[("username", "alice")])).await;
        assert_eq!(attribute(&form, "type"), "result");
        let form = form.child("query", ns::IQ_AUTH).unwrap();
        let fields: Vec<_> = form.children().map(|field| field.name()).collect();
        assert_eq!(fields, ["username", "digest", "password", "resource"]);
        assert_eq!(form.child("username", ns::IQ_AUTH).unwrap().text(), "alice");

        assert_success(&raw.ask(&with_digest(&id, "alice", "wonderland", "old")).await);
        // Routed like any other, in both directions.
        raw.send("<message to='bob@localhost/b'><body>hello</body></message>").await;
        assert_eq!(attribute(&bob.element().await, "from"), "alice@localhost/old");
        bob.send("<message to='alice@localhost/old'><body>hi</body></message>").await;
        assert_eq!(attribute(&raw.element().await, "from"), "bob@localhost/b");
        raw.send("</stream:stream>").await;
        raw.end().await;
    }
}

#[tokio::test]
async fn over_tls_the_password_does_as_well() {
    let server = Server::start().await.unwrap();
    let login =
        query("set", &[("username", "alice"), ("password", "wonderland"), ("resource", "r")]);
    let mut raw = Raw::starttls(&server).await;
    open(&mut raw, HEADER, Some("1.0")).await;
    assert_success(&raw.ask(&login).await);
    for (header, version) in versions() {
        let mut raw = Raw::connect(server.direct_tls()).await.tls(&server).await;
        open(&mut raw, &header, version).await;
        assert_success(&raw.ask(&login).await);
    }
}

#[tokio::test]
async fn without_tls_nobody_logs_in_where_it_is_required() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    let features = raw.open().await;
    assert!(features.child("auth", FEATURE).is_none(), "{features}");
    let form = raw.ask(&query("get", &[("username", "alice")])).await;
    assert_eq!(code(&form), error("406", "not-acceptable"));
    let (mut raw, id) = opened(&server).await;
    let answer = raw.ask(&with_digest(&id, "alice", "wonderland", "r")).await;
    assert_eq!(code(&answer), error("406", "not-acceptable"));
}

#[tokio::test]
async fn each_refusal_has_code_and_condition_and_the_fifth_ends_the_stream() {
    let server = plain_server().await;
    let (mut raw, id) = opened(&server).await;
    let right = digest(&id, "wonderland");
    let upper = right.to_uppercase();
    let password = ("password", "wrong");
    let cases = [
        (query("set", &[("username", "alice"), password, ("resource", "r")]), "401"),
        (query("set", &[("username", "alice"), ("digest", &upper), ("resource", "r")]), "401"),
        (with_digest(&id, "nobody", "wonderland", "r"), "401"),
        (query("set", &[("username", "alice"), ("digest", &right)]), "406"),
        (query("set", &[("username", "alice"), ("resource", "r")]), "406"),
    ];
    for (login, expected) in cases {
        let condition = if expected == "401" { "not-authorized" } else { "not-acceptable" };
        let answer = raw.ask(&login).await;
        assert_eq!(code(&answer), error(expected, condition), "{login}");
        assert!(!answer.to_string().contains("wrong"), "no password comes back: {answer}");
    }
    assert_eq!(raw.error().await, "policy-violation");

    let (mut raw, id) = opened(&server).await;
    let empty = raw.ask(&with_digest(&id, "alice", "wonderland", "")).await;
    assert_eq!(code(&empty), error("406", "not-acceptable"));
    let kind = raw.ask(&query("ask", &[])).await;
    assert_eq!(code(&kind), error("400", "bad-request"));
    let other = digest("another stream", "wonderland");
    let fields = [("username", "alice"), ("digest", other.as_str()), ("resource", "r")];
    assert_eq!(code(&raw.ask(&query("set", &fields)).await), error("401", "not-authorized"));
    // After refusals a login still succeeds.
    assert_success(&raw.ask(&with_digest(&id, "alice", "wonderland", "r")).await);
}

#[tokio::test]
async fn before_the_login_there_is_nothing_else() {
    let server = plain_server().await;
    for text in ["<message to='bob@localhost'/>", "<iq type='get' id='1'><query xmlns='x'/></iq>"] {
        let (mut raw, _) = opened(&server).await;
        raw.send(text).await;
        assert_eq!(raw.error().await, "not-authorized", "{text}");
    }
    // SASL belongs to 1.0, which was not spoken.
    let (mut raw, _) = opened(&server).await;
    raw.send(&format!("<auth xmlns='{}' mechanism='PLAIN'/>", common::SASL)).await;
    assert_eq!(raw.error().await, "not-authorized");
}

#[tokio::test]
async fn the_newer_of_two_equal_resources_wins() {
    let server = plain_server().await;
    let (mut older, id) = opened(&server).await;
    assert_success(&older.ask(&with_digest(&id, "alice", "wonderland", "r")).await);
    let (mut newer, id) = opened(&server).await;
    assert_success(&newer.ask(&with_digest(&id, "alice", "wonderland", "r")).await);
    assert_eq!(older.error().await, "conflict");
    let ping = "<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
    assert_eq!(attribute(&newer.ask(ping).await, "type"), "result");
}

#[tokio::test]
async fn passwords_beyond_ascii_and_with_spaces() {
    let passwords = [("zoe", "pässwörd ☃"), ("spacey", " two  spaces ")];
    let server = passwords
        .iter()
        .fold(Server::builder(), |server, (name, password)| server.user(*name, *password));
    let server = server.starttls(StartTls::Off).start().await.unwrap();
    for (user, password) in passwords {
        let (mut raw, id) = opened(&server).await;
        assert_success(&raw.ask(&with_digest(&id, user, password, "d")).await);
        let (mut raw, _) = opened(&server).await;
        let fields = [("username", user), ("password", password), ("resource", "p")];
        assert_success(&raw.ask(&query("set", &fields)).await);
    }
}
