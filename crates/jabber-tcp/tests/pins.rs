//! Pinned certificates and keys: what they add, what they can replace, and what they never do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail anywhere")]

mod support;

use jabber_security::Security;
use jabber_tcp::{ConfigError, TlsConfig};
use jabber_transport::{CertificateFault, TlsError, TlsFault};
use rustls::{
    crypto::ring,
    pki_types::CertificateDer,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, sync::Arc};
use support::{Authority, BOTH, Identity, meet};

const DOMAIN: &str = "example.org";

fn hex(data: &[u8], between: &str) -> String {
    let pairs: Vec<_> = Sha256::digest(data).iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(between)
}

/// By hand, so that the encoder of the code is not its own judge.
fn base64(data: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = String::new();
    for byte in Sha256::digest(data) {
        write!(bits, "{byte:08b}").unwrap();
    }
    bits.push_str("00");
    let digits = bits.as_bytes().chunks(6).map(|six| {
        let six = usize::from_str_radix(std::str::from_utf8(six).unwrap(), 2).unwrap();
        char::from(*DIGITS.get(six).unwrap())
    });
    digits.chain(['=']).collect()
}

fn certificate(identity: &Identity) -> &CertificateDer<'static> {
    identity.chain.first().unwrap()
}

fn key(identity: &Identity) -> Vec<u8> {
    use rcgen::PublicKeyData as _;
    identity.key.subject_public_key_info()
}

fn self_signed(names: &[&str]) -> Identity {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = support::params(names);
    params.not_after = rcgen::date_time_ymd(2020, 2, 29);
    let it = params.self_signed(&key).unwrap();
    Identity { chain: vec![it.der().clone()], pem: it.pem(), key }
}

async fn taken(tls: &TlsConfig, identity: &Identity) {
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let (client, server) = meet(tls, identity.server(versions), DOMAIN, true).await;
        assert!(matches!(client.unwrap().security, Security::Encrypted(_)));
        server.unwrap();
    }
}

async fn refused(tls: &TlsConfig, identity: &Identity) -> TlsError {
    let (client, server) = meet(tls, identity.server(BOTH), DOMAIN, true).await;
    assert!(server.is_err(), "the server must learn of it");
    client.unwrap_err()
}

#[tokio::test]
async fn what_is_not_pinned_is_refused_and_its_pins_are_told() {
    let authority = Authority::new();
    let (ours, other) = (authority.issue(&[DOMAIN], |_| ()), authority.issue(&[DOMAIN], |_| ()));
    let pins =
        [hex(certificate(&ours), ""), hex(certificate(&ours), ":"), base64(certificate(&ours))];
    let keys = [hex(&key(&ours), ""), hex(&key(&ours), ":").to_lowercase(), base64(&key(&ours))];
    for (pin, key) in pins.iter().zip(&keys) {
        let by_certificate = authority.trusted().pin_certificate(pin).unwrap().build().unwrap();
        let by_key = authority.trusted().pin_public_key(key).unwrap().build().unwrap();
        // Each hash is for its own thing only.
        let crossed = authority.trusted().pin_certificate(key).unwrap();
        let crossed = crossed.pin_public_key(pin).unwrap().build().unwrap();
        taken(&by_certificate, &ours).await;
        taken(&by_key, &ours).await;
        for tls in [&by_certificate, &by_key, &crossed] {
            let error = refused(tls, &other).await;
            let told = CertificateFault::NotPinned {
                certificate: hex(certificate(&other), "").to_lowercase(),
                public_key: base64(&self::key(&other)),
            };
            assert_eq!(error.fault(), &TlsFault::Certificate(told), "{error}");
            assert!(error.to_string().contains(&base64(&self::key(&other))), "{error}");
        }
        refused(&crossed, &ours).await;
    }
    // What is told can be pinned beside the other.
    let tls = authority.trusted().pin_public_key(&keys[0]).unwrap();
    let tls = tls.pin_certificate(&hex(certificate(&other), "")).unwrap().build().unwrap();
    taken(&tls, &ours).await;
    taken(&tls, &other).await;
}

