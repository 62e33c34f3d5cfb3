//! Which certificates are taken and which refused, and with what words.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail anywhere"
)]

mod support;

use jabber_security::Security;
use jabber_tcp::TlsConfig;
use jabber_transport::{CertificateFault, Timestamp, TlsError, TlsFault};
use rcgen::{BasicConstraints, DnType, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};
use support::{Authority, BOTH, Identity, meet};

async fn refused(tls: &TlsConfig, identity: &Identity, domain: &str) -> TlsError {
    let (client, server) = meet(tls, identity.server(BOTH), domain, true).await;
    assert!(server.is_err(), "the server must learn of it");
    client.unwrap_err()
}

fn fault(error: &TlsError) -> &CertificateFault {
    match error.fault() {
        TlsFault::Certificate(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn right_names_are_taken() {
    let authority = Authority::new();
    for (names, domain) in [
        (&["example.org"][..], "example.org"),
        (&["example.org"], "EXAMPLE.org"),
        (&["other.example", "example.org"], "example.org"),
        (&["*.example.org"], "chat.example.org"),
        (&["xn--bcher-kva.example"], "xn--bcher-kva.example"),
        (&["127.0.0.1"], "127.0.0.1"),
        (&["::1"], "::1"),
        (&["::1"], "[::1]"),
    ] {
        let identity = authority.issue(names, |_| ());
        let (client, server) = meet(&authority.tls(), identity.server(BOTH), domain, true).await;
        server.unwrap();
        let connected = client.unwrap();
        let Security::Encrypted(facts) = connected.security else { panic!() };
        assert_eq!(facts.peer_name, domain);
    }
}

#[tokio::test]
async fn threat_03_wrong_names_are_refused() {
    let authority = Authority::new();
    for (names, domain) in [
        (&["other.example"][..], "example.org"),
        (&["chat.example.org"], "example.org"),
        (&["example.org"], "chat.example.org"),
        (&["*.example.org"], "a.b.example.org"), // a wildcard is one label
        (&["*.example.org"], "example.org"),
        (&["127.0.0.1"], "127.0.0.2"),
        (&["localhost"], "127.0.0.1"),
        (&["::1"], "example.org"),
    ] {
        let error = refused(&authority.tls(), &authority.issue(names, |_| ()), domain).await;
        let presented = names.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(fault(&error), &CertificateFault::WrongName { presented });
        assert_eq!(error.name(), domain);
        let start = format!(
            "no TLS with `{domain}`: its certificate is not for that name but for `{}`. Check",
            names[0]
        );
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

/// The server is at 127.0.0.1 here, and the JID's domain is another (RFC 6120 §13.7.2.1).
#[tokio::test]
async fn threat_04_what_was_connected_to_is_no_name() {
    let authority = Authority::new();
    for names in [&["127.0.0.1"][..], &["localhost"], &["localhost", "127.0.0.1", "::1"]] {
        let identity = authority.issue(names, |_| ());
        let error = refused(&authority.tls(), &identity, "example.org").await;
        assert!(matches!(fault(&error), CertificateFault::WrongName { .. }), "{error}");
    }
    let identity = authority.issue(&["example.org"], |_| ());
    let (client, server) = meet(&authority.tls(), identity.server(BOTH), "example.org", true).await;
    assert!(client.is_ok() && server.is_ok());
}

#[tokio::test]
async fn threat_07_a_common_name_is_no_name() {
    let authority = Authority::new();
    let identity = authority.issue(&[], |params| {
        params.distinguished_name.push(DnType::CommonName, "example.org");
    });
    let error = refused(&authority.tls(), &identity, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::WrongName { presented: vec![] });
    assert!(error.to_string().contains("none (it has no subject alternative name)"), "{error}");
}

#[tokio::test]
async fn threat_05_an_unknown_authority_is_refused() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let identity = theirs.issue(&["example.org"], |_| ());
    let with_system = TlsConfig::builder().add_ca_pem(ours.0.pem().as_bytes()).unwrap();
    for tls in [ours.tls(), with_system.build().unwrap()] {
        let error = refused(&tls, &identity, "example.org").await;
        assert_eq!(fault(&error), &CertificateFault::UnknownIssuer);
    }
    let stranger = rcgen::generate_simple_self_signed(["example.org".to_owned()]).unwrap();
    let stranger = Identity {
        chain: vec![stranger.cert.der().clone()],
        pem: stranger.cert.pem(),
        key: stranger.signing_key,
    };
    let error = refused(&ours.tls(), &stranger, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::UnknownIssuer);
    assert!(error.to_string().contains("add that one's certificate to the trusted"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn an_authority_that_only_has_the_same_name() {
    let ours = Authority::named("The authority", &rcgen::PKCS_ECDSA_P256_SHA256);
    let theirs = Authority::named("The authority", &rcgen::PKCS_ECDSA_P256_SHA256);
    let error = refused(&ours.tls(), &theirs.issue(&["example.org"], |_| ()), "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::BadSignature);
    assert!(error.to_string().contains("If its authority was renewed"), "{error}");
}

#[tokio::test]
async fn threat_05_out_of_time() {
    let authority = Authority::new();
    let expired = authority.issue(&["example.org"], |params| {
        params.not_after = date_time_ymd(2020, 2, 29);
    });
    let error = refused(&authority.tls(), &expired, "example.org").await;
    let CertificateFault::Expired { not_after: Some(at), now: Some(now) } = fault(&error) else {
        panic!("{error:?}")
    };
    assert_eq!(at, &Timestamp::from_unix_seconds(1_582_934_400));
    assert!(now > at);
    assert!(error.to_string().contains("expired at 2020-02-29 00:00:00 UTC (here it is 20"));

    let early = authority.issue(&["example.org"], |params| {
        params.not_before = date_time_ymd(2999, 1, 1);
    });
    let error = refused(&authority.tls(), &early, "example.org").await;
    assert!(matches!(fault(&error), CertificateFault::NotYetValid { not_before: Some(_), .. }));
    let text = "not valid yet, only from 2999-01-01 00:00:00 UTC (here it is 20";
    assert!(error.to_string().contains(text), "{error}");
}

#[tokio::test]
async fn threat_06_a_leaf_is_no_authority() {
    let authority = Authority::new();
    let leaf = authority.issue(&["leaf.example"], |_| ());
    let issuer = rcgen::Issuer::new(support::params(&["leaf.example"]), leaf.key);
    let key = rcgen::KeyPair::generate().unwrap();
    let forged = support::params(&["example.org"]).signed_by(&key, &issuer).unwrap();
    let chain = vec![forged.der().clone(), leaf.chain[0].clone()];
    let forged = Identity { chain, pem: String::new(), key };
    let error = refused(&authority.tls(), &forged, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::EndEntityAsCa);
    assert!(error.to_string().contains("issued by a certificate that is not an authority's"));
}

#[tokio::test]
async fn an_authority_is_no_server() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    let error = refused(&authority.tls(), &identity, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::CaAsEndEntity);
}

#[tokio::test]
async fn a_client_certificate_is_no_server() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let with_system = TlsConfig::builder().add_ca_pem(authority.0.pem().as_bytes()).unwrap();
    for tls in [authority.tls(), with_system.build().unwrap()] {
        let error = refused(&tls, &identity, "example.org").await;
        assert_eq!(fault(&error), &CertificateFault::NotForServers);
        assert!(error.to_string().contains("not one for servers"), "{error}");
    }
}

#[tokio::test]
async fn own_authorities_beside_the_systems() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let tls = TlsConfig::builder().add_ca_pem(authority.0.pem().as_bytes()).unwrap();
    let (client, _) =
        meet(&tls.build().unwrap(), identity.server(BOTH), "example.org", false).await;
    client.unwrap();
    // And the default does not know it.
    let error = refused(&TlsConfig::default(), &identity, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::UnknownIssuer);
}

#[tokio::test]
async fn an_intermediate_authority() {
    let authority = Authority::new();
    let middle_key = rcgen::KeyPair::generate().unwrap();
    let mut middle = rcgen::CertificateParams::default();
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    middle.distinguished_name.push(DnType::CommonName, "in between");
    let between = middle.signed_by(&middle_key, &authority.0).unwrap();
    let issuer = rcgen::Issuer::new(middle, middle_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = support::params(&["example.org"]).signed_by(&key, &issuer).unwrap();
    let chain = vec![leaf.der().clone(), between.der().clone()];
    let mut identity = Identity { chain, pem: String::new(), key };
    let (client, _) = meet(&authority.tls(), identity.server(BOTH), "example.org", true).await;
    client.unwrap();
    // Left out by the server.
    identity.chain.truncate(1);
    let error = refused(&authority.tls(), &identity, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::UnknownIssuer);
    assert!(error.to_string().contains("intermediate"), "{error}");
}

#[cfg(feature = "webpki-roots")]
#[tokio::test]
async fn bundled_authorities_and_own_ones() {
    let authority = Authority::new();
    let identity = authority.issue(&["example.org"], |_| ());
    let bundled = TlsConfig::builder().with_bundled_roots().build().unwrap();
    let error = refused(&bundled, &identity, "example.org").await;
    assert_eq!(fault(&error), &CertificateFault::UnknownIssuer);
    let both = TlsConfig::builder().with_bundled_roots();
    let both = both.add_ca_pem(authority.0.pem().as_bytes()).unwrap().build().unwrap();
    meet(&both, identity.server(BOTH), "example.org", true).await.0.unwrap();
}
