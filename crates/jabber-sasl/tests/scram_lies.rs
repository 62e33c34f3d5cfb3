//! SCRAM with servers that lie. Each lie has its own error, and none leads to a login.
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
    Exchange, MAX_CHALLENGE, Mechanism, Offer, Policy, Reply, SaslError, Service, choose,
    server::ScramServer,
};
use jabber_security::{DerivedKey, Security};

const MECHANISM: Mechanism = Mechanism::ScramSha256;
const SALT: &str = "s=MDEyMzQ1Njc4OWFiY2RlZg==";

/// What becomes of a server's first message; `{r}` stands for the client's nonce.
fn answer(challenge: &str) -> Result<Reply, SaslError> {
    let mut exchange = start(MECHANISM);
    let first = initial(&mut exchange);
    let challenge = challenge.replace("{r}", nonce_of(&first));
    exchange.challenge(challenge.as_bytes(), &mut Counting::default())
}

fn refused(challenge: &str) -> SaslError {
    answer(challenge).expect_err(challenge)
}

/// An exchange that awaits the server's proof, and that proof.
fn before_success() -> (Exchange, Vec<u8>) {
    let mut exchange = start(MECHANISM);
    let mut server =
        ScramServer::new(MECHANISM, "server", b"0123456789abcdef", 4096, &PASSWORD.into()).unwrap();
    let (_, challenge) = server.first(&initial(&mut exchange)).unwrap();
    let last = respond(&mut exchange, &challenge).unwrap();
    (exchange, server.finish(&last).unwrap())
}

fn malformed(what: &'static str) -> SaslError {
    SaslError::Malformed { what }
}

#[test]
fn the_honest_answer_is_taken() {
    assert!(answer(&format!("r={{r}}x,{SALT},i=4096")).is_ok());
    assert!(answer(&format!("r={{r}}x,{SALT},i=4096,x=unknown,Y=also")).is_ok());
    assert!(answer(&format!("r={{r}}x,{SALT},i=2000000")).is_ok());
}

#[test]
fn threat_10_a_nonce_that_does_not_extend_ours() {
    for nonce in ["other", "{r}", "x{r}", "{r", ""] {
        let error = refused(&format!("r={nonce},{SALT},i=4096"));
        let no_nonce = malformed("the nonce has characters that no nonce may have");
        let expected = if nonce.is_empty() { no_nonce } else { SaslError::ForeignNonce };
        assert_eq!(error, expected, "{nonce}");
    }
    assert_eq!(
        refused(&format!("r={{r}}\u{e9},{SALT},i=4096")),
        malformed("the nonce has characters that no nonce may have")
    );
}

#[test]
fn threat_12_iteration_counts_out_of_bounds() {
    for (count, iterations) in [("1", 1), ("4095", 4095)] {
        let error = refused(&format!("r={{r}}x,{SALT},i={count}"));
        assert_eq!(error, SaslError::TooFewIterations { iterations });
    }
    for (count, iterations) in [
        ("2000001", 2_000_001),
        ("2147483648", 2_147_483_648),
        ("4294971392", 4_294_971_392), // 2^32 + 4096
        ("99999999999999999999999999", u64::MAX),
    ] {
        let error = refused(&format!("r={{r}}x,{SALT},i={count}"));
        assert_eq!(error, SaslError::TooManyIterations { iterations });
    }
    for count in ["", "0", "-1", "04096", "+4096", "4096.0", "0x1000", " 4096"] {
        let error = refused(&format!("r={{r}}x,{SALT},i={count}"));
        assert_eq!(error, malformed("the iteration count is no positive number"), "{count}");
    }
}

#[test]
fn salts_that_are_none() {
    let huge = format!("s={}", "QUFB".repeat(342));
    for (salt, what) in [
        ("s=", "the salt is empty"),
        ("s=MDEyMzQ1Njc4OWFiY2RlZg", "the salt is no base64"),
        ("s=****", "the salt is no base64"),
        (&huge, "the salt is longer than 1024 bytes"),
        ("x=MDEy", "no salt (s) where it belongs"),
    ] {
        assert_eq!(refused(&format!("r={{r}}x,{salt},i=4096")), malformed(what));
    }
}

