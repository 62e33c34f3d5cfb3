//! Every error is a sentence or two that a person can act on.

use std::{error::Error, io};

use jabber_transport::{
    CertificateFault, ConnectError, ConnectFailure, Target, Timestamp, TlsError, TlsFault,
};

fn text() -> String {
    "some reason".to_owned()
}

fn certificate_faults() -> Vec<CertificateFault> {
    use CertificateFault as F;
    let at = Some(Timestamp::from_unix_seconds(1_600_000_000));
    let names: Vec<String> = (0..12).map(|n| format!("n{n}.example")).collect();
    vec![
        F::UnknownIssuer,
        F::Expired { not_after: at, now: at },
        F::Expired { not_after: None, now: None },
        F::NotYetValid { not_before: at, now: None },
        F::WrongName { presented: Vec::new() },
        F::WrongName { presented: names },
        F::Revoked,
        F::RevocationUnknown,
        F::NotForServers,
        F::CaAsEndEntity,
        F::EndEntityAsCa,
        F::BadSignature,
        F::UnsupportedAlgorithm,
        F::Malformed { text: text() },
        F::Missing,
        F::Other { text: text() },
    ]
}

fn faults() -> Vec<TlsFault> {
    use TlsFault as F;
    let mut faults = vec![
        F::Alert { name: "handshake_failure".to_owned(), code: 40 },
        F::Alert { name: "unknown".to_owned(), code: 200 },
        F::HandshakeEof,
        F::HandshakeReset,
        F::HandshakeTimeout,
        F::HandshakeIo { text: text() },
        F::NotTls,
        F::NothingInCommon { text: text() },
        F::Protocol { text: text() },
        F::BytesBefore,
        F::BadName,
        F::Configuration { text: text() },
        F::Unsupported,
    ];
    faults.extend(certificate_faults().into_iter().map(F::Certificate));
    faults
}

#[test]
fn each_tls_fault_is_named_and_advised() {
    let mut seen = std::collections::BTreeSet::new();
    for fault in faults() {
        let error = TlsError::new(fault.clone(), "example.org");
        let shown = error.to_string();
        let rest = shown.strip_prefix("no TLS with `example.org`: ").unwrap();
        assert_eq!(rest, format!("{fault}. {}.", error.advice()));
        assert!(error.advice().starts_with(|c: char| c.is_uppercase()), "{shown}");
        assert!(!shown.contains("..") && !shown.contains("  "), "{shown}");
        assert!(shown.len() < 420, "{shown}");
        println!("{rest}");
        assert!(seen.insert(shown), "told like another");
    }
}

#[test]
fn names_and_notes() {
    let presented = (0..12).map(|n| format!("n{n}.example")).collect();
    let error = TlsError::certificate(CertificateFault::WrongName { presented }, "example.org")
        .with_note("And this")
        .with_source(io::Error::other("beneath"));
    assert!(error.to_string().contains("`n7.example` and 4 more"), "{error}");
    assert!(error.to_string().ends_with(". And this."), "{error}");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("beneath"));
    let copy = error.clone();
    assert_eq!((copy.fault(), copy.name()), (error.fault(), error.name()));
}

#[test]
fn connect_errors_tell_each_failure() {
    let target = Target::new("example.org", 5222);
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let error = ConnectError::new(
        &target,
        ConnectFailure::new("connect", "no route").with_address("[2001:db8::1]:5222"),
    )
    .with_failure(ConnectFailure::from_io("connect", refused).with_address("192.0.2.1:5222"));
    assert_eq!(
        error.to_string(),
        "cannot connect to example.org:5222: connect [2001:db8::1]:5222: no route; \
         connect 192.0.2.1:5222: connection refused. \
         Check that the server runs, and listens on this address and port."
    );
    assert_eq!((error.text(), error.failures().len()), ("connection refused", 2));
    assert!(error.source().is_some());
}
