//! Certificates of every kind, and what is said of each.

use jabber_tests::pki::{Authority, Identity};
use rcgen::{BasicConstraints, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd};

/// The domain of the account, unless a row has another; the server is at 127.0.0.1.
pub(crate) const DOMAIN: &str = "chat.example.org";

/// What a server shows.
pub(crate) enum Shown {
    Certificate(Identity),
    /// None, as it has no version of TLS that has not been given up (RFC 8996).
    OldTls,
}

/// What is shown, and what comes of it.
pub(crate) struct Row {
    pub(crate) domain: &'static str,
    pub(crate) shown: Shown,
    /// What the error says of it; `None` where it is taken.
    pub(crate) says: Option<Vec<&'static str>>,
}

fn refused(identity: Identity, says: &[&'static str]) -> Row {
    Row { domain: DOMAIN, shown: Shown::Certificate(identity), says: Some(says.to_vec()) }
}

fn taken(domain: &'static str, identity: Identity) -> Row {
    Row { domain, shown: Shown::Certificate(identity), says: None }
}

/// Made once: rcgen signs nothing by SHA-1, and makes no RSA keys. `data/README.md` says how.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../data/", $name, ".pem"))
    };
}

fn fixture(certificate: &str) -> Identity {
    Identity { certificate_pem: certificate.to_owned(), key_pem: fixture!("key").to_owned() }
}

/// What the client trusts besides.
pub(crate) const FIXTURES: [&str; 2] = [fixture!("authority"), fixture!("rsa-1024-authority")];

/// Another name. What was connected to is none, nor is a part of the domain.
pub(crate) fn of_another_name(trusted: &Authority) -> Vec<Row> {
    const FOR: &str = "not for that name but for `";
    let other = |names: &[&str], shown| refused(trusted.issue(names), &[FOR, shown]);
    vec![
        taken(DOMAIN, trusted.issue(&[DOMAIN])),
        taken(DOMAIN, trusted.issue(&["other.example", DOMAIN])),
        other(&["other.example"], "`other.example`. Check the domain"),
        other(&["example.org"], "`example.org`"),
        other(&["a.chat.example.org"], "`a.chat.example.org`"),
        other(&["127.0.0.1"], "`127.0.0.1`"),
        other(&["localhost", "127.0.0.1", "::1"], "`localhost`, `127.0.0.1`, `::1`"),
    ]
}

/// Nobody who is trusted has signed it as a server's, or its time is another.
pub(crate) fn not_to_be_trusted(trusted: &Authority) -> Vec<Row> {
    const AUTHORITY: [&str; 2] = ["does not come from an authority", "add that one's certificate"];
    const SIGNATURE: [&str; 2] = ["a signature", "of a key that is too short"];
    let (stranger, key) = (Authority::new("A stranger"), KeyPair::generate().unwrap());
    let own = rcgen::CertificateParams::new([DOMAIN.to_owned()]).unwrap().self_signed(&key);
    let own = Identity { certificate_pem: own.unwrap().pem(), key_pem: key.serialize_pem() };
    let namesake = Authority::new("A test's authority");
    let expired = trusted.issue_with(&[DOMAIN], |it| {
        it.not_before = date_time_ymd(2019, 1, 1);
        it.not_after = date_time_ymd(2020, 2, 29);
    });
    let early = trusted.issue_with(&[DOMAIN], |it| {
        it.not_before = date_time_ymd(2049, 1, 1);
        it.not_after = date_time_ymd(2049, 12, 31);
    });
    let client = trusted.issue_with(&[DOMAIN], |it| {
        it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    // RFC 5280 §4.2.1.12: without the extension it is for everything.
    let any = trusted.issue_with(&[DOMAIN], |it| it.extended_key_usages.clear());
    vec![
        taken(DOMAIN, any),
        taken(DOMAIN, fixture(fixture!("by-sha256"))),
        refused(
            expired,
            &[
                "expired at 2020-02-29 00:00:00 UTC (here it is 20",
                "renewed",
                "this machine's clock",
            ],
        ),
        refused(
            early,
            &[
                "not valid yet, only from 2049-01-01 00:00:00 UTC (here it is 20",
                "Check this machine",
            ],
        ),
        refused(own, &AUTHORITY),
        refused(stranger.issue(&[DOMAIN]), &AUTHORITY),
        refused(namesake.issue(&[DOMAIN]), &["a signature", "If its authority was renewed"]),
        refused(client, &["not one for servers", "needs another certificate"]),
        refused(fixture(fixture!("by-sha1")), &["algorithm that is not accepted here"]),
        refused(fixture(fixture!("by-rsa-1024")), &SIGNATURE),
    ]
}

/// Servers' certificates that sign, and an authority's that serves.
pub(crate) fn of_the_wrong_role(trusted: &Authority) -> Vec<Row> {
    let authority = trusted.issue_with(&[DOMAIN], |it| {
        it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    vec![
        refused(
            trusted.issue_by_a_server(&[DOMAIN]),
            &["issued by a certificate that is not an authority's", "needs another certificate"],
        ),
        refused(authority, &["that of an authority, not of a server"]),
    ]
}

/// The common name, and wildcards.
pub(crate) fn of_no_name(trusted: &Authority) -> Vec<Row> {
    let common =
        trusted.issue_with(&[], |it| it.distinguished_name.push(DnType::CommonName, DOMAIN));
    let wide =
        refused(trusted.issue(&["*.example.org"]), &["not for that name but for `*.example.org`"]);
    vec![
        taken(DOMAIN, trusted.issue(&["*.example.org"])),
        refused(common, &["not for that name but for none (it has no subject alternative name)"]),
        Row { domain: "a.chat.example.org", ..wide },
        refused(trusted.issue(&["*.chat.example.org"]), &["but for `*.chat.example.org`"]),
        refused(trusted.issue(&["c*.example.org"]), &["its certificate"]),
    ]
}

/// TLS 1.1, the newest that there is.
pub(crate) fn of_old_tls(_: &Authority) -> Vec<Row> {
    let says = vec!["The server needs TLS 1.2 or 1.3 with current algorithms"];
    vec![Row { domain: DOMAIN, shown: Shown::OldTls, says: Some(says) }]
}
