//! Logins that succeed: which method is chosen, what is sent, who we are then.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{BOTH, DIGEST, HEADER, Outcome, PASSWORD, PLAIN, Run, alice, encrypted};
use jabber_dialect::{Protocol, TlsName};
use jabber_legacy::{
    Config, Detail, Error, Event, Incompatibility, LoginPolicy, Method, Misuse, PassedOver,
};
use jabber_security::Security;
use jabber_status::{ErrorStatus, Shape};

#[test]
fn where_and_what() {
    let config = alice();
    assert_eq!((config.name(), config.shape()), ("legacy", Shape::new()));
    let endpoint = config.endpoint();
    assert_eq!((endpoint.port, endpoint.direct_tls_port), (5222, 5223));
    assert_eq!((endpoint.domain.as_str(), endpoint.tls_name), ("localhost", TlsName::Domain));
    let dialect = config.begin(None);
    assert!(!format!("{config:?} {dialect:?}").contains(PASSWORD));
}

/// XEP-0078 §3: both are part of the login.
#[test]
fn account_and_resource_are_required() {
    let new = |jid: &str| Config::new(jid.parse().unwrap(), "x");
    assert!(matches!(new("alice@localhost"), Err(Misuse::NoResource)));
    assert!(matches!(new("localhost/desk"), Err(Misuse::NoAccount)));
    assert!(matches!(new("localhost"), Err(Misuse::NoAccount)));
    assert!(new("alice@localhost/desk").is_ok());
}

/// The digest is that of XEP-0078's example 4.
#[test]
fn by_digest() {
    for (security, version) in [(Security::Open, None), (encrypted(), Some("1.0"))] {
        let config = match version {
            Some(version) => alice().with_version(version),
            None => alice(),
        };
        let mut run = Run::start(&config, &security, false);
        run.server(HEADER).form(BOTH).result("");
        let typed: Vec<_> = run
            .events()
            .iter()
            .map(|event| event.as_any().downcast_ref::<Event>().expect("ours").typed().clone())
            .collect();
        assert!(matches!(&typed[..], [
            Detail::Authenticating { username },
            Detail::Authenticated { jid, method: Method::Digest },
        ] if username == "alice" && jid.as_str() == "alice@localhost/desk"));
        let version = version.map(|version| format!(" version={version}")).unwrap_or_default();
        assert_eq!(
            run.end(),
            format!(
                "C header to=localhost{version}\n\
                 ! AUTHNEGOTIATE: jabber:iq:auth as 'alice'\n\
                 C <iq type='get' id='ID' to='localhost'><query xmlns='jabber:iq:auth'>\
                 <username>alice</username></query></iq>\n\
                 C <iq type='set' id='ID'><query xmlns='jabber:iq:auth'><username>alice</username>\
                 <digest>{DIGEST}</digest><resource>desk</resource></query></iq>\n\
                 ! AUTHSUCCESS: alice@localhost/desk, by digest\n\
                 = ready as alice@localhost/desk"
            )
        );
    }
}

/// Neither id nor password is hashed as XML writes it; known answers from an independent SHA-1.
#[test]
fn digests() {
    for (id, secret, digest) in [
        ("3EE948B0", PASSWORD, DIGEST),
        ("a&amp;b&apos;", "<p&q>", "bd73b930f2c4f5ae65f981e6e800f6c044562b47"),
        ("3BF96D32", "pässwörd", "b98b55b8861572aa263491b569489156853cc6fa"),
        ("3BF96D32", "test", "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e"),
    ] {
        let config = Config::new("alice@localhost/desk".parse().unwrap(), secret).unwrap();
        let mut run = Run::start(&config, &Security::Open, false);
        run.server(&HEADER.replace("3EE948B0", id)).form(BOTH);
        assert!(run.lines().contains(&format!("<digest>{digest}</digest>")), "{}", run.lines());
    }
}

/// Whatever the server's form asks for, and whatever the policy prefers.
#[test]
fn threat_16_the_password_never_crosses_what_anybody_can_read() {
    for (policy, fields) in [
        (LoginPolicy::DigestPreferred, PLAIN),
        (LoginPolicy::PlaintextOnly, PLAIN),
        (LoginPolicy::PlaintextOnly, BOTH),
    ] {
        let mut run = Run::start(&alice().with_login(policy), &Security::Open, false);
        run.server(HEADER).form(fields);
        let (failure, error) = run.failure();
        assert_eq!(failure.cause(), Some(ErrorStatus::AuthFail), "{policy:?}");
        let Error::PeerIncompatible(Incompatibility::Methods(none)) = error else {
            panic!("{error}")
        };
        assert_eq!(none.plaintext, PassedOver::Unprotected, "{policy:?}");
        // The form was asked for, and that is all.
        assert!(!run.lines().contains("type='set'"), "{}", run.lines());
        assert!(!run.lines().contains(PASSWORD) && !run.lines().contains("<password>"));
        run.end();
    }
}

