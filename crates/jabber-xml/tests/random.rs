//! A fuzzer of fixed length that runs wherever tests run: random streams, split at random, have
//! the same effects, and what is read can be written and read again.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/random.rs"]
mod random;

use bytes::BytesMut;
use common::{HEADER, effects};
use jabber_xml::{Element, Item, Limits, Scanner, Scope, ns};
use random::{Random, stream};

#[test]
fn random_streams_have_the_same_effects_however_split() {
    for seed in 0..20_000 {
        let random = &mut Random::new(seed);
        let bytes = [HEADER.as_bytes(), &stream(random), b"</stream:stream>"].concat();
        let whole = effects([&bytes[..]]);
        let mut pieces = Vec::new();
        let mut rest = &bytes[HEADER.len() - 5..];
        pieces.push(&bytes[..HEADER.len() - 5]);
        while !rest.is_empty() {
            let (piece, more) = rest.split_at((1 + random.below(12)).min(rest.len()));
            pieces.push(piece);
            rest = more;
        }
        assert_eq!(effects(pieces), whole, "seed {seed}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn whatever_is_read_survives_being_written_anywhere() {
    let mut checked = 0;
    for seed in 100_000..120_000 {
        let inside = stream(&mut Random::new(seed));
        let mut input = BytesMut::from(HEADER);
        input.extend_from_slice(&inside);
        let mut scanner = Scanner::new(Limits::default());
        while let Ok(Some(item)) = scanner.next(&mut input) {
            let Item::Element(element) = item else { continue };
            survives(&element);
            for child in element.children() {
                survives(&child.to_element());
            }
            checked += 1;
        }
    }
    assert!(checked > 2000, "{checked}");
}

fn survives(element: &Element) {
    if element.is("stream", ns::STREAM) {
        // As a child it was payload; by itself it would be a header.
        return;
    }
    let text = element.to_string();
    let read: Element = text.parse().unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(&read, element, "{text}");
    assert_eq!(element.clone().compact(), *element);
    let pretty = element.pretty().to_string();
    assert!(pretty.parse::<Element>().is_ok(), "{pretty}");
    for default in [ns::CLIENT, ns::COMPONENT_ACCEPT, ns::JABBERD20_COMPONENT, ns::STREAM] {
        let scope = Scope::content(default);
        let mut input = BytesMut::from(
            format!("<stream:stream xmlns='{default}' xmlns:stream='{}'>", ns::STREAM).as_bytes(),
        );
        element.write_to(&mut input, &scope);
        let mut scanner = Scanner::new(Limits::default());
        assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
        match scanner.next(&mut input) {
            Ok(Some(Item::Element(read))) => assert_eq!(&read, element, "{text} on {default}"),
            other => panic!("{other:?} for {text} on {default}"),
        }
    }
}
