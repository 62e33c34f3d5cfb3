//! However the bytes are split, the effects are the same, for good and bad input.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{BAD, GOOD, HEADER, effects, effects_within};
use jabber_xml::Limits;

fn streams() -> Vec<Vec<u8>> {
    let good = GOOD.iter().map(|s| s.as_bytes());
    let bad = BAD.iter().map(|(s, ..)| *s);
    let mut all: Vec<Vec<u8>> = good.chain(bad).map(|s| [HEADER.as_bytes(), s].concat()).collect();
    all.extend(common_headers().iter().map(|h| [h.as_bytes(), b"<a/></stream:stream>"].concat()));
    all
}

fn common_headers() -> Vec<String> {
    let stream = "xmlns:stream='http://etherx.jabber.org/streams'";
    vec![
        format!("<stream:stream {stream} xmlns='jabber:client'>"),
        format!("\n <stream:stream {stream}>"),
        format!("\n<?xml version='1.0'?><stream:stream {stream}>"),
        format!(
            "<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\n<stream:stream {stream}>"
        ),
        format!("<?xml version='1.0' encoding='UTF-16'?><stream:stream {stream}>"),
        format!("<?xml version='1.1'?><stream:stream {stream}>"),
        format!("<?xml encoding='UTF-8'?><stream:stream {stream}>"),
        format!("<?xml version='1.0'?><?xml version='1.0'?><stream:stream {stream}>"),
        format!("<!DOCTYPE x><stream:stream {stream}>"),
        format!("<stream:stream {stream}/>"),
        "<stream xmlns='http://etherx.jabber.org/streams' xmlns:c='jabber:client'>".to_owned(),
        "<stream:stream xmlns:stream='urn:x'>".to_owned(),
        "<stream xmlns='jabber:client'>".to_owned(),
        "<html>".to_owned(),
        "HTTP/1.1 400 Bad Request\r\n".to_owned(),
        "</stream:stream>".to_owned(),
        "\u{feff}<stream:stream>".to_owned(),
    ]
}

#[test]
fn every_split_in_two_has_the_same_effects() {
    for stream in streams() {
        let whole = effects([&stream[..]]);
        for at in 0..=stream.len() {
            let (a, b) = stream.split_at(at);
            let text = String::from_utf8_lossy(&stream);
            assert_eq!(effects([a, b]), whole, "split at {at}: {text}");
        }
    }
}

#[test]
fn one_byte_at_a_time_has_the_same_effects() {
    for stream in streams() {
        assert_eq!(effects(stream.chunks(1)), effects([&stream[..]]));
    }
}

#[test]
fn every_pair_of_splits_within_a_short_element_has_the_same_effects() {
    let stream = [HEADER.as_bytes(), b"<a x='&lt;'>]]<![CDATA[]]]]></a ></stream:stream>"].concat();
    let whole = effects([&stream[..]]);
    assert_eq!(whole.len(), 3);
    for a in HEADER.len()..stream.len() {
        for b in a..stream.len() {
            assert_eq!(effects([&stream[..a], &stream[a..b], &stream[b..]]), whole);
        }
    }
}

#[test]
fn limits_strike_at_the_same_place_for_every_split() {
    let stream = [HEADER.as_bytes(), b"<a b='1'><c><d/></c>text &amp; more</a><e></f>"].concat();
    let base = Limits::default().with_header_bytes(1000);
    for limits in [
        base.with_element_bytes(20),
        base.with_element_bytes(39),
        base.with_element_bytes(38),
        base.with_depth(2),
        base.with_nodes(4),
        base.with_attributes(0),
        base.with_header_bytes(100),
    ] {
        let whole = effects_within(limits, [&stream[..]]);
        for at in 0..=stream.len() {
            let (a, b) = stream.split_at(at);
            assert_eq!(effects_within(limits, [a, b]), whole, "split at {at} with {limits:?}");
        }
        assert_eq!(effects_within(limits, stream.chunks(1)), whole, "{limits:?}");
    }
}
