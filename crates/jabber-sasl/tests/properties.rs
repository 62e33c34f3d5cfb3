//! Whatever a server sends: no panic, no login, bounded.
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
    FailureCondition, MAX_ITERATIONS, MIN_ITERATIONS, Mechanism, Offer, Policy, Reply, SaslError,
    Service, choose,
    server::{PlainLogin, ScramServer},
};
use jabber_security::Security;
use proptest::prelude::*;

/// Random bytes, text of the grammars' own characters, and pieces of real messages in any order.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("r={r}x".to_owned()),
        Just("s=MDEy".to_owned()),
        Just("i=4096".to_owned()),
        Just("i=9999999999999999999999".to_owned()),
        Just("h=AAAA".to_owned()),
        Just("m=1".to_owned()),
        Just("v=AAAA".to_owned()),
        Just("e=other-error".to_owned()),
        Just("nonce=\"a\\\"b\"".to_owned()),
        Just("realm=\"\u{e9}".to_owned()),
        Just("algorithm=md5-sess".to_owned()),
        Just("rspauth=00".to_owned()),
        "[ -~]{0,12}",
    ];
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        "[a-z=,\"\\\\ \t0-9]{0,80}".prop_map(String::into_bytes),
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(",").into_bytes()),
    ]
}

fn mechanism() -> impl Strategy<Value = Mechanism> {
    proptest::sample::select(
        Mechanism::ALL
            .into_iter()
            .filter(|mechanism| mechanism.is_scram() || *mechanism == Mechanism::DigestMd5)
            .collect::<Vec<_>>(),
    )
}

