//! The examples of RFC 7622 §3.5 by their numbers in tables 1 and 2.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use jabber_jid::{Jid, JidFault, JidPart};

/// Number, text, local part, domain, resource.
type Valid = (u8, &'static str, Option<&'static str>, &'static str, Option<&'static str>);

const VALID: [Valid; 15] = [
    (1, "juliet@example.com", Some("juliet"), "example.com", None),
    (2, "juliet@example.com/foo", Some("juliet"), "example.com", Some("foo")),
    (3, "juliet@example.com/foo bar", Some("juliet"), "example.com", Some("foo bar")),
    (4, "juliet@example.com/foo@bar", Some("juliet"), "example.com", Some("foo@bar")),
    (5, r"foo\20bar@example.com", Some(r"foo\20bar"), "example.com", None),
    (6, "fussball@example.com", Some("fussball"), "example.com", None),
    (7, "fu\u{DF}ball@example.com", Some("fußball"), "example.com", None),
    (8, "\u{3C0}@example.com", Some("π"), "example.com", None),
    (9, "\u{3A3}@example.com/foo", Some("σ"), "example.com", Some("foo")),
    (10, "\u{3C3}@example.com/foo", Some("σ"), "example.com", Some("foo")),
    (11, "\u{3C2}@example.com/foo", Some("ς"), "example.com", Some("foo")),
    (12, "king@example.com/\u{265A}", Some("king"), "example.com", Some("♚")),
    (13, "example.com", None, "example.com", None),
    (14, "example.com/foobar", None, "example.com", Some("foobar")),
    (15, "a.example.com/b@example.net", None, "a.example.com", Some("b@example.net")),
];

const INVALID: [(u8, &str, JidPart, JidFault); 7] = [
    (16, "\"juliet\"@example.com", JidPart::Local, character('"', 0)),
    (17, "foo bar@example.com", JidPart::Local, character(' ', 3)),
    // 18 is below.
    (19, "@example.com/", JidPart::Local, JidFault::Empty),
    (20, "henry\u{2163}@example.com", JidPart::Local, character('Ⅳ', 5)),
    (21, "\u{265A}@example.com", JidPart::Local, character('♚', 0)),
    (22, "juliet@", JidPart::Domain, JidFault::Empty),
    (23, "/foobar", JidPart::Domain, JidFault::Empty),
];

const fn character(character: char, position: usize) -> JidFault {
    JidFault::Character { character, position }
}

#[test]
fn table_1_jids() {
    for (number, text, local, domain, resource) in VALID {
        let jid = Jid::new(text).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(jid.local(), local, "{number}");
        assert_eq!(jid.domain(), domain, "{number}");
        assert_eq!(jid.resource(), resource, "{number}");
    }
}

#[test]
fn table_1_what_is_the_same_and_what_is_not() {
    let jid = |number: usize| Jid::new(VALID[number - 1].1).unwrap();
    assert_ne!(jid(6), jid(7), "ss is not ß");
    assert_eq!(jid(9), jid(10), "Σ becomes σ");
    assert_ne!(jid(10), jid(11), "σ is not ς");
}

#[test]
fn table_2_no_jids() {
    for (number, text, part, fault) in INVALID {
        let error = Jid::new(text).expect_err(text);
        assert_eq!((error.part(), error.fault()), (part, fault), "{number}");
    }
}

/// Example 18 stands among those that are no JIDs, but erratum 4560 of the RFC takes it out:
/// OpaqueString has no rule against a leading space, and other servers accept it.
#[test]
fn table_2_number_18_is_a_jid_by_erratum_4560() {
    assert_eq!(Jid::new("juliet@example.com/ foo").unwrap().resource(), Some(" foo"));
}
