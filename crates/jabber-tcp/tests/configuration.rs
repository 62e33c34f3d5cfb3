//! Configurations that cannot work are told, with their place; a system without roots too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail anywhere"
)]

mod support;

use std::{env, process::Command};

use jabber_tcp::{ConfigError, Tcp, TlsConfig};
use jabber_transport::{CertificateFault, Target, TlsFault, Transport, memory};
use support::{Authority, BOTH, meet};

fn text(pem: &str) -> String {
    TlsConfig::builder().add_ca_pem(pem.as_bytes()).unwrap_err().to_string()
}

#[test]
fn pem_faults_have_their_place() {
    let good = Authority::new().0.pem();
    let lines = good.lines().count();
    assert_eq!(
        text("hello"),
        "the PEM text: no certificate (-----BEGIN CERTIFICATE-----) is in it"
    );
    let cut = format!("# ours\n{good}-----BEGIN CERTIFICATE-----\nMIIB\n");
    assert_eq!(
        text(&cut),
        format!(
            "the PEM text, certificate 2, line {}: not PEM (RFC 7468): its -----END line is missing",
            lines + 2
        )
    );
    let garbled = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    assert_eq!(
        text(garbled),
        "the PEM text, certificate 1, line 1: not PEM (RFC 7468): what is inside is not Base64"
    );
    let no_der = "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let start = "the PEM text, certificate 1, line 2: this certificate cannot be used: ";
    assert!(text(no_der).starts_with(start), "{}", text(no_der));
}

#[test]
fn files_are_named() {
    let missing = TlsConfig::builder().add_ca_file("/no/such/ca.pem").unwrap_err();
    assert!(missing.to_string().starts_with("cannot read `/no/such/ca.pem`: "), "{missing}");
    assert!(matches!(missing, ConfigError::Read { .. }));

    let path = env::temp_dir().join(format!("jabber-tcp-test-{}.pem", std::process::id()));
    std::fs::write(&path, "nothing").unwrap();
    let empty = TlsConfig::builder().add_ca_file(&path).unwrap_err();
    assert!(empty.to_string().starts_with(&format!("`{}`: no certificate", path.display())));
    std::fs::write(&path, Authority::new().0.pem()).unwrap();
    TlsConfig::builder().without_system_roots().add_ca_file(&path).unwrap().build().unwrap();
    std::fs::remove_file(path).unwrap();
}

#[test]
fn nobody_to_trust_and_no_version() {
    let error = TlsConfig::builder().without_system_roots().build().unwrap_err();
    assert!(matches!(error, ConfigError::NoRoots { .. }), "{error}");
    let error = Authority::new().trusted().with_versions(&[]).build().unwrap_err();
    assert!(matches!(error, ConfigError::NoVersions), "{error}");
}

#[test]
fn a_client_certificate_must_fit_its_key() {
    let authority = Authority::new();
    let (one, other) = (authority.issue(&["a"], |_| ()), authority.issue(&["b"], |_| ()));
    let key = other.key.serialize_pem();
    let builder = authority.trusted();
    let builder = builder.with_client_certificate_pem(one.pem.as_bytes(), key.as_bytes()).unwrap();
    assert!(!format!("{builder:?}").contains(&key[40..60]));
    let error = builder.build().unwrap_err();
    assert!(matches!(error, ConfigError::ClientCertificate { .. }), "{error}");
    let error = authority
        .trusted()
        .with_client_certificate_pem(one.pem.as_bytes(), one.pem.as_bytes())
        .unwrap_err();
    assert!(matches!(error, ConfigError::NoKey { .. }), "{error}");
}

#[test]
fn shared_not_copied() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    shared(&Tcp::default());
    shared(&TlsConfig::default());
    assert_eq!(size_of::<TlsConfig>(), size_of::<usize>());
}

/// What the next test runs in a process that finds no authorities of the system.
#[tokio::test]
#[ignore = "run by `a_system_without_authorities` with another environment"]
async fn without_system_roots_child() {
    let error = TlsConfig::builder().build().unwrap_err();
    assert!(error.to_string().contains("ca-certificates"), "{error}");

    let (client, _server) = memory::pair();
    let target = Target::new("example.org", 5222);
    let error = Tcp::default().start_tls(Box::new(client), &target).await.unwrap_err();
    assert!(matches!(error.fault(), TlsFault::Configuration { .. }), "{error:?}");
    assert!(error.to_string().contains("no certificate authority is trusted here"), "{error}");

    let (ours, theirs) = (Authority::new(), Authority::new());
    let tls = TlsConfig::builder().add_ca_pem(ours.0.pem().as_bytes()).unwrap();
    let tls = tls.build().unwrap();
    let server = ours.issue(&["example.org"], |_| ()).server(BOTH);
    meet(&tls, server, "example.org", true).await.0.unwrap();

    let stranger = theirs.issue(&["example.org"], |_| ());
    let (client, _) = meet(&tls, stranger.server(BOTH), "example.org", true).await;
    let error = client.unwrap_err();
    assert!(matches!(error.fault(), TlsFault::Certificate(CertificateFault::UnknownIssuer)));
    let note = "Only own authorities are trusted: this system has none";
    assert!(error.to_string().contains(note), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_system_without_authorities() {
    let run = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "without_system_roots_child"])
        .env("SSL_CERT_FILE", "/no/such/file")
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && stdout.contains("1 passed"), "{stdout}");
}