#[test]
fn which_method() {
    use LoginPolicy::{DigestOnly, DigestPreferred, PlaintextOnly};
    let open = || (Security::Open, alice());
    let allowed = || (Security::Open, alice().dangerous_allow_plaintext());
    let private = || (Security::Private, alice());
    let tls = || (encrypted(), alice());
    for ((security, config), policy, fields, expected) in [
        (open(), DigestPreferred, BOTH, Some(Method::Digest)),
        (open(), DigestPreferred, PLAIN, None),
        (open(), DigestOnly, BOTH, Some(Method::Digest)),
        (open(), PlaintextOnly, BOTH, None),
        (allowed(), DigestPreferred, BOTH, Some(Method::Digest)),
        (allowed(), DigestPreferred, PLAIN, Some(Method::Plaintext)),
        (allowed(), DigestOnly, PLAIN, None),
        (allowed(), PlaintextOnly, BOTH, Some(Method::Plaintext)),
        (private(), DigestPreferred, BOTH, Some(Method::Digest)),
        (private(), DigestPreferred, PLAIN, Some(Method::Plaintext)),
        (private(), DigestOnly, PLAIN, None),
        (tls(), DigestPreferred, PLAIN, Some(Method::Plaintext)),
        (tls(), PlaintextOnly, BOTH, Some(Method::Plaintext)),
        (tls(), PlaintextOnly, &["username", "digest", "resource"], None),
        (tls(), DigestPreferred, &["username", "resource"], None),
    ] {
        let safe = expected == Some(Method::Plaintext);
        let mut run = Run::start(&config.with_login(policy), &security, safe);
        run.server(HEADER).form(fields);
        let what = format!("{security} {policy:?} {fields:?}");
        let Some(method) = expected else {
            assert!(!run.is_open(), "{what}");
            assert!(!run.lines().contains("type='set'"), "{what}");
            run.end();
            continue;
        };
        let text = match method {
            Method::Digest => format!("<digest>{DIGEST}</digest>"),
            _ => format!("<password>{PASSWORD}</password>"),
        };
        assert!(run.lines().contains(&text), "{what}: {}", run.lines());
        assert_eq!(run.lines().matches(PASSWORD).count(), usize::from(safe), "{what}");
        run.result("");
        assert!(run.lines().contains(&format!("desk, by {method}")), "{}", run.lines());
        run.end();
    }
}

/// Passwords are sent as they are, and so is a user name that is not the local part.
#[test]
fn names_and_passwords_are_escaped() {
    let config = Config::new("alice@localhost/my desk".parse().unwrap(), " <ß> & spaces ").unwrap();
    let mut run = Run::start(&config.with_username("al<i>ce"), &Security::Private, true);
    run.server(HEADER).form(PLAIN);
    let login = run.last_sent().unwrap().to_string();
    assert!(login.contains("<username>al&lt;i&gt;ce</username>"), "{login}");
    assert!(login.contains("<password> &lt;ß&gt; &amp; spaces </password>"), "{login}");
    assert!(login.contains("<resource>my desk</resource>"), "{login}");
    run.result("");
    assert!(run.end().ends_with("= ready as alice@localhost/my desk"));
}

/// How the three servers answer, and who we are by it.
#[test]
fn who_we_are() {
    for (attributes, jid) in [
        ("", "alice@localhost/desk"),
        (" from='localhost'", "alice@localhost/desk"),
        (" from='localhost' to='alice@localhost/desk'", "alice@localhost/desk"),
        (" from='alice@localhost' to='ALICE@localhost/given'", "alice@localhost/given"),
        (" from='alice@localhost/desk' to='alice@localhost'", "alice@localhost/desk"),
        (" to='localhost'", "alice@localhost/desk"),
        (" to='@'", "alice@localhost/desk"),
        (" xmlns='jabber:client'", "alice@localhost/desk"),
    ] {
        let mut run = Run::logging_in(&alice());
        run.server(&format!("<iq type='result' id='{}'{attributes}></iq>", run.id()));
        let Outcome::Ready(identity) = &run.outcome else { panic!("{}", run.lines()) };
        assert_eq!(identity.jid.as_str(), jid, "{attributes}");
        run.end();
    }
}

/// Features of a 1.0 header, whenever they come.
#[test]
fn features_are_nothing_to_us() {
    let features = "<stream:features><auth xmlns='http://jabber.org/features/iq-auth'/>\
        <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
        </mechanisms></stream:features>";
    let mut run = Run::start(&alice().with_version("1.0"), &Security::Private, true);
    run.server(HEADER).server(features).form(BOTH).server(features).result("");
    assert!(run.end().ends_with("= ready as alice@localhost/desk"));
}
