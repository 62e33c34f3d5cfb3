//! DIGEST-MD5 with an honest server, and with servers that lie.
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
    Choice, Credentials, Exchange, Mechanism, Offer, Policy, Reply, SaslError, Service, choose,
};
use jabber_security::Security;
use md5::{Digest, Md5};

const CHALLENGE: &str =
    "realm=\"example.org\",nonce=\"n1\",qop=\"auth\",charset=utf-8,algorithm=md5-sess";

fn choice(credentials: &Credentials, service: &Service<'_>) -> Choice {
    let policy = Policy::default().allow(Mechanism::DigestMd5);
    choose(&policy, &Offer::new(["DIGEST-MD5"]), credentials, &Security::Open, service).unwrap()
}

fn exchange() -> Exchange {
    let mut exchange = choice(&alice(), &Service::new(HOST)).exchange;
    assert!(exchange.initial(&mut Counting::default()).unwrap().is_none());
    exchange
}

fn refused(challenge: &str) -> SaslError {
    respond(&mut exchange(), challenge.as_bytes()).expect_err(challenge)
}

fn hex(data: &[u8]) -> String {
    Md5::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A directive of a response, unquoted the simple way.
fn field(response: &str, name: &str) -> Option<String> {
    let rest = response.split_once(&format!("{name}="))?.1;
    Some(match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?.to_owned(),
        None => rest.split(',').next()?.to_owned(),
    })
}

/// What an honest server computes: (the response it expects, its own proof).
fn server(response: &str, secret: &[u8], realm: &str) -> (String, String) {
    let get = |name| field(response, name).unwrap();
    let mut a1 =
        Md5::digest([USER.as_bytes(), b":", realm.as_bytes(), b":", secret].concat()).to_vec();
    a1.extend(format!(":{}:{}", get("nonce"), get(",cnonce")).bytes());
    if let Some(authzid) = field(response, "authzid") {
        a1.extend(format!(":{authzid}").bytes());
    }
    let value = |method: &str| {
        let a2 = hex(format!("{method}:{}", get("digest-uri")).as_bytes());
        let (nonce, cnonce) = (get("nonce"), get(",cnonce"));
        hex(format!("{}:{nonce}:00000001:{cnonce}:auth:{a2}", hex(&a1)).as_bytes())
    };
    (value("AUTHENTICATE"), value(""))
}

/// RFC 2831 §2.1.2: fresh for each login; with an old one a recorded challenge gets the recorded answer.
#[test]
fn threat_14_the_cnonce_is_fresh_for_each_login() {
    // One source for all, as a session has it.
    let mut entropy = Counting::default();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let mut exchange = choice(&alice(), &Service::new(HOST)).exchange;
        assert!(exchange.initial(&mut entropy).unwrap().is_none());
        let Reply::Respond(response) =
            exchange.challenge(CHALLENGE.as_bytes(), &mut entropy).unwrap()
        else {
            panic!("nothing is to be derived");
        };
        let cnonce = field(text(&response), ",cnonce").unwrap();
        // 192 bits, in base64.
        assert_eq!(cnonce.len(), 32, "{cnonce}");
        assert!(seen.insert(cnonce), "one was used before");
    }
    // And of nothing but what is drawn: the same source again gives the same.
    let mut exchange = choice(&alice(), &Service::new(HOST)).exchange;
    let Ok(Reply::Respond(again)) =
        exchange.challenge(CHALLENGE.as_bytes(), &mut Counting::default())
    else {
        panic!("nothing is to be derived");
    };
    assert!(!seen.insert(field(text(&again), ",cnonce").unwrap()));
}

