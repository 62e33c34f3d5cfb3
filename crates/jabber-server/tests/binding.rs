//! Logins bound to the TLS channel: what is offered, and who is kept out. That an honest client gets in is
//! shown with the real one, in the workspace's `tests/bound`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests are here")]

mod common;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{Raw, SASL, builder};
use jabber_sasl::{Credentials, Exchange, Mechanism, Offer, Policy, Reply, Service, choose};
use jabber_security::{ChannelBinding, Entropy, Security, TlsFacts};
use jabber_server::{BindingType, Server, StartTls};
use jabber_xml::Element;

const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";

/// Not random: what it makes is only ever compared.
struct Same;
impl Entropy for Same {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(65);
    }
}

fn types(features: &Element) -> Option<Vec<String>> {
    let list = features.child("sasl-channel-binding", CHANNEL_BINDING)?;
    let types = list.children().filter(|it| it.is("channel-binding", CHANNEL_BINDING));
    Some(types.map(|it| it.attribute("type").unwrap().into_owned()).collect())
}

fn offers_plus(features: &Element) -> bool {
    let list = features.child("mechanisms", SASL).unwrap();
    list.children().any(|it| it.text().ends_with("-PLUS"))
}

async fn auth(raw: &mut Raw, mechanism: &str, message: &[u8]) -> Element {
    let message = STANDARD.encode(message);
    raw.ask(&format!("<auth xmlns='{SASL}' mechanism='{mechanism}'>{message}</auth>")).await
}

fn condition(failure: &Element) -> &str {
    assert!(failure.is("failure", SASL), "{failure}");
    failure.children().next().unwrap().name()
}

#[tokio::test]
async fn the_types_are_listed_over_tls_and_plus_with_them() {
    use BindingType::{TlsExporter, TlsServerEndPoint};
    for (chosen, listed) in [
        (&[][..], None),
        (&[TlsServerEndPoint][..], Some(vec!["tls-server-end-point"])),
        (&[TlsServerEndPoint, TlsExporter][..], Some(vec!["tls-exporter", "tls-server-end-point"])),
    ] {
        let server = builder().starttls(StartTls::Optional).channel_bindings(chosen);
        let server = server.start().await.unwrap();
        let features = Raw::starttls(&server).await.open().await;
        assert_eq!(types(&features), listed.map(|it| it.iter().map(|it| (*it).into()).collect()));
        assert_eq!(offers_plus(&features), !chosen.is_empty());
        let features = Raw::connect(server.c2s()).await.open().await;
        assert_eq!(types(&features), None, "there is no channel without TLS");
        assert!(!offers_plus(&features));
    }
}

/// RFC 5802 §6: `y` where a `-PLUS` was offered says that somebody took it out of the list.
#[tokio::test]
async fn threat_15_who_saw_no_plus_is_told_that_there_was_one() {
    let server = Server::start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-1"] {
        let refused = auth(&mut raw, mechanism, b"y,,n=alice,r=abc").await;
        assert_eq!(condition(&refused), "not-authorized");
    }
    assert_eq!(auth(&mut raw, "SCRAM-SHA-256", b"n,,n=alice,r=abc").await.name(), "challenge");

    let server = builder().channel_bindings(&[]).start().await.unwrap();
    let mut raw = Raw::starttls(&server).await;
    raw.open().await;
    let honest = auth(&mut raw, "SCRAM-SHA-256", b"y,,n=alice,r=abc").await;
    assert_eq!(honest.name(), "challenge", "nothing was offered here");
}

#[tokio::test]
async fn types_that_do_not_fit_are_refused() {
    let certificate = [BindingType::TlsServerEndPoint];
    let server = builder().channel_bindings(&certificate).start().await.unwrap();
    let refused = [
        ("SCRAM-SHA-256-PLUS", "p=tls-exporter"),
        ("SCRAM-SHA-256-PLUS", "p=tls-unique"),
        ("SCRAM-SHA-256-PLUS", "n"),
        ("SCRAM-SHA-256-PLUS", "y"),
        ("SCRAM-SHA-256", "p=tls-server-end-point"),
    ];
    for (mechanism, flag) in refused {
        let mut raw = Raw::starttls(&server).await;
        raw.open().await;
        let answer = auth(&mut raw, mechanism, format!("{flag},,n=alice,r=abc").as_bytes()).await;
        assert_eq!(condition(&answer), "malformed-request", "{mechanism} {flag}");
    }
}

/// The client's side of a login on a channel that is not the server's.
fn elsewhere(kind: BindingType) -> Exchange {
    let binding = match kind {
        BindingType::TlsExporter => ChannelBinding::none().with_tls_exporter([1; 32]),
        _ => ChannelBinding::none().with_tls_server_end_point(vec![1; 32]),
    };
    let tls = TlsFacts::new("TLSv1.3", "TLS_AES_128_GCM_SHA256", "localhost", binding);
    let security = Security::Encrypted(tls);
    let names = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN"];
    let offer = Offer::new(names).with_channel_bindings(["tls-exporter", "tls-server-end-point"]);
    let policy = Policy::only(&[Mechanism::ScramSha256Plus]);
    let alice = Credentials::new("alice", "wonderland".into());
    choose(&policy, &offer, &alice, &security, &Service::new("localhost")).unwrap().exchange
}

#[tokio::test]
async fn threat_15_another_channel_is_refused_though_the_password_is_right() {
    let server = Server::start().await.unwrap();
    for kind in BindingType::ALL {
        let mut raw = Raw::starttls(&server).await;
        raw.open().await;
        let mut exchange = elsewhere(kind);
        let first = exchange.initial(&mut Same).unwrap().unwrap();
        let challenge = auth(&mut raw, "SCRAM-SHA-256-PLUS", &first).await;
        assert_eq!(challenge.name(), "challenge", "{challenge}");
        let challenge = STANDARD.decode(&*challenge.text()).unwrap();
        let Reply::Derive(job) = exchange.challenge(&challenge, &mut Same).unwrap() else {
            unreachable!("a password is at hand");
        };
        let proof = STANDARD.encode(&*exchange.derived(job.run()).unwrap());
        let answer = raw.ask(&format!("<response xmlns='{SASL}'>{proof}</response>")).await;
        assert_eq!(condition(&answer), "not-authorized", "{kind}");
    }
}
