//! Whole logins with an honest server.
#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::*;
use jabber_sasl::{
    BindingType, Credentials, Exchange, Mechanism, Offer, Policy, SaslError, Service, choose,
    server::{PlainLogin, ScramKeys, ScramServer, ServerError},
};
use jabber_security::{ChannelBinding, Secret};

const SCRAM: [Mechanism; 6] = [
    Mechanism::ScramSha1,
    Mechanism::ScramSha256,
    Mechanism::ScramSha512,
    Mechanism::ScramSha1Plus,
    Mechanism::ScramSha256Plus,
    Mechanism::ScramSha512Plus,
];

fn server(mechanism: Mechanism, password: &str) -> ScramServer {
    ScramServer::new(mechanism, "server-nonce", b"0123456789abcdef", 4096, &password.into())
        .unwrap()
        .with_channel_binding(binding())
}

/// Returns the user name and the data of the success.
fn login(
    exchange: &mut Exchange,
    mut server: ScramServer,
) -> Result<(String, Vec<u8>), ServerError> {
    let first = initial(exchange);
    let (name, challenge) = server.first(&first)?;
    let last = respond(exchange, &challenge).unwrap();
    Ok((name, server.finish(&last)?))
}

#[test]
fn scram_with_the_proof_in_the_success() {
    for mechanism in SCRAM {
        let mut exchange = start(mechanism);
        let (name, proof) = login(&mut exchange, server(mechanism, PASSWORD)).unwrap();
        assert_eq!(name, USER);
        let outcome = exchange.success(Some(&proof)).unwrap();
        assert!(outcome.is_mutual() && !outcome.is_downgrade_protected());
        assert_eq!(outcome.mechanism(), mechanism);
        let bound = mechanism.binds_channel().then_some(BindingType::TlsExporter);
        assert_eq!(outcome.channel_binding(), bound);
    }
}

#[test]
fn scram_with_the_proof_in_a_last_challenge() {
    for mechanism in SCRAM {
        for repeated in [false, true] {
            let mut exchange = start(mechanism);
            let (_, proof) = login(&mut exchange, server(mechanism, PASSWORD)).unwrap();
            assert!(respond(&mut exchange, &proof).unwrap().is_empty());
            let outcome = exchange.success(repeated.then_some(proof.as_slice()));
            assert!(outcome.unwrap().is_mutual());
        }
    }
}

#[test]
fn an_empty_challenge_asks_for_the_first_message() {
    let mechanism = Mechanism::ScramSha256;
    let mut exchange = start(mechanism);
    let mut server = server(mechanism, PASSWORD);
    let first = respond(&mut exchange, b"").unwrap();
    let (_, challenge) = server.first(&first).unwrap();
    let last = respond(&mut exchange, &challenge).unwrap();
    let proof = server.finish(&last).unwrap();
    assert!(exchange.success(Some(&proof)).is_ok());
}

#[test]
fn a_wrong_password_fails_at_the_server() {
    for mechanism in SCRAM {
        let outcome = login(&mut start(mechanism), server(mechanism, "other"));
        assert_eq!(outcome.unwrap_err(), ServerError::WrongProof, "{mechanism}");
    }
}

#[test]
fn another_channel_is_noticed_by_the_server() {
    let mechanism = Mechanism::ScramSha256Plus;
    let other = ChannelBinding::none().with_tls_exporter([1; 32]);
    let server = server(mechanism, PASSWORD).with_channel_binding(other);
    assert_eq!(login(&mut start(mechanism), server).unwrap_err(), ServerError::WrongBinding);
}

#[test]
fn the_certificate_binds_where_the_exporter_does_not() {
    let mechanism = Mechanism::ScramSha1Plus;
    let offer = Offer::new([mechanism.name()])
        .with_channel_bindings(["tls-unique", "tls-server-end-point"]);
    let service = Service::new(HOST);
    let security = encrypted(binding());
    let choice = choose(&Policy::default(), &offer, &alice(), &security, &service).unwrap();
    let mut exchange = choice.exchange;
    let (_, proof) = login(&mut exchange, server(mechanism, PASSWORD)).unwrap();
    let outcome = exchange.success(Some(&proof)).unwrap();
    assert_eq!(outcome.channel_binding(), Some(BindingType::TlsServerEndPoint));
}

#[test]
fn the_list_is_confirmed_where_the_server_does_so() {
    let mechanism = Mechanism::ScramSha256;
    let server = server(mechanism, PASSWORD).with_offer(&offer_of(mechanism));
    let mut exchange = start(mechanism);
    let (_, proof) = login(&mut exchange, server).unwrap();
    assert!(exchange.success(Some(&proof)).unwrap().is_downgrade_protected());
}