#[test]
fn whole_logins() {
    for (challenge, realm) in [
        (CHALLENGE, "example.org"),
        // ejabberd: no realm at all.
        ("nonce=\"77\",qop=\"auth\",charset=utf-8,algorithm=md5-sess", ""),
        // jabberd2: a comma and a space, a realm of its own.
        (
            "realm=\"jabberd-router\", nonce=\"a/+=\", qop=\"auth\", charset=utf-8, algorithm=md5-sess",
            "jabberd-router",
        ),
        (
            "realm=\"first\",realm=\"example.org\",nonce=x,qop=\"auth-int, auth\",algorithm=md5-sess,maxbuf=9",
            "example.org",
        ),
        ("realm=\"first\",realm=\"second\",nonce=x,algorithm=md5-sess", "first"),
    ] {
        for in_challenge in [false, true] {
            let mut exchange = exchange();
            let response = respond(&mut exchange, challenge.as_bytes()).unwrap();
            let response = text(&response);
            let (expected, proof) = server(response, PASSWORD.as_bytes(), realm);
            assert_eq!(field(response, "response"), Some(expected));
            assert_eq!(field(response, "nc").unwrap(), "00000001");
            assert_eq!(field(response, "digest-uri").unwrap(), "xmpp/example.org");
            let sent_realm = field(response, "realm").unwrap_or_default();
            assert_eq!(sent_realm, realm);
            assert_eq!(response.contains("charset=utf-8"), challenge.contains("charset"));
            let proof = format!("rspauth={proof}");
            let outcome = if in_challenge {
                assert!(respond(&mut exchange, proof.as_bytes()).unwrap().is_empty());
                exchange.success(None)
            } else {
                exchange.success(Some(proof.as_bytes()))
            };
            assert!(outcome.unwrap().is_mutual());
        }
    }
}

#[test]
fn realm_of_the_service_and_authorization_identity() {
    let service = Service::new(HOST).with_realm("second");
    for (challenge, realm) in [
        ("nonce=x,algorithm=md5-sess", "second"),
        ("realm=first,realm=second,nonce=x,algorithm=md5-sess", "second"),
        ("realm=first,realm=third,nonce=x,algorithm=md5-sess", "first"),
    ] {
        let credentials = alice().with_authzid("bob@example.org");
        let mut exchange = choice(&credentials, &service).exchange;
        let response = respond(&mut exchange, challenge.as_bytes()).unwrap();
        let response = text(&response);
        assert_eq!(field(response, "realm").unwrap(), realm);
        assert_eq!(field(response, "authzid").unwrap(), "bob@example.org");
        let (expected, proof) = server(response, PASSWORD.as_bytes(), realm);
        assert_eq!(field(response, "response"), Some(expected));
        assert!(exchange.success(Some(format!("rspauth=\"{proof}\"").as_bytes())).is_ok());
    }
}

/// A realm with another name than the domain is taken, but it does not move the login elsewhere, and
/// only a server that knows the password in that realm gets through.
#[test]
fn another_realm_than_the_domain() {
    for (realms, preferred, taken) in [
        ("realm=\"evil.example\"", None, "evil.example"),
        ("realm=\"evil.example\"", Some("mine"), "evil.example"),
        ("realm=\"evil.example\",realm=\"other.example\"", Some("mine"), "evil.example"),
        ("realm=\"evil.example\",realm=\"example.org\"", None, HOST),
        ("realm=\"evil.example\",realm=\"example.org\"", Some("mine"), HOST),
        ("realm=\"evil.example\",realm=\"example.org\",realm=\"mine\"", Some("mine"), "mine"),
        // A realm is compared byte by byte, as it is hashed.
        ("realm=\"evil.example\",realm=\"EXAMPLE.ORG\"", None, "evil.example"),
    ] {
        let service = Service { realm: preferred, ..Service::new(HOST) };
        let challenge = format!("{realms},nonce=x,algorithm=md5-sess");
        for known in [taken, "elsewhere"] {
            let mut exchange = choice(&alice(), &service).exchange;
            let response = respond(&mut exchange, challenge.as_bytes()).unwrap();
            let response = text(&response);
            assert_eq!(field(response, "realm").as_deref(), Some(taken), "{realms}");
            assert_eq!(field(response, "digest-uri").as_deref(), Some("xmpp/example.org"));
            let (expected, proof) = server(response, PASSWORD.as_bytes(), known);
            assert_eq!(field(response, "response") == Some(expected), known == taken);
            let outcome = exchange.success(Some(format!("rspauth={proof}").as_bytes()));
            match outcome {
                Ok(done) => assert!(known == taken && done.is_mutual(), "{realms}: {known}"),
                Err(error) => {
                    assert!(known != taken, "{realms}: {known}: {error}");
                    assert!(matches!(error, SaslError::WrongServerProof), "{error}");
                }
            }
        }
    }
}

