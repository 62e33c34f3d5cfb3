//! A certificate alone proves nothing: the handshake is signed with its key (RFC 8446 §4.4.3,
//! RFC 5246 §7.4.3), and the signature is checked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail anywhere")]

mod support;

use jabber_tcp::TlsConfig;
use jabber_transport::{CertificateFault, TlsFault};
use rcgen::KeyPair;
use support::{Authority, BOTH, meet};

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
                let real = identity.server_that_signs_with(&identity.key, &[version]);
                let (client, _) = meet(&tls, real, "example.org", direct).await;
                client.unwrap();

                let impostor = identity.server_that_signs_with(&another, &[version]);
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
