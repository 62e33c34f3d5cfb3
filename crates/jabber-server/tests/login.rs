//! Getting in, and being kept out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are here")]

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{Raw, SASL, attribute, builder};
use jabber_sasl::{Credentials, Mechanism, Offer, Policy, Reply, Service, choose};
use jabber_security::{Entropy, Security};
use jabber_server::{Server, StartTls};
use jabber_xml::{Element, ns};

const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";

const OVER_TLS: [&str; 5] =
    ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"];

fn mechanisms(features: &Element) -> Vec<String> {
    let list = features.child("mechanisms", SASL);
    list.iter().flat_map(|m| m.children()).map(|m| m.text().into_owned()).collect()
}

fn failure(element: &Element) -> &str {
    assert!(element.is("failure", SASL), "{element}");
    element.children().next().unwrap().name()
}

struct Counting(u8);
impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| {
            self.0 = self.0.wrapping_add(37);
            *byte = self.0;
        });
    }
}

/// The whole of a login by our own client's SASL; the answer that ends it.
async fn scram(raw: &mut Raw, mechanism: Mechanism, password: &str) -> Result<(), Element> {
    let offer =
        Offer::new(OVER_TLS).with_channel_bindings(["tls-exporter", "tls-server-end-point"]);
    let credentials = Credentials::new("alice", password.into());
    let (policy, service) = (Policy::only(&[mechanism]), Service::new("localhost"));
    let choice = choose(&policy, &offer, &credentials, &Security::Open, &service).unwrap();
    let mut exchange = choice.exchange;
    let mut entropy = Counting(1);
    let initial = exchange.initial(&mut entropy).unwrap().unwrap();
    let initial = STANDARD.encode(&*initial);
    raw.send(&format!("<auth xmlns='{SASL}' mechanism='{mechanism}'>{initial}</auth>")).await;
    loop {
        let element = raw.element().await;
        let data = STANDARD.decode(&*element.text()).unwrap();
        match element.name() {
            "challenge" => {
                let response = match exchange.challenge(&data, &mut entropy).unwrap() {
                    Reply::Respond(response) => response,
                    Reply::Derive(job) => exchange.derived(job.run()).unwrap(),
                    _ => unreachable!(),
                };
                let response = STANDARD.encode(&*response);
                raw.send(&format!("<response xmlns='{SASL}'>{response}</response>")).await;
            }
            "success" => {
                let login = exchange.success(Some(&data)).expect("the server proves itself");
                assert!(login.is_downgrade_protected());
                return Ok(());
            }
            _ => return Err(element),
        }
    }
}

#[tokio::test]
async fn starttls_then_plain_then_bind() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    let features = raw.open().await;
    let starttls = features.child("starttls", TLS).unwrap();
    assert!(starttls.child("required", TLS).is_some());
    assert!(mechanisms(&features).is_empty(), "no login without TLS: {features}");
    raw.send(&format!("<starttls xmlns='{TLS}'/>")).await;
    assert!(raw.element().await.is("proceed", TLS));

    let mut raw = raw.tls(&server).await;
    let features = raw.open().await;
    assert!(features.child("starttls", TLS).is_none());
    assert_eq!(mechanisms(&features), OVER_TLS);
    assert!(raw.plain("alice", "wonderland").await.is("success", SASL));
    assert_eq!(raw.bind("desk").await, "alice@localhost/desk");
    raw.send("</stream:stream>").await;
    raw.end().await;
}

#[tokio::test]
async fn scram_proves_both_sides() {
    let server = Server::start().await.unwrap();
    for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha1] {
        let mut raw = Raw::starttls(&server).await;
        raw.open().await;
        let refused = scram(&mut raw, mechanism, "wrong").await.unwrap_err();
        assert_eq!(failure(&refused), "not-authorized");
        scram(&mut raw, mechanism, "wonderland").await.unwrap();
        let jid = raw.bind("").await;
        assert!(jid.len() > "alice@localhost/".len(), "a resource is made: {jid}");
    }
}

#[tokio::test]
async fn direct_tls_is_for_the_right_name_only() {
    let server = Server::start().await.unwrap();
    for name in ["localhost", "echo.localhost", "127.0.0.1", "::1"] {
        let raw = Raw::connect(server.direct_tls()).await;
        let mut raw = raw.tls_as(&server, name).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(mechanisms(&raw.open().await).len(), 5);
    }
    let raw = Raw::connect(server.direct_tls()).await;
    assert!(raw.tls_as(&server, "elsewhere.test").await.is_err());
}

#[tokio::test]
async fn a_login_without_tls_is_refused_where_tls_is_required() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    raw.open().await;
    assert_eq!(failure(&raw.plain("alice", "wonderland").await), "encryption-required");
}

