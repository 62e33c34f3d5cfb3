//! No public type or error shows a password, whatever is done to it.
#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fmt::Debug;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::*;
use jabber_sasl::{
    ChooseError, Credentials, Mechanism, Offer, Policy, Reply, Service, choose,
    server::{PlainLogin, ScramKeys, ScramServer},
};
use jabber_security::Security;

/// Letters, so that it is in no way changed by `Debug`'s escapes.
const SECRET: &str = "correcthorsebattery";

fn forms() -> Vec<String> {
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let numbers: Vec<_> = SECRET.bytes().map(|byte| byte.to_string()).collect();
    // In the middle of base64 the three possible alignments look different.
    let aligned = (0..3).map(|skip| STANDARD.encode(&SECRET[skip..])[..16].to_owned());
    [SECRET.to_owned(), hex.to_uppercase(), hex, numbers.join(", "), numbers.join(",")]
        .into_iter()
        .chain(aligned)
        .collect()
}

fn check(what: &str, text: &str) {
    for form in forms() {
        assert!(!text.contains(&form), "{what} shows the password as {form}: {text}");
    }
}

fn check_debug(what: &str, value: &impl Debug) {
    check(what, &format!("{value:?} {value:#?}"));
}

fn secret_credentials() -> Credentials {
    Credentials::new(USER, SECRET.into())
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let shown = [
        format!("{:?}", SECRET),
        format!("{:?}", SECRET.as_bytes()),
        STANDARD.encode(format!("\0alice\0{SECRET}")),
        STANDARD.encode(format!("xy{SECRET}")),
    ];
    for text in shown {
        assert!(forms().iter().any(|form| text.contains(form)), "{text}");
    }
}

#[test]
fn threat_36_every_mechanism_at_every_point() {
    for mechanism in Mechanism::ALL {
        let credentials = match mechanism {
            Mechanism::Anonymous => Credentials::anonymous(),
            Mechanism::External => Credentials::external(None),
            _ => secret_credentials(),
        };
        check_debug("credentials", &credentials);
        let choice = start_with(mechanism, &credentials);
        check_debug("choice", &choice);
        check("reason", &choice.reason.to_string());
        let mut exchange = choice.exchange;
        check_debug("exchange", &exchange);
        let first = exchange.initial(&mut Counting::default()).unwrap();
        check_debug("exchange", &exchange);
        check_debug("message", &first);
        let challenge = if mechanism.is_scram() {
            format!("r={}x,s=MDEy,i=4096", nonce_of(first.as_deref().unwrap()))
        } else {
            "nonce=x,algorithm=md5-sess".to_owned()
        };
        match exchange.challenge(challenge.as_bytes(), &mut Counting::default()) {
            Err(error) => check("error", &format!("{error} {error:?}")),
            Ok(reply) => {
                check_debug("reply", &reply);
                if let Reply::Derive(job) = reply {
                    check_debug("job", &job);
                    let key = job.run();
                    check_debug("key", &key);
                    check_debug("message", &exchange.derived(key).unwrap());
                }
            }
        }
        check_debug("exchange", &exchange);
        let error = exchange.success(Some(b"v=AAAA"));
        check_debug("outcome", &error);
    }
}

#[test]
fn errors_of_the_choice() {
    let prohibited = Credentials::new(USER, format!("{SECRET}\u{7}").into());
    let offer = Offer::new(["PLAIN", "SCRAM-SHA-1"]);
    let service = Service::new(HOST);
    let cases = [
        (&prohibited, Security::Private),
        (&secret_credentials(), Security::TlsNext),
        (&secret_credentials(), Security::Open),
    ];
    for (index, (credentials, security)) in cases.into_iter().enumerate() {
        let policy = if index == 2 { Policy::only(&[Mechanism::Plain]) } else { Policy::default() };
        let error: ChooseError =
            choose(&policy, &offer, credentials, &security, &service).unwrap_err();
        check("error", &format!("{error} {error:?}"));
    }
}

#[test]
fn the_servers_side() {
    let password = SECRET.into();
    let keys = ScramKeys::derive(Mechanism::ScramSha1, &password, b"salt", 4096).unwrap();
    check_debug("keys", &keys);
    check_debug("server", &ScramServer::with_keys(Mechanism::ScramSha1, "n", keys).unwrap());
    let login = PlainLogin::parse(format!("\0{USER}\0{SECRET}").as_bytes()).unwrap();
    check_debug("login", &login);
    let error = PlainLogin::parse(format!("{USER}\0{SECRET}").as_bytes()).unwrap_err();
    check("error", &format!("{error} {error:?}"));
}
