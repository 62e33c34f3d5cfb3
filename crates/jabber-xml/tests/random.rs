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
use common::{HEADER, effects, survives};
use jabber_xml::{Item, Limits, Scanner};
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
