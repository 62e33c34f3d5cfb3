use proptest::prelude::*;

use super::*;

/// What is taken as it stands is what preparing would have given.
#[track_caller]
fn agrees(from: &str) {
    let Some(plain) = plain(from) else { return };
    match Jid::new(from) {
        Ok(jid) => {
            let prepared = Sender::Prepared(jid);
            assert_eq!(plain.full(), prepared.full());
            assert_eq!(plain.bare(), prepared.bare());
            assert_eq!(plain.domain(), prepared.domain());
        }
        // Then its domain is nobody's.
        Err(_) => {
            assert_ne!(Jid::new(plain.domain()).ok().map(String::from), Some(plain.domain().into()))
        }
    }
}

#[test]
fn plain_addresses_are_taken_as_they_stand() {
    for from in ["a@b", "a@b/c", "b", "b/c", "a@b/c@d/e", "a_b.c-d@e.f", "1@127.0.0.1/%&'\""] {
        assert!(plain(from).is_some(), "{from}");
        agrees(from);
    }
    for from in [
        "",
        "@b",
        "a@",
        "a@b/",
        "A@b",
        "a@B",
        "a@b.",
        "a@xn--bcher-kva",
        "a@b/ c",
        "ä@b",
        "a@[::1]",
    ] {
        assert!(plain(from).is_none(), "{from}");
    }
    let long = "a".repeat(1024);
    for from in [format!("{long}@b"), format!("a@{long}"), format!("a@b/{long}")] {
        assert!(plain(&from).is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_is_prepared(from in "[a-cA-Z0-9x._@/ -]{0,12}|(xn--)?[a-z0-9-]{1,6}(\\.[a-z0-9-]{0,3}){0,2}") {
        agrees(&from);
    }
}
