//! The scanner against two other readers, on random and spoilt streams, seeded; see `common/opinions.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/opinions.rs"]
mod opinions;
#[path = "common/random.rs"]
mod random;

use common::{BAD, GOOD};
use opinions::check;
use random::{Random, stream};

#[test]
fn the_corpus_is_read_the_same() {
    for good in GOOD {
        check(good.replace("</stream:stream>", "").as_bytes());
    }
    for (bad, ..) in BAD {
        check(bad);
    }
}

/// Found by the fuzzer: `]` begins what could end the section, and the line end behind it is one still
/// (XML 1.0 §2.11).
#[test]
fn a_line_end_behind_a_bracket_in_cdata_is_a_line_feed() {
    let inside = "<a><![CDATA[x]\r\ny]]\r\n]]]></a>";
    assert!(check(inside.as_bytes()));
    let element: jabber_xml::Element = inside.parse().unwrap();
    assert_eq!(element.text(), "x]\ny]]\n]");
}

/// Found by the fuzzer: any number of zeros may stand before the digits that count (XML 1.0 §4.1).
#[test]
fn a_reference_may_be_long() {
    assert!(check(b"<a b='&#0000000000065;'>&#x0000000000041;</a>"));
}

/// RFC 6120 §4.8.2, XEP-0114: to the others they are but namespaces.
#[test]
fn the_content_namespaces_are_one() {
    assert!(check(b"<a xmlns='jabber:server' xmlns:p='jabber:component:accept' p:x=''><p:b/></a>"));
    assert!(!check(b"<a xmlns:p='jabber:client' xmlns:r='jabber:server' p:x='' r:x=''/>"));
}

#[test]
fn random_streams_are_read_the_same() {
    let mut taken = 0;
    for seed in 0..60_000 {
        taken += usize::from(check(&stream(&mut Random::new(seed))));
    }
    assert!((3_000..57_000).contains(&taken), "a poor mixture: {taken} taken");
}

#[test]
fn the_fuzz_corpus_is_read_the_same() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/scanner");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        // Two bytes say how it is split, and bit 0 whether it comes without a header.
        let input = std::fs::read(entry.unwrap().path()).unwrap();
        if let [mode, _, inside @ ..] = &input[..]
            && mode & 1 == 0
        {
            check(inside);
            checked += 1;
        }
    }
    assert!(checked >= 20, "{checked} files");
}

#[test]
fn the_fuzz_corpus_of_its_own_is_read_the_same() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/second_opinion");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
        checked += 1;
    }
    assert!(checked >= 20, "{checked} files");
}
