//! The cryptography is this crate's own choice: what the process has set plays no part, and nothing is
//! set for it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail anywhere")]

mod support;

use jabber_security::Security;
use jabber_tcp::TlsConfig;
use rustls::crypto::{CryptoProvider, ring};
use sha2::{Digest as _, Sha256};
use support::{Authority, BOTH, Identity, meet};

/// Everything that makes a configuration of its own.
fn configurations(authority: &Authority, identity: &Identity) -> Vec<TlsConfig> {
    let pin = Sha256::digest(identity.chain.first().unwrap());
    let pin: String = pin.iter().map(|byte| format!("{byte:02x}")).collect();
    let beside_the_systems = || TlsConfig::builder().add_ca_pem(authority.0.pem().as_bytes());
    let pinned = || TlsConfig::builder().pin_certificate(&pin).unwrap();
    vec![
        authority.tls(),
        beside_the_systems().unwrap().build().unwrap(),
        pinned().dangerous_trust_pins_alone(true).build().unwrap(),
    ]
}

async fn all_are_taken(authority: &Authority) {
    let identity = authority.issue(&["example.org"], |_| ());
    for tls in configurations(authority, &identity) {
        let (client, server) = meet(&tls, identity.server(BOTH), "example.org", true).await;
        server.unwrap();
        assert!(matches!(client.unwrap().security, Security::Encrypted(_)));
    }
}

/// One test, since the process has one default: first there is none, then one that can do nothing.
#[tokio::test]
async fn the_default_provider_of_the_process_is_neither_used_nor_set() {
    let authority = Authority::new();
    all_are_taken(&authority).await;
    assert!(CryptoProvider::get_default().is_none(), "another crate may set one, and it once only");

    let useless = CryptoProvider {
        cipher_suites: Vec::new(),
        kx_groups: Vec::new(),
        ..ring::default_provider()
    };
    useless.install_default().unwrap();
    all_are_taken(&authority).await;
    let left = CryptoProvider::get_default().unwrap();
    assert!(left.cipher_suites.is_empty(), "it is as it was set");
}