#[test]
fn threat_15_the_y_flag_tells_the_server_that_its_offer_was_removed() {
    let mechanism = Mechanism::ScramSha256;
    let offered = Offer::new(["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]);
    let server = server(mechanism, PASSWORD).with_offer(&offered);
    assert_eq!(login(&mut start(mechanism), server).unwrap_err(), ServerError::OfferRemoved);
}

#[test]
fn names_with_a_meaning_in_the_grammar() {
    for name in ["a,b=c", "=2C", "Ünï cödé", "=", "a b"] {
        let mechanism = Mechanism::ScramSha256;
        let credentials = Credentials::new(name, PASSWORD.into()).with_authzid("x=y,z@example.org");
        let mut exchange = start_with(mechanism, &credentials).exchange;
        let mut server = server(mechanism, PASSWORD);
        let first = initial(&mut exchange);
        assert_eq!(ScramServer::username(&first).unwrap(), name);
        let (_, challenge) = server.first(&first).unwrap();
        assert_eq!(server.authzid(), Some("x=y,z@example.org"));
        let last = respond(&mut exchange, &challenge).unwrap();
        let proof = server.finish(&last).unwrap();
        assert!(exchange.success(Some(&proof)).is_ok());
    }
}

/// RFC 4013 §3: a soft hyphen vanishes, Roman nine becomes letters, a wide space a space.
#[test]
fn names_and_passwords_are_prepared() {
    let mechanism = Mechanism::ScramSha256;
    let credentials = Credentials::new("I\u{ad}X", Secret::from("\u{2168}\u{a0}x"));
    let mut exchange = start_with(mechanism, &credentials).exchange;
    let (name, proof) = login(&mut exchange, server(mechanism, "IX x")).unwrap();
    assert_eq!(name, "IX");
    assert!(exchange.success(Some(&proof)).is_ok());
}

#[test]
fn threat_14_each_login_has_another_nonce() {
    let mut entropy = Counting::default();
    let mut nonces: Vec<String> = (0..5)
        .map(|_| {
            let message = start(Mechanism::ScramSha1).initial(&mut entropy).unwrap().unwrap();
            nonce_of(&message).to_owned()
        })
        .collect();
    assert!(nonces.iter().all(|nonce| nonce.len() == 32), "24 random bytes each");
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 5);
}

#[test]
fn plain_carries_all_three_parts() {
    let mut exchange = start(Mechanism::Plain);
    let message = initial(&mut exchange);
    assert_eq!(text(&message), format!("\0{USER}\0{PASSWORD}"));
    assert!(PlainLogin::parse(&message).unwrap().verify(&PASSWORD.into()));
    assert!(!PlainLogin::parse(&message).unwrap().verify(&"other".into()));
    assert!(!exchange.success(None).unwrap().is_mutual());

    let credentials = alice().with_authzid("juliet@example.org");
    let mut exchange = start_with(Mechanism::Plain, &credentials).exchange;
    let message = initial(&mut exchange);
    let login = PlainLogin::parse(&message).unwrap();
    assert_eq!((login.authzid(), login.username()), (Some("juliet@example.org"), USER));
}

#[test]
fn stored_keys_serve_plus_and_plain_forms_of_one_hash_only() {
    let keys = ScramKeys::derive(Mechanism::ScramSha256, &PASSWORD.into(), b"salt", 4096).unwrap();
    for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha256Plus] {
        let server = ScramServer::with_keys(mechanism, "nonce", keys.clone()).unwrap();
        let mut exchange = start(mechanism);
        let (_, proof) = login(&mut exchange, server.with_channel_binding(binding())).unwrap();
        assert!(exchange.success(Some(&proof)).is_ok());
    }
    let other = ScramServer::with_keys(Mechanism::ScramSha1, "nonce", keys);
    assert_eq!(other.unwrap_err(), ServerError::WrongMechanism);
}

#[test]
fn anonymous_and_external_send_no_secret() {
    let cases = [
        (Mechanism::Anonymous, Credentials::anonymous(), ""),
        (Mechanism::External, Credentials::external(None), ""),
        (
            Mechanism::External,
            Credentials::external(Some("alice@example.org".into())),
            "alice@example.org",
        ),
    ];
    for (mechanism, credentials, expected) in cases {
        let mut exchange = start_with(mechanism, &credentials).exchange;
        assert_eq!(text(&initial(&mut exchange)), expected);
        assert_eq!(text(&respond(&mut exchange, b"").unwrap()), expected, "asked once more");
        let again = respond(&mut exchange, b"");
        assert_eq!(again.unwrap_err(), SaslError::UnexpectedChallenge { mechanism });
    }
}

#[test]
fn success_data_of_a_mechanism_without_proof_is_ignored() {
    let mut exchange = start(Mechanism::Plain);
    initial(&mut exchange);
    assert!(exchange.success(Some(b"welcome")).is_ok());
}