#[tokio::test]
async fn optional_and_off_let_loopback_in() {
    for (mode, offered) in [(StartTls::Optional, true), (StartTls::Off, false)] {
        let server = builder().starttls(mode).start().await.unwrap();
        let mut raw = Raw::connect(server.c2s()).await;
        let features = raw.open().await;
        let starttls = features.child("starttls", TLS);
        assert_eq!(starttls.is_some(), offered);
        assert!(starttls.is_none_or(|s| s.child("required", TLS).is_none()));
        assert_eq!(raw.plain("bob", "builder").await.name(), "success");
        raw.bind("b").await;
    }
}

#[tokio::test]
async fn starttls_that_is_off_ends_the_stream() {
    let server = builder().starttls(StartTls::Off).start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    raw.open().await;
    raw.send(&format!("<starttls xmlns='{TLS}'/>")).await;
    assert!(raw.element().await.is("failure", TLS));
    raw.end().await;
}

#[tokio::test]
async fn each_refusal_has_its_condition_and_the_fifth_ends_the_stream() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    assert_eq!(failure(&raw.plain("alice", "builder").await), "not-authorized");
    assert_eq!(failure(&raw.plain("nobody", "wonderland").await), "not-authorized");
    let unknown = format!("<auth xmlns='{SASL}' mechanism='DIGEST-MD5'/>");
    assert_eq!(failure(&raw.ask(&unknown).await), "invalid-mechanism");
    let broken = format!("<auth xmlns='{SASL}' mechanism='PLAIN'>%%%</auth>");
    assert_eq!(failure(&raw.ask(&broken).await), "incorrect-encoding");
    let malformed = format!("<auth xmlns='{SASL}' mechanism='PLAIN'>=</auth>");
    assert_eq!(failure(&raw.ask(&malformed).await), "malformed-request");
    assert_eq!(raw.error().await, "policy-violation");
}

#[tokio::test]
async fn nobody_acts_for_another() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    let auth = |authzid: &str| {
        let message = STANDARD.encode(format!("{authzid}\0alice\0wonderland"));
        format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{message}</auth>")
    };
    assert_eq!(failure(&raw.ask(&auth("bob@localhost")).await), "invalid-authzid");
    assert_eq!(raw.ask(&auth("alice@localhost")).await.name(), "success");
}

#[tokio::test]
async fn without_an_initial_response_there_is_an_empty_challenge() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    let auth = format!("<auth xmlns='{SASL}' mechanism='PLAIN'/>");
    let challenge = raw.ask(&auth).await;
    assert!(challenge.is("challenge", SASL) && challenge.text().is_empty());
    assert_eq!(failure(&raw.ask(&format!("<abort xmlns='{SASL}'/>")).await), "aborted");
    raw.ask(&auth).await;
    let message = STANDARD.encode("\0alice\0wonderland");
    let answer = raw.ask(&format!("<response xmlns='{SASL}'>{message}</response>")).await;
    assert_eq!(answer.name(), "success");
}

#[tokio::test]
async fn what_comes_before_tls_is_not_taken_for_protected() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::connect(server.c2s()).await;
    raw.open().await;
    raw.send(&format!("<starttls xmlns='{TLS}'/><auth xmlns='{SASL}' mechanism='PLAIN'/>")).await;
    assert_eq!(raw.element().await.name(), "proceed");
    assert_eq!(raw.error().await, "policy-violation");
}

#[tokio::test]
async fn a_resource_is_bound_before_anything_else() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    raw.plain("alice", "wonderland").await;
    raw.restart();
    raw.open().await;
    let bind = |resource: &str| {
        let bind = format!("<bind xmlns='{}'><resource>{resource}</resource></bind>", ns::BIND);
        format!("<iq type='set' id='1'>{bind}</iq>")
    };
    let refused = raw.ask(&bind("&#x9;")).await;
    assert_eq!(common::condition(&refused), "bad-request");
    assert_eq!(attribute(&refused, "id"), "1");
    raw.send("<message to='bob@localhost'/>").await;
    assert_eq!(raw.error().await, "not-authorized");
}

#[tokio::test]
async fn the_newer_of_two_equal_resources_wins() {
    let server = Server::start().await.unwrap();
    let mut older = Raw::alice(&server).await;
    let mut newer = Raw::alice(&server).await;
    assert_eq!(older.error().await, "conflict");
    // The end of the older connection does not unbind the newer.
    let ping = "<iq type='get' id='p' to='alice@localhost/a'><ping xmlns='urn:xmpp:ping'/></iq>";
    let own = newer.ask(ping).await;
    assert_eq!(attribute(&own, "type"), "get", "it reaches itself: {own}");
}