#[tokio::test]
async fn threat_05_a_pin_comes_on_top_of_chain_name_and_time() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let old = |params: &mut rcgen::CertificateParams| {
        params.not_after = rcgen::date_time_ymd(2020, 2, 29);
    };
    for (identity, text) in [
        (stranger.issue(&[DOMAIN], |_| ()), CertificateFault::UnknownIssuer.to_string()),
        (authority.issue(&["other.example"], |_| ()), "not for that name".to_owned()),
        (authority.issue(&[DOMAIN], old), "expired at 2020-02-29".to_owned()),
    ] {
        let tls = authority.trusted().pin_certificate(&hex(certificate(&identity), "")).unwrap();
        let tls = tls.pin_public_key(&hex(&key(&identity), "")).unwrap().build().unwrap();
        let error = refused(&tls, &identity).await;
        assert!(error.to_string().contains(&text), "{error}");
    }
}

#[tokio::test]
async fn pins_alone_take_a_self_signed_certificate_of_any_name_and_time() {
    let (ours, other) = (self_signed(&["other.example"]), self_signed(&[DOMAIN]));
    let only = || TlsConfig::builder().dangerous_trust_only_pins(true);
    let by_key = only().pin_public_key(&hex(&key(&ours), "")).unwrap().build().unwrap();
    let by_certificate =
        only().pin_certificate(&hex(certificate(&ours), "")).unwrap().build().unwrap();
    for tls in [&by_key, &by_certificate] {
        taken(tls, &ours).await;
        let error = refused(tls, &other).await;
        let TlsFault::Certificate(CertificateFault::NotPinned { .. }) = error.fault() else {
            panic!("{error:?}")
        };
    }
    // An authority that is trusted otherwise is not, here.
    let authority = Authority::new();
    let tls = authority.trusted().dangerous_trust_only_pins(true);
    let tls = tls.pin_public_key(&hex(&key(&ours), "")).unwrap().build().unwrap();
    refused(&tls, &authority.issue(&[DOMAIN], |_| ())).await;
}

/// Shows a certificate that is everybody's to copy, and signs with another key.
#[derive(Debug)]
struct Copied(Arc<CertifiedKey>);

impl ResolvesServerCert for Copied {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

#[tokio::test]
async fn threat_05_who_has_not_the_pinned_key_is_refused() {
    let (ours, thief) = (self_signed(&[DOMAIN]), self_signed(&[DOMAIN]));
    let only = TlsConfig::builder().dangerous_trust_only_pins(true);
    let tls = only.pin_certificate(&hex(certificate(&ours), "")).unwrap().build().unwrap();
    for versions in [&[&TLS12][..], &[&TLS13]] {
        let key = rustls::pki_types::PrivateKeyDer::try_from(thief.key.serialize_der()).unwrap();
        let key = ring::sign::any_supported_type(&key).unwrap();
        let mut server = thief.server(versions);
        server.cert_resolver =
            Arc::new(Copied(Arc::new(CertifiedKey::new(ours.chain.clone(), key))));
        let (client, _) = meet(&tls, server, DOMAIN, true).await;
        let error = client.unwrap_err();
        let TlsFault::Certificate(CertificateFault::BadSignature) = error.fault() else {
            panic!("{error:?}")
        };
    }
}

#[test]
fn what_is_no_pin_is_told() {
    let right = hex(b"", "");
    let colons = hex(b"", ":");
    for text in [
        "",
        "12",
        &right[2..],
        &format!("{right}00"),
        &right.replace('E', "G"),
        &colons.replace(':', "-"),
        &colons.replacen(':', "0", 1),
        &format!("+{}", &right[1..]),
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==",
        "47DEQpj8HBSa+_TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        &"é".repeat(32),
        &"x".repeat(10_000),
    ] {
        let error = TlsConfig::builder().pin_certificate(text).unwrap_err();
        assert!(matches!(error, ConfigError::BadPin { .. }), "{error}");
        assert!(error.to_string().len() < 300, "{error}");
        TlsConfig::builder().pin_public_key(text).unwrap_err();
    }
    // The padding may be left out.
    TlsConfig::builder().pin_public_key(base64(b"").trim_end_matches('=')).unwrap();
    let error = TlsConfig::builder().dangerous_trust_only_pins(true).build().unwrap_err();
    assert!(matches!(error, ConfigError::NoPins), "{error}");
}
