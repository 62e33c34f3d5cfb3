//! What parsing allocates: for plain ASCII one shared string, and nothing for narrowing it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use allocation_counter::measure;
use jabber_jid::Jid;

#[test]
fn plain_ascii_takes_one_allocation() {
    for text in ["alice@localhost/oracle", "Alice@LOCALHOST/Oracle", "localhost", "a@127.0.0.1"] {
        let counted = measure(|| drop(std::hint::black_box(Jid::new(text))));
        assert_eq!(counted.count_total, 1, "{text}");
    }
}

#[test]
fn narrowing_and_cloning_take_none() {
    let jid = Jid::new("alice@localhost/oracle").unwrap();
    let counted = measure(|| {
        assert_eq!(jid.clone().to_bare().to_domain().as_str(), "localhost");
        assert!(jid.matches_bare(&jid.to_bare()));
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn faults_take_none_in_ascii() {
    let counted = measure(|| assert!(Jid::new("@localhost").is_err()));
    assert_eq!(counted.count_total, 0);
}
