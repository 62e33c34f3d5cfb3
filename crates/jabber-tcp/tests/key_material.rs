//! Keys stay where they are: no key log, nothing of the client's key in what is printed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail anywhere"
)]

mod support;

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use jabber_tcp::{Tcp, TlsConfig, Unix};
use rustls::{ClientConfig, KeyLogFile, RootCertStore, crypto::ring};
use support::{Authority, BOTH, meet};

/// The environment by which most TLS libraries can be asked for the keys of every connection.
const KEY_LOG: &str = "SSLKEYLOGFILE";

/// What the next test runs in a process whose environment asks for a key log.
#[tokio::test]
#[ignore = "run by `threat_36_the_environment_gets_no_key_log` with another environment"]
async fn key_log_child() {
    let path = PathBuf::from(env::var_os(KEY_LOG).unwrap());
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    for version in BOTH {
        for direct in [false, true] {
            let server = identity.server(&[version]);
            let (client, server) = meet(&authority.tls(), server, "example.org", direct).await;
            client.unwrap();
            server.unwrap();
            assert!(!path.exists(), "{version:?}, direct TLS: {direct}");
        }
    }
    // The environment is one that works: who asks rustls itself for a log gets it.
    let tls = with_key_log(&authority);
    let (client, _) = meet(&tls, identity.server(BOTH), "example.org", false).await;
    client.unwrap();
    assert!(path.exists());
}

fn with_key_log(authority: &Authority) -> TlsConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority.0.der().clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(BOTH)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.key_log = Arc::new(KeyLogFile::new());
    TlsConfig::from_rustls(Arc::new(config))
}

#[test]
fn threat_36_the_environment_gets_no_key_log() {
    let path = env::temp_dir().join(format!("jabber-tcp-keys-{}.txt", std::process::id()));
    let run = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "key_log_child"])
        .env(KEY_LOG, &path)
        .output()
        .unwrap();
    if path.exists() {
        std::fs::remove_file(&path).unwrap();
    }
    let (stdout, stderr) =
        (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && stdout.contains("1 passed"), "{stdout}{stderr}");
}

/// The client's secret scalar, in each form in which a `Debug` could show it.
fn forms(der: &[u8], pem: &str) -> [String; 4] {
    // RFC 5915 §3 within PKCS #8: an octet string of 32 bytes, then the public key, which the
    // certificate shows to everybody.
    assert_eq!(der[34..36], [0x04, 32]);
    let secret = &der[36..68];
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let numbers = bare(&secret).trim_matches(['[', ']']).to_owned();
    // Four characters stand for three bytes, and 36 is a multiple of three.
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    [hex.to_uppercase(), hex, numbers, base64[48..88].to_owned()]
}

/// Its `Debug` without white space.
fn bare(value: &dyn fmt::Debug) -> String {
    format!("{value:?}").split_whitespace().collect()
}

/// Its `Debug`, on one line and over many.
fn shown(value: &dyn fmt::Debug) -> String {
    let pretty: String = format!("{value:#?}").split_whitespace().collect();
    bare(value) + &pretty
}

#[test]
fn threat_36_debug_shows_nothing_of_the_clients_key() {
    let authority = Authority::new();
    let client = authority.issue(&["juliet.example"], |_| ());
    let key = client.key.serialize_pem();
    let forms = forms(&client.key.serialize_der(), &key);
    let builder = authority
        .trusted()
        .with_client_certificate_pem(client.pem.as_bytes(), key.as_bytes())
        .unwrap();
    let mut texts = vec![shown(&builder)];
    let tls = builder.build().unwrap();
    texts.extend([
        shown(&tls),
        shown(&Tcp::new(tls.clone())),
        shown(&Unix::new(Path::new("/run/example"), tls)),
    ]);
    let half = key.replace("-----END PRIVATE KEY-----", "");
    for damaged in [half, key.replace("PRIVATE KEY", "SECRET"), key.replace('M', "!")] {
        let error = authority
            .trusted()
            .with_client_certificate_pem(client.pem.as_bytes(), damaged.as_bytes())
            .unwrap_err();
        texts.push(shown(&error) + &error.to_string());
    }
    for text in texts {
        for form in &forms {
            assert!(!text.contains(form), "{form} is in {text}");
        }
    }
}

/// What the test above looks for is what a careless `Debug` would show.
#[test]
fn a_careless_debug_would_be_found() {
    let key = Authority::new().issue(&["juliet.example"], |_| ()).key;
    let (der, pem) = (key.serialize_der(), key.serialize_pem());
    let [upper, lower, numbers, base64] = forms(&der, &pem);
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(hex.contains(&lower) && hex.to_uppercase().contains(&upper));
    assert!(shown(&der).contains(&numbers));
    assert!(shown(&pem.replace('\n', "")).contains(&base64));
}
