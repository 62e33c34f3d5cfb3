//! Every dialect of ours, walked: every state with everything that can happen at it, as
//! `walk/*.txt` has it. What came of it is drawn in `docs/states/`.
//!
//! After a change that is meant to change them: run this with `JABBER_BLESS=1`, then read what
//! `git diff` says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc};

use jabber_dialect::Protocol;
use jabber_security::Security;
use jabber_testkit::walk::{Alphabet, Case, Crossing, Walk, Walked};

/// It is nowhere else, and XML writes it in another way.
const PASSWORD: &str = "won<der&land";

fn walk(alphabet: &str, cases: impl IntoIterator<Item = Case>) -> Walked {
    let alphabet = Alphabet::read(alphabet).unwrap_or_else(|error| panic!("{error}"));
    let cases = cases.into_iter().map(|case| case.with_password(PASSWORD));
    let walk = cases.fold(Walk::new(alphabet), Walk::with_case);
    let start = std::time::Instant::now();
    let walked = walk.walk().unwrap_or_else(|error| panic!("{error}"));
    println!("{walked}");
    println!("{:?}", start.elapsed());
    walked
}

fn case(name: &str, protocol: impl Protocol + 'static, security: Security) -> Case {
    Case::new(name, Arc::new(protocol), security)
}

#[test]
fn component() {
    use jabber_component::Config;
    let config = || Config::new("echo.localhost".parse().unwrap(), PASSWORD);
    walk(
        include_str!("walk/component.txt"),
        [
            case("open", config(), Security::Open).with_crossing(Crossing::Proofs),
            case("direct TLS", config(), Security::TlsNext),
        ],
    );
}

#[test]
fn legacy() {
    use jabber_legacy::{Config, LoginPolicy};
    let config = || Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD).unwrap();
    walk(
        include_str!("walk/legacy.txt"),
        [
            case("open", config(), Security::Open).with_crossing(Crossing::Proofs),
            case("private", config(), Security::Private).with_crossing(Crossing::Proofs),
            case("direct TLS", config(), Security::TlsNext),
            case("version 0.9", config().with_version("0.9"), Security::Open)
                .with_crossing(Crossing::Proofs),
            case("version 1.0", config().with_version("1.0"), Security::Open)
                .with_crossing(Crossing::Proofs),
            case("digest only", config().with_login(LoginPolicy::DigestOnly), Security::Private)
                .with_crossing(Crossing::Proofs),
            case("plaintext only", config().with_login(LoginPolicy::PlaintextOnly), Security::Open)
                .with_crossing(Crossing::Proofs)
                .never_ready(),
            case(
                "plaintext only, allowed",
                config().with_login(LoginPolicy::PlaintextOnly).dangerous_allow_plaintext(),
                Security::Open,
            )
            .with_crossing(Crossing::Everything),
        ],
    );
}

#[test]
fn xmpp() {
    use jabber_sasl::{Mechanism, Policy};
    use jabber_xmpp::{Config, OnConflict, SessionPolicy, TlsPolicy};
    let jid = || "alice@localhost/oracle".parse().unwrap();
    let config = || Config::new(jid(), PASSWORD);
    walk(
        include_str!("walk/xmpp.txt"),
        [
            case("STARTTLS", config(), Security::Open),
            case("private", config(), Security::Private),
            case("direct TLS", config(), Security::TlsNext),
            case("encrypted", config(), jabber_testkit::encrypted()),
            case("no TLS, private", config().with_tls(TlsPolicy::Off), Security::Private)
                .with_crossing(Crossing::Protected),
            case("no TLS", config().with_tls(TlsPolicy::Off), Security::Open).never_ready(),
            case(
                "no TLS, allowed",
                config().with_tls(TlsPolicy::Off).dangerous_allow_plaintext(),
                Security::Open,
            )
            .with_crossing(Crossing::Everything),
            case(
                "DIGEST-MD5",
                config().with_policy(Policy::only(&[Mechanism::DigestMd5])),
                jabber_testkit::encrypted(),
            ),
            case("ANONYMOUS", Config::anonymous("localhost".parse().unwrap()), Security::TlsNext),
            case("EXTERNAL", Config::external(jid()), Security::TlsNext),
            case(
                "no fresh resource, no optional session",
                config()
                    .with_on_conflict(OnConflict::Fail)
                    .with_session(SessionPolicy::WhenRequired)
                    .with_any_jid(),
                jabber_testkit::encrypted(),
            ),
        ],
    );
}