/// Takes one challenge; the derivation is not worth its time here, so its key is made up.
fn step(
    exchange: &mut jabber_sasl::Exchange,
    challenge: &[u8],
    mechanism: Mechanism,
) -> Result<(), SaslError> {
    if let Reply::Derive(_job) = exchange.challenge(challenge, &mut Counting::default())? {
        let length = match mechanism {
            Mechanism::ScramSha1 | Mechanism::ScramSha1Plus => 20,
            Mechanism::ScramSha256 | Mechanism::ScramSha256Plus => 32,
            _ => 64,
        };
        exchange.derived(jabber_security::DerivedKey::new(vec![7; length]))?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_babbling_server_logs_nobody_in(
        mechanism in mechanism(),
        challenges in proptest::collection::vec(message(), 0..4),
        success in proptest::option::of(message()),
    ) {
        let mut exchange = start(mechanism);
        let first = exchange.initial(&mut Counting::default()).unwrap();
        let nonce = first.map(|first| nonce_of(&first).to_owned()).unwrap_or_default();
        for challenge in challenges {
            let challenge = String::from_utf8(challenge)
                .map_or_else(|error| error.into_bytes(), |text| text.replace("{r}", &nonce).into());
            if step(&mut exchange, &challenge, mechanism).is_err() {
                prop_assert_eq!(exchange.success(success.as_deref()), Err(SaslError::Ended));
                return Ok(());
            }
        }
        prop_assert!(exchange.success(success.as_deref()).is_err());
    }

    #[test]
    fn every_accepted_count_is_within_bounds(count in any::<u64>(), small in 0_u32..3_000_000) {
        for count in [count, u64::from(small)] {
            let mut exchange = start(Mechanism::ScramSha1);
            let first = initial(&mut exchange);
            let challenge = format!("r={}x,s=MDEy,i={count}", nonce_of(&first));
            let accepted = exchange.challenge(challenge.as_bytes(), &mut Counting::default());
            let safe = u64::from(MIN_ITERATIONS)..=u64::from(MAX_ITERATIONS);
            prop_assert_eq!(accepted.is_ok(), safe.contains(&count));
        }
    }

    #[test]
    fn no_offer_confuses_the_choice(
        names in proptest::collection::vec("[A-Z0-9-]{1,24}|PLAIN|SCRAM-SHA-1(-PLUS)?|\\PC{0,9}", 0..9),
        types in proptest::option::of(proptest::collection::vec("[a-z-]{0,9}|tls-exporter", 0..4)),
    ) {
        let mut offer = Offer::new(names.iter().map(String::as_str));
        if let Some(types) = &types {
            offer = offer.with_channel_bindings(types.iter().map(String::as_str));
        }
        for security in [Security::Open, Security::Private, encrypted(binding())] {
            match choose(&Policy::default(), &offer, &alice(), &security, &Service::new(HOST)) {
                Ok(choice) => {
                    prop_assert!(offer.mechanisms.contains(&choice.mechanism.name()));
                    prop_assert!(!choice.reason.to_string().is_empty());
                    let open = security == Security::Open;
                    prop_assert!(!(open && choice.mechanism == Mechanism::Plain));
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn clients_cannot_upset_the_server(first in message(), last in message()) {
        let _ = PlainLogin::parse(&first);
        let _ = ScramServer::username(&first);
        let mut server =
            ScramServer::new(Mechanism::ScramSha1, "x", b"salt", 1, &PASSWORD.into()).unwrap();
        let _ = server.first(&first);
        prop_assert!(server.finish(&last).is_err());
    }

    #[test]
    fn every_name_arrives_as_it_is(name in "[!-~ ]{1,20}", authzid in "[!-~]{1,20}") {
        let credentials =
            jabber_sasl::Credentials::new(name.as_str(), PASSWORD.into()).with_authzid(&*authzid);
        let mut exchange = start_with(Mechanism::ScramSha1, &credentials).exchange;
        let mut server =
            ScramServer::new(Mechanism::ScramSha1, "x", b"salt", 1, &PASSWORD.into()).unwrap();
        let (arrived, _) = server.first(&initial(&mut exchange)).unwrap();
        prop_assert_eq!(arrived, name);
        prop_assert_eq!(server.authzid(), Some(authzid.as_str()));
    }

    #[test]
    fn conditions_are_kept_word_for_word(name in "[a-z-]{1,30}") {
        let condition = FailureCondition::from(name.as_str());
        prop_assert_eq!(condition.as_str(), name);
    }
}

#[test]
fn the_defined_conditions_are_known() {
    for name in [
        "aborted",
        "account-disabled",
        "credentials-expired",
        "encryption-required",
        "incorrect-encoding",
        "invalid-authzid",
        "invalid-mechanism",
        "malformed-request",
        "mechanism-too-weak",
        "not-authorized",
        "temporary-auth-failure",
    ] {
        let condition: FailureCondition = name.parse().unwrap();
        assert_eq!((condition.as_str(), condition.to_string().as_str()), (name, name));
        assert!(!matches!(condition, FailureCondition::Other(_)), "{name}");
        assert_eq!(condition.is_temporary(), name == "temporary-auth-failure");
        let about_credentials =
            ["account-disabled", "credentials-expired", "invalid-authzid", "not-authorized"];
        assert_eq!(condition.is_about_credentials(), about_credentials.contains(&name), "{name}");
    }
    assert_eq!(FailureCondition::from("x"), FailureCondition::Other("x".into()));
    assert!(FailureCondition::from("x").is_about_credentials());
}

/// The largest challenge is read in time that does not grow with its square.
#[test]
fn the_largest_challenges_take_no_time() {
    let started = std::time::Instant::now();
    for filler in ["a", ",", "x=,", "realm=\"\\a\",", "=", " "] {
        let text = filler.repeat(jabber_sasl::MAX_CHALLENGE / filler.len());
        for mechanism in [Mechanism::ScramSha256, Mechanism::DigestMd5] {
            let mut exchange = start(mechanism);
            exchange.initial(&mut Counting::default()).unwrap();
            assert!(step(&mut exchange, text.as_bytes(), mechanism).is_err());
        }
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(2));
}
