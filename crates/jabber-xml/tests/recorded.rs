//! With what is recorded between elements nothing of a stream is left out, however it is split.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bytes::BytesMut;
use jabber_xml::{Item, Limits, Scanner};

const STREAMS: [&str; 2] = [
    "<?xml version='1.0'?>\n <stream:stream xmlns='jabber:client' id=\"1\" extra='x'\n \
     xmlns:stream='http://etherx.jabber.org/streams'>\n<a>1</a> \n\t<b/><c x='y' ></c>   </stream:stream >",
    " <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' >",
];

/// What came, in pieces: what was recorded, and elements in brackets.
fn pieces(parts: &[&str]) -> Vec<String> {
    let mut scanner = Scanner::new(Limits::default());
    scanner.record(true);
    let (mut input, mut pieces) = (BytesMut::new(), Vec::new());
    let mut spaces = String::new();
    for part in parts {
        input.extend_from_slice(part.as_bytes());
        loop {
            let item = scanner.next(&mut input).unwrap();
            let recorded = String::from_utf8(scanner.take_recorded().to_vec()).unwrap();
            let Some(item) = item else {
                assert!(recorded.trim().is_empty(), "{recorded:?} has no item");
                spaces += &recorded;
                break;
            };
            let recorded = std::mem::take(&mut spaces) + &recorded;
            if !recorded.is_empty() {
                pieces.push(recorded);
            }
            if let Item::Element(element) = item {
                pieces.push(format!("[{}]", element.as_str()));
            }
        }
    }
    if !spaces.is_empty() {
        pieces.push(spaces);
    }
    pieces
}

#[test]
fn nothing_is_left_out_however_it_is_split() {
    for stream in STREAMS {
        let whole = pieces(&[stream]);
        assert_eq!(whole.concat().replace(['[', ']'], ""), stream);
        for at in 0..=stream.len() {
            let (one, other) = stream.split_at(at);
            assert_eq!(pieces(&[one, other]), whole, "split at {at}");
        }
    }
}

#[test]
fn nothing_is_kept_unless_asked_for() {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = BytesMut::from(STREAMS[0]);
    while !matches!(scanner.next(&mut input).unwrap(), Some(Item::End)) {
        assert!(scanner.take_recorded().is_empty());
    }
    scanner.record(true);
    scanner.restart();
    let mut input = BytesMut::from(STREAMS[1]);
    scanner.next(&mut input).unwrap();
    assert_eq!(&scanner.take_recorded()[..], STREAMS[1].as_bytes());
    scanner.record(false);
    assert!(scanner.take_recorded().is_empty());
}