#[test]
fn extensions_and_order() {
    for challenge in
        [format!("m=x,r={{r}}x,{SALT},i=4096"), format!("r={{r}}x,{SALT},i=4096,a=b,m=x")]
    {
        assert_eq!(refused(&challenge), SaslError::MandatoryExtension);
    }
    for (challenge, what) in [
        (format!("{SALT},r={{r}}x,i=4096"), "no nonce (r) where it belongs"),
        (format!("r={{r}}x,{SALT}"), "no iteration count (i) where it belongs"),
        (format!("r={{r}}x,{SALT},i=4096,{SALT}"), "an attribute twice"),
        (format!("r={{r}}x,{SALT},i=4096,i=1"), "an attribute twice"),
        (format!("r={{r}}x,{SALT},i=4096,"), "an attribute without '='"),
        (format!("r={{r}}x,{SALT},i=4096,xy=1"), "a name of several letters"),
        (format!("r={{r}}x,{SALT},i=4096,1=1"), "an attribute's name is no letter"),
        (format!("r={{r}}x,{SALT},i=4096,x=\0"), "a NUL character"),
        (String::new(), "an attribute without '='"),
    ] {
        assert_eq!(refused(&challenge), malformed(what), "{challenge}");
    }
}

#[test]
fn bytes_that_are_no_text_or_too_many() {
    let mut exchange = start(MECHANISM);
    initial(&mut exchange);
    let error = exchange.challenge(b"r=\xff", &mut Counting::default()).unwrap_err();
    assert_eq!(error, malformed("it is not UTF-8"));

    let huge = vec![b'a'; MAX_CHALLENGE + 1];
    let mut exchange = start(MECHANISM);
    initial(&mut exchange);
    let error = exchange.challenge(&huge, &mut Counting::default()).unwrap_err();
    assert_eq!(error, SaslError::TooLarge { bytes: huge.len() });
    let (exchange, _) = before_success();
    assert_eq!(exchange.success(Some(&huge)), Err(SaslError::TooLarge { bytes: huge.len() }));
}

#[test]
fn threat_15_a_list_that_was_changed_on_its_way() {
    // Somebody took a stronger mechanism, or a better channel binding, off the list.
    for mechanism in [MECHANISM, Mechanism::ScramSha1Plus] {
        for offered in [
            Offer::new([mechanism.name(), "SCRAM-SHA-512"]).with_channel_bindings(["tls-exporter"]),
            offer_of(mechanism).with_channel_bindings(["tls-exporter", "tls-unique"]),
        ] {
            let mut exchange = start(mechanism);
            let server = ScramServer::new(mechanism, "x", b"salt", 4096, &PASSWORD.into());
            let server = server.unwrap().with_channel_binding(binding());
            let (_, challenge) =
                server.with_offer(&offered).first(&initial(&mut exchange)).unwrap();
            assert_eq!(respond(&mut exchange, &challenge).unwrap_err(), SaslError::Downgraded);
        }
    }
    for hash in ["", "AAAA", "J++Diu+JubnE6dLVvZjjI5KHnheOLsUSQWiw/prdbAA="] {
        let error = refused(&format!("r={{r}}x,{SALT},i=4096,h={hash}"));
        assert_eq!(error, SaslError::Downgraded, "{hash}");
    }
    let error = refused(&format!("r={{r}}x,{SALT},i=4096,h=!"));
    assert_eq!(error, malformed("the hash (h) is no base64"));
}

#[test]
fn threat_11_no_proof_or_a_wrong_one() {
    assert!(before_success().0.success(Some(&before_success().1)).is_ok(), "the tests' own basis");
    let wrong = format!("v={}=", "A".repeat(43));
    let cases: [(Option<&str>, SaslError); 9] = [
        (None, SaslError::MissingServerProof),
        (Some(""), SaslError::MissingServerProof),
        (Some("v="), SaslError::WrongServerProof),
        (Some(&wrong), SaslError::WrongServerProof),
        (Some("v=!"), malformed("the signature is no base64")),
        (Some("x=AAAA"), malformed("no signature (v) where it belongs")),
        (Some("m=x,v=AAAA"), SaslError::MandatoryExtension),
        (Some("e=invalid-proof"), SaslError::Refused { condition: "invalid-proof".into() }),
        (Some("welcome"), malformed("an attribute without '='")),
    ];
    for (data, expected) in cases {
        let (exchange, _) = before_success();
        assert_eq!(exchange.success(data.map(str::as_bytes)), Err(expected.clone()), "{data:?}");
        let (mut exchange, _) = before_success();
        let data = data.unwrap_or_default().as_bytes();
        assert_eq!(respond(&mut exchange, data).unwrap_err(), expected);
        assert_eq!(exchange.success(None), Err(SaslError::Ended), "no way on after an error");
    }
}

