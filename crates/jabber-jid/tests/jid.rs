//! The type: its parts, comparison, messages.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeSet, HashSet};

use jabber_jid::Jid;

fn jid(text: &str) -> Jid {
    text.parse().unwrap()
}

#[test]
fn compares_prepared_forms() {
    let same = [jid("Ａlice@BÜCHER.example/X"), jid("alice@xn--bcher-kva.example./X")];
    assert_eq!(same[0], same[1]);
    assert_eq!(HashSet::from(same.clone()).len(), 1);
    assert_eq!(BTreeSet::from(same).len(), 1);
    assert_ne!(jid("a@b/x"), jid("a@b/X"));
    assert_ne!(jid("b/x"), jid("a@b/x"));
    assert!(jid("a@b") < jid("a@c"));
}

#[test]
fn narrows_without_the_rest_showing() {
    let full = jid("alice@example.com/a@b/c");
    assert!(!full.is_bare());
    let bare = full.to_bare();
    assert_eq!(
        (bare.local(), bare.domain(), bare.resource()),
        (Some("alice"), "example.com", None)
    );
    assert_eq!(bare.as_str(), "alice@example.com");
    assert_eq!(bare, jid("alice@example.com"));
    assert!(bare.is_bare());
    let domain = full.to_domain();
    assert_eq!((domain.local(), domain.domain(), domain.resource()), (None, "example.com", None));
    assert_eq!(domain, jid("example.com"));
    assert_eq!(domain.to_bare(), domain);
    assert_eq!(HashSet::from([domain, jid("example.com")]).len(), 1);
}

#[test]
fn matches_bare_ignores_resources_only() {
    let full = jid("alice@example.com/x");
    assert!(full.matches_bare(&jid("alice@example.com")));
    assert!(full.matches_bare(&jid("ALICE@example.com/y")));
    assert!(!full.matches_bare(&jid("alice@example.net")));
    assert!(!full.matches_bare(&jid("example.com")));
    assert!(full.to_domain().matches_bare(&jid("example.com/z")));
}

#[test]
fn converts() {
    assert_eq!(Jid::try_from("A@b").unwrap().to_string(), "a@b");
    assert_eq!(String::from(Jid::try_from(String::from("A@b/C")).unwrap()), "a@b/C");
    assert_eq!(format!("{:?} {:>5}", jid("a@b"), jid("b")), "Jid(\"a@b\")     b");
    assert!(Jid::from_parts(Some("a@b"), "c", None).is_err(), "no smuggling of separators");
    assert!(Jid::from_parts(None, "a@c", None).is_err());
    assert!(Jid::from_parts(None, "a/c", None).is_err());
}

#[test]
fn errors_say_what_to_do() {
    for (text, message) in [
        ("@b", "the local part (before '@') is empty: write it, or leave its separator out"),
        ("a@", "the domain is empty: write it, or leave its separator out"),
        ("b/", "the resource (after '/') is empty: write it, or leave its separator out"),
        ("a b@c", "the local part (before '@') must not have ' ' (U+0020) (at byte 1): remove it"),
        ("b/\n", "the resource (after '/') must not have '\\n' (U+000A) (at byte 0): remove it"),
        ("[1]", "the domain has no IPv6 address in its brackets: write it as [::1]"),
    ] {
        assert_eq!(Jid::new(text).unwrap_err().to_string(), message);
    }
}

#[test]
fn is_small_and_goes_to_other_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Jid>();
    assert_eq!(size_of::<Jid>(), 24);
}

#[cfg(feature = "serde")]
#[test]
fn serde_is_its_text() {
    assert_eq!(serde_json::to_string(&jid("A@b/C")).unwrap(), "\"a@b/C\"");
    assert_eq!(serde_json::from_str::<Jid>("\"A@b/\\u0043\"").unwrap(), jid("a@b/C"));
    assert!(serde_json::from_str::<Jid>("\"@b\"").is_err());
}