/// RFC 2831 §2.1.2.1: what ISO 8859-1 can write is hashed in it; the message itself stays UTF-8.
#[test]
fn characters_beyond_ascii() {
    let utf8 = "nonce=x,algorithm=md5-sess,charset=utf-8";
    for (password, hashed) in
        [("caf\u{e9}", b"caf\xe9".as_slice()), ("\u{3b1}", "\u{3b1}".as_bytes())]
    {
        let credentials = Credentials::new(USER, password.into());
        let mut exchange = choice(&credentials, &Service::new(HOST)).exchange;
        let response = respond(&mut exchange, utf8.as_bytes()).unwrap();
        let (expected, _) = server(text(&response), hashed, "");
        assert_eq!(field(text(&response), "response"), Some(expected), "{password}");
    }
    let credentials = Credentials::new("\u{3b1}", PASSWORD.into());
    let mut exchange = choice(&credentials, &Service::new(HOST)).exchange;
    let error = respond(&mut exchange, b"nonce=x,algorithm=md5-sess").unwrap_err();
    assert_eq!(error, SaslError::Unwritable);

    let credentials = Credentials::new("caf\u{e9} \"x\\", PASSWORD.into());
    let mut exchange = choice(&credentials, &Service::new(HOST)).exchange;
    let response = respond(&mut exchange, b"nonce=x,algorithm=md5-sess").unwrap();
    let expected: &[u8] = b"username=\"caf\xe9 \\\"x\\\\\",nonce=\"x\"";
    assert!(response.starts_with(expected), "{response:?}");
}

#[test]
fn challenges_that_cannot_be_answered() {
    for (challenge, expected) in [
        ("nonce=x", SaslError::UnsupportedAlgorithm),
        ("nonce=x,algorithm=md5", SaslError::UnsupportedAlgorithm),
        ("nonce=x,algorithm=md5-sess,qop=\"auth-int\"", SaslError::UnsupportedProtection),
        ("algorithm=md5-sess", SaslError::Malformed { what: "no nonce" }),
        ("nonce=\"\",algorithm=md5-sess", SaslError::Malformed { what: "no nonce" }),
        ("nonce=x,nonce=y,algorithm=md5-sess", SaslError::Malformed { what: "a directive twice" }),
        (
            "nonce=x,charset=latin1,algorithm=md5-sess",
            SaslError::Malformed { what: "a charset other than utf-8" },
        ),
        ("", SaslError::UnsupportedAlgorithm),
    ] {
        assert_eq!(refused(challenge), expected, "{challenge}");
    }
}

#[test]
fn threat_18_no_proof_or_a_wrong_one() {
    let wrong = format!("rspauth={}", "0".repeat(32));
    for (data, expected) in [
        (None, SaslError::MissingServerProof),
        (Some(""), SaslError::MissingServerProof),
        (Some("rspauth=\"\""), SaslError::WrongServerProof),
        (Some(&*wrong), SaslError::WrongServerProof),
        (Some("other=x"), SaslError::MissingServerProof),
        (Some("nonce=y,stale=true,algorithm=md5-sess"), SaslError::Stale),
        (Some(CHALLENGE), SaslError::MissingServerProof),
        (Some("welcome"), SaslError::Malformed { what: "a directive without '='" }),
    ] {
        let mut first = exchange();
        respond(&mut first, CHALLENGE.as_bytes()).unwrap();
        assert_eq!(first.success(data.map(str::as_bytes)), Err(expected.clone()), "{data:?}");
        let mut second = exchange();
        respond(&mut second, CHALLENGE.as_bytes()).unwrap();
        let error = respond(&mut second, data.unwrap_or_default().as_bytes()).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!(second.success(None), Err(SaslError::Ended));
    }
}

#[test]
fn our_own_proof_sent_back_is_none() {
    let mut exchange = exchange();
    let response = respond(&mut exchange, CHALLENGE.as_bytes()).unwrap();
    let echoed = format!("rspauth={}", field(text(&response), "response").unwrap());
    assert_eq!(exchange.success(Some(echoed.as_bytes())), Err(SaslError::WrongServerProof));
}

#[test]
fn success_before_its_time() {
    let early = SaslError::SuccessTooEarly { mechanism: Mechanism::DigestMd5 };
    assert_eq!(exchange().success(None), Err(early.clone()));
    let wrong = format!("rspauth={}", "0".repeat(32));
    assert_eq!(exchange().success(Some(wrong.as_bytes())), Err(early));
}

#[test]
fn challenges_after_the_proof() {
    let mut exchange = exchange();
    let response = respond(&mut exchange, CHALLENGE.as_bytes()).unwrap();
    let (_, proof) = server(text(&response), PASSWORD.as_bytes(), "example.org");
    let proof = format!("rspauth={proof}");
    respond(&mut exchange, proof.as_bytes()).unwrap();
    let error = respond(&mut exchange, proof.as_bytes()).unwrap_err();
    assert_eq!(error, SaslError::UnexpectedChallenge { mechanism: Mechanism::DigestMd5 });
}