#[test]
fn a_proof_cut_short_or_of_another_login() {
    let (exchange, proof) = before_success();
    let shorter = &proof[..proof.len() - 4];
    assert_eq!(exchange.success(Some(shorter)), Err(SaslError::WrongServerProof));

    let mut other = start_with(MECHANISM, &jabber_sasl::Credentials::new("bob", PASSWORD.into()));
    let mut server =
        ScramServer::new(MECHANISM, "server", b"0123456789abcdef", 4096, &PASSWORD.into()).unwrap();
    let (_, challenge) = server.first(&initial(&mut other.exchange)).unwrap();
    respond(&mut other.exchange, &challenge).unwrap();
    assert_eq!(other.exchange.success(Some(&proof)), Err(SaslError::WrongServerProof));
}

#[test]
fn threat_17_success_before_its_time() {
    let early = SaslError::SuccessTooEarly { mechanism: MECHANISM };
    let (_, proof) = before_success();
    for data in [None, Some(proof.as_slice())] {
        assert_eq!(start(MECHANISM).success(data), Err(early.clone()), "unsolicited");
        let mut exchange = start(MECHANISM);
        initial(&mut exchange);
        assert_eq!(exchange.success(data), Err(early.clone()), "without a challenge");
        let mut exchange = start(MECHANISM);
        let first = initial(&mut exchange);
        let challenge = format!("r={}x,{SALT},i=4096", nonce_of(&first));
        exchange.challenge(challenge.as_bytes(), &mut Counting::default()).unwrap();
        assert_eq!(exchange.success(data), Err(early.clone()), "without our proof");
    }
}

#[test]
fn threat_17_challenges_repeated_or_too_many() {
    let mut exchange = start(MECHANISM);
    let first = initial(&mut exchange);
    let challenge = format!("r={}x,{SALT},i=4096", nonce_of(&first));
    respond(&mut exchange, challenge.as_bytes()).unwrap();
    let error = respond(&mut exchange, challenge.as_bytes()).unwrap_err();
    assert_eq!(error, malformed("no signature (v) where it belongs"));

    let unexpected = SaslError::UnexpectedChallenge { mechanism: MECHANISM };
    let (mut exchange, proof) = before_success();
    respond(&mut exchange, &proof).unwrap();
    assert_eq!(respond(&mut exchange, &proof).unwrap_err(), unexpected);
    assert_eq!(respond(&mut exchange, &proof).unwrap_err(), SaslError::Ended);
    assert_eq!(respond(&mut start(MECHANISM), b"r=x").unwrap_err(), unexpected);
}

#[test]
fn a_caller_out_of_turn() {
    let out_of_turn = |call| SaslError::OutOfTurn { mechanism: MECHANISM, call };
    let key = || DerivedKey::new(vec![0; 32]);
    assert_eq!(start(MECHANISM).derived(key()).unwrap_err(), out_of_turn("derived"));
    let mut exchange = start(MECHANISM);
    initial(&mut exchange);
    let again = exchange.initial(&mut Counting::default()).unwrap_err();
    assert_eq!(again, out_of_turn("initial"));

    for length in [0, 20, 31, 33] {
        let mut exchange = start(MECHANISM);
        let first = initial(&mut exchange);
        let challenge = format!("r={}x,{SALT},i=4096", nonce_of(&first));
        exchange.challenge(challenge.as_bytes(), &mut Counting::default()).unwrap();
        let error = exchange.derived(DerivedKey::new(vec![0; length])).unwrap_err();
        assert_eq!(error, SaslError::WrongKey);
    }
}

#[test]
fn the_count_alone_costs_no_time() {
    // The job is handed out, not run: whoever runs it decides where.
    let challenge = format!("r={{r}}x,{SALT},i=2000000");
    let started = std::time::Instant::now();
    assert!(matches!(answer(&challenge), Ok(Reply::Derive(_))));
    assert!(started.elapsed() < std::time::Duration::from_millis(200));
}

#[test]
fn without_tls_nothing_is_said_about_binding() {
    let offer = Offer::new(["SCRAM-SHA-256"]);
    let service = Service::new(HOST);
    let choice = choose(&Policy::default(), &offer, &alice(), &Security::Open, &service).unwrap();
    let mut exchange = choice.exchange;
    assert!(text(&initial(&mut exchange)).starts_with("n,,n=alice,r="));
}
