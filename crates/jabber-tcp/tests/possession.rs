//! A certificate alone proves nothing: the handshake is signed with its key (RFC 8446 §4.4.3,
//! RFC 5246 §7.4.3), and the signature is checked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail anywhere")]

mod support;

use std::sync::Arc;

use jabber_tcp::TlsConfig;
use jabber_transport::{CertificateFault, TlsFault};
use rcgen::KeyPair;
use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::PrivateKeyDer,
    sign::{CertifiedKey, SingleCertAndKey},
};
use support::{Authority, BOTH, Identity, meet};

/// Shows the certificate of `identity`, and signs with `key`.
fn server(
    identity: &Identity,
    key: &KeyPair,
    version: &'static SupportedProtocolVersion,
) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let key = ring::sign::any_supported_type(&key).unwrap();
    let shown = SingleCertAndKey::from(CertifiedKey::new(identity.chain.clone(), key));
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown))
}

/// Certificates are public: everybody can send one.
#[tokio::test]
async fn threat_05_a_certificate_without_its_key_is_refused() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let another = KeyPair::generate().unwrap();
    let beside_the_systems = TlsConfig::builder().add_ca_pem(authority.0.pem().as_bytes());
    for tls in [authority.tls(), beside_the_systems.unwrap().build().unwrap()] {
        for version in BOTH {
            for direct in [false, true] {
                let real = server(&identity, &identity.key, version);
                let (client, _) = meet(&tls, real, "example.org", direct).await;
                client.unwrap();

                let impostor = server(&identity, &another, version);
                let (client, accepted) = meet(&tls, impostor, "example.org", direct).await;
                let error = client.unwrap_err();
                let expected = TlsFault::Certificate(CertificateFault::BadSignature);
                assert_eq!(error.fault(), &expected, "{version:?}");
                assert_eq!(error.name(), "example.org");
                assert!(error.to_string().contains("signature"), "{error}");
                assert!(accepted.is_err(), "{version:?}: the server must learn of it");
            }
        }
    }
}
