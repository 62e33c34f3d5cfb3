//! Every dialect of ours, walked: every state with everything that can happen at it, as
//! `walk/*.txt` has it. What came of it is drawn in `docs/states/`.
//!
//! After a change that is meant to change them: run this with `JABBER_BLESS=1`, then read what
//! `git diff` says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and a walk prints its table"
)]

use std::{path::Path, sync::Arc};

use jabber_dialect::Protocol;
use jabber_security::Security;
use jabber_testkit::walk::{Alphabet, Case, Crossing, Walk};

/// It is nowhere else, and XML writes it in another way.
const PASSWORD: &str = "won<der&land";

fn walk(dialect: &str, alphabet: &str, cases: impl IntoIterator<Item = Case>) {
    let alphabet = Alphabet::read(alphabet).unwrap_or_else(|error| panic!("{error}"));
    let cases = cases.into_iter().map(|case| case.with_password(PASSWORD));
    let walk = cases.fold(Walk::new(alphabet), Walk::with_case);
    let walked = walk.walk().unwrap_or_else(|error| panic!("{error}"));
    println!("{walked}");
    let file = format!("../../docs/states/{dialect}.md");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let heading = format!(
        "# The states of {dialect}\n\nDrawn from what ran: every state, and every answer of \
         [its alphabet](../../crates/jabber-testkit/tests/walk/{dialect}.txt) at each. \
         [How to read it](README.md)."
    );
    walked.check_drawing(&file, &heading).unwrap_or_else(|error| panic!("{error}"));
}

fn case(name: &str, protocol: impl Protocol + 'static, security: Security) -> Case {
    Case::new(name, Arc::new(protocol), security)
}

#[test]
fn component() {
    use jabber_component::Config;
    let config = || Config::new("echo.localhost".parse().unwrap(), PASSWORD);
    walk(
        "component",
        include_str!("walk/component.txt"),
        [
            case("open", config(), Security::Open).with_crossing(Crossing::Proofs).drawn(),
            case("direct TLS", config(), Security::TlsNext).drawn(),
        ],
    );
}

#[test]
fn legacy() {
    use jabber_legacy::{Config, LoginPolicy};
    let config = || Config::new("alice@localhost/desk".parse().unwrap(), PASSWORD).unwrap();
    walk(
        "legacy",
        include_str!("walk/legacy.txt"),
        [
            case("open", config(), Security::Open).with_crossing(Crossing::Proofs).drawn(),
            case("private", config(), Security::Private).with_crossing(Crossing::Proofs),
            case("direct TLS", config(), Security::TlsNext).drawn(),
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
    let config = || Config::new(jid(), PASSWORD).with_policy(Policy::PLAIN_OVER_TLS);
    walk(
        "xmpp",
        include_str!("walk/xmpp.txt"),
        [
            case("STARTTLS", config(), Security::Open).drawn(),
            case("private", config(), Security::Private),
            case("direct TLS", config(), Security::TlsNext).drawn(),
            case("encrypted", config(), jabber_testkit::encrypted()),
            case("no TLS, private", config().with_tls(TlsPolicy::Off), Security::Private)
                .with_crossing(Crossing::Protected)
                .drawn(),
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

#[test]
fn jabberd20_component() {
    use jabber_jabberd20_component::{Config, TlsPolicy};
    use jabber_sasl::{Mechanism, Policy};
    let policy = Policy::PLAIN_OVER_TLS.allow(Mechanism::DigestMd5);
    let config = || Config::new("echo.localhost".parse().unwrap(), PASSWORD).with_policy(policy);
    let two = || config().with_name("chat.localhost".parse().unwrap());
    walk(
        "jabberd20-component",
        include_str!("walk/jabberd20-component.txt"),
        [
            case("STARTTLS, two names", two(), Security::Open).drawn(),
            case("direct TLS", config(), Security::TlsNext).drawn(),
            case("log and default", two().with_log().with_default(), jabber_testkit::encrypted()),
            case("no TLS, private", config().with_tls(TlsPolicy::Off), Security::Private)
                .with_crossing(Crossing::Protected),
            case("no TLS", config().with_tls(TlsPolicy::Off), Security::Open).never_ready(),
            case(
                "no TLS, allowed",
                config().with_tls(TlsPolicy::Off).dangerous_allow_plaintext(),
                Security::Open,
            )
            .with_crossing(Crossing::Everything),
            case("TLS when offered", config().with_tls(TlsPolicy::WhenOffered), Security::Open)
                .with_crossing(Crossing::Protected),
            case(
                "TLS when offered, private",
                config().with_tls(TlsPolicy::WhenOffered),
                Security::Private,
            )
            .with_crossing(Crossing::Protected)
            .drawn(),
            case(
                "PLAIN",
                config().with_policy(Policy::only(&[Mechanism::Plain])).with_multi(),
                Security::Open,
            ),
        ],
    );
}
