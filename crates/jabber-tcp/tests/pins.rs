//! Certificates and keys that are known beforehand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail anywhere")]

mod support;

use jabber_tcp::{ConfigError, TlsConfig, TlsConfigBuilder};
use jabber_transport::{CertificateFault, TlsError, TlsFault};
use rustls::{
    ServerConfig,
    version::{TLS12, TLS13},
};
use sha2::{Digest, Sha256};
use support::{Authority, BOTH, Identity, meet};

const DOMAIN: &str = "example.org";

fn hex(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn certificate_of(identity: &Identity) -> String {
    hex(identity.chain.first().unwrap())
}

fn key_of(identity: &Identity) -> String {
    hex(rcgen::PublicKeyData::subject_public_key_info(&identity.key))
}

async fn with(tls: &TlsConfig, server: ServerConfig) -> Result<(), TlsError> {
    meet(tls, server, DOMAIN, true).await.0.map(drop)
}

fn fault(error: &TlsError) -> &CertificateFault {
    match error.fault() {
        TlsFault::Certificate(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_what_is_pinned_is_taken() {
    let authority = Authority::new();
    let (pinned, other) = (authority.issue(&[DOMAIN], |_| ()), authority.issue(&[DOMAIN], |_| ()));
    let by = |pin: fn(TlsConfigBuilder, &str) -> Result<TlsConfigBuilder, ConfigError>,
              of: &str| { pin(authority.trusted(), of).unwrap().build().unwrap() };
    for tls in [
        by(|builder, hash| builder.pin_certificate(hash), &certificate_of(&pinned)),
        by(|builder, hash| builder.pin_public_key(hash), &key_of(&pinned)),
    ] {
        with(&tls, pinned.server(BOTH)).await.unwrap();
        let error = with(&tls, other.server(BOTH)).await.unwrap_err();
        let (certificate, public_key) = (certificate_of(&other), key_of(&other));
        assert!(error.to_string().contains(&certificate), "{error}");
        assert!(error.to_string().contains("ask its operator"), "{error}");
        assert_eq!(fault(&error), &CertificateFault::NotPinned { certificate, public_key });
    }
}

/// A pin comes on top of what is checked always.
#[tokio::test]
async fn a_pin_alone_makes_nobody_trusted() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let stranger = theirs.issue(&[DOMAIN], |_| ());
    let tls = ours.trusted().pin_public_key(&key_of(&stranger)).unwrap().build().unwrap();
    let error = with(&tls, stranger.server(BOTH)).await.unwrap_err();
    assert_eq!(fault(&error), &CertificateFault::UnknownIssuer);

    let elsewhere = ours.issue(&["another.example"], |_| ());
    let expired = ours.issue(&[DOMAIN], |params| {
        params.not_after = rcgen::date_time_ymd(2020, 2, 29);
    });
    for (identity, which) in [(elsewhere, "not for that name"), (expired, "expired at 2020-02-29")]
    {
        let tls = ours.trusted().pin_certificate(&certificate_of(&identity)).unwrap();
        let tls = tls.pin_public_key(&key_of(&identity)).unwrap().build().unwrap();
        let error = with(&tls, identity.server(BOTH)).await.unwrap_err();
        assert!(error.to_string().contains(which), "{error}");
    }
}

/// Unless it is said to: then neither the authority nor the name counts, and the key all the more.
#[tokio::test]
async fn pins_alone_where_it_is_said() {
    let stranger = Authority::new().issue(&["another.example"], |_| ());
    let builder = TlsConfig::builder().pin_certificate(&certificate_of(&stranger)).unwrap();
    let tls = builder.dangerous_trust_pins_alone(true).build().unwrap();
    for version in [&TLS12, &TLS13] {
        with(&tls, stranger.server(&[version])).await.unwrap();
        let error = with(&tls, Authority::new().issue(&[DOMAIN], |_| ()).server(&[version])).await;
        assert!(matches!(fault(&error.unwrap_err()), CertificateFault::NotPinned { .. }));
    }
    let none = TlsConfig::builder().dangerous_trust_pins_alone(true).build();
    assert!(matches!(none, Err(ConfigError::NoPins)));
}

/// Whoever shows the pinned certificate without having its key.
#[tokio::test]
async fn a_stolen_certificate_is_of_no_use() {
    let owner = Authority::new().issue(&[DOMAIN], |_| ());
    let builder = TlsConfig::builder().pin_certificate(&certificate_of(&owner)).unwrap();
    let tls = builder.dangerous_trust_pins_alone(true).build().unwrap();
    let thief = rcgen::KeyPair::generate().unwrap();
    for version in [&TLS12, &TLS13] {
        let server = owner.server_that_signs_with(&thief, &[version]);
        let error = with(&tls, server).await.unwrap_err();
        assert_eq!(fault(&error), &CertificateFault::BadSignature, "{error}");
    }
}
