//! What no stream may hold ends it: which fault, which condition, and nothing behind it is used.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod constructs;

use bytes::BytesMut;
use constructs::{CONSTRUCTS, Construct, HEADERS, of_threat};
use jabber_xml::{Element, Fault, Item, Limits, Scanner, StreamCondition, ns};

const HEADER: &str = "<stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' id='1'>";

/// What a careless reader would take for a stanza, out of any state.
const BEHIND: &[u8] =
    b"<behind/>-->?>'/>\"/>]]></a></b></a></stream:stream><behind/><behind>x</behind>";

/// Feeds a stream in pieces: what came out before the error, and the error.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<String>, Option<(Fault, u64)>) {
    let mut scanner = Scanner::new(Limits::default());
    let (mut input, mut seen, mut failed) = (BytesMut::new(), Vec::new(), None);
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match scanner.next(&mut input) {
                Ok(None) => break,
                Ok(Some(item)) => {
                    assert!(failed.is_none(), "{item:?} came behind an error");
                    seen.push(match item {
                        Item::Element(element) => element.to_string(),
                        other => format!("{other:?}"),
                    });
                }
                Err(error) => {
                    let first = *failed.get_or_insert((error.fault(), error.position()));
                    assert_eq!(first, (error.fault(), error.position()), "it stays");
                    break;
                }
            }
        }
    }
    (seen, failed)
}

fn is_refused(before: &[u8], bytes: &[u8], fault: Fault, condition: StreamCondition) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let stream = [before, bytes, BEHIND].concat();
    let (seen, failed) = read([&stream[..]]);
    let Some((found, at)) = failed else { panic!("{text} was taken: {seen:?}") };
    assert_eq!((found, found.condition()), (fault, condition), "{text}");
    assert!(at <= (before.len() + bytes.len()) as u64, "{text}: refused at {at}, too late");
    assert!(!seen.iter().any(|item| item.contains("behind")), "{text}: {seen:?}");
    // However it is cut.
    for cut in before.len()..=before.len() + bytes.len() {
        let (a, b) = stream.split_at(cut);
        assert_eq!(read([a, b]), (seen.clone(), failed), "{text} cut at {cut}");
    }
    assert_eq!(read(stream.chunks(1)), (seen, failed), "{text} byte by byte");
}

fn all_of(threat: u8) {
    assert!(of_threat(threat).count() > 5);
    for Construct { bytes, fault, condition, .. } in of_threat(threat) {
        is_refused(HEADER.as_bytes(), bytes, *fault, *condition);
    }
}

#[test]
fn threat_22_entities_and_dtds_end_the_stream() {
    all_of(22);
}

#[test]
fn threat_23_comments_and_processing_instructions_end_the_stream() {
    all_of(23);
}

#[test]
fn threat_24_what_is_no_character_ends_the_stream_and_smuggles_nothing() {
    all_of(24);
}

/// A namespace name is one string: a space or a line end in it is part of it.
#[test]
fn threat_24_nothing_separates_names_within_a_namespace() {
    for uri in ["jabber:client ", " jabber:client", "jabber:client\u{a0}", "jabber:client&#10;iq"] {
        let element: Element = format!("<iq xmlns='{uri}'/>").parse().unwrap();
        assert!(!element.is("iq", ns::CLIENT), "{uri:?}");
        assert_eq!(element.to_string().parse::<Element>().unwrap(), element);
    }
}

#[test]
fn threat_26_every_error_ends_the_stream_for_good() {
    for Construct { bytes, fault, condition, .. } in CONSTRUCTS {
        is_refused(HEADER.as_bytes(), bytes, *fault, *condition);
        // In the middle of an element it is the same, whatever the depth.
        if !matches!(fault, Fault::StrayText | Fault::NestedStream) && bytes.starts_with(b"<a") {
            let inside = [HEADER.as_bytes(), b"<x><y>".as_slice()].concat();
            is_refused(&inside, bytes, *fault, *condition);
        }
    }
}

#[test]
fn threat_27_prefixes_and_namespaces_that_are_wrong_end_the_stream() {
    all_of(27);
}

#[test]
fn threat_27_no_stream_begins_with_anything_else() {
    for (bytes, fault, condition) in HEADERS {
        is_refused(b"", bytes, *fault, *condition);
    }
}

/// Namespaces in XML 1.0 §6: a prefix is what it is declared for, where it is declared.
#[test]
fn threat_27_what_an_element_is_does_not_hang_on_its_prefix() {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = BytesMut::from(
        "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:client'>\
         <s:features/><stream:features xmlns:stream='urn:x'/><features/>\
         <f:features xmlns:f='http://etherx.jabber.org/streams'/>\
         <features xmlns='http://etherx.jabber.org/streams'/>\
         <s:features xmlns:s='urn:x'><s:a/></s:features><s:error/></s:stream>",
    );
    let mut features = Vec::new();
    loop {
        match scanner.next(&mut input).unwrap() {
            Some(Item::Element(element)) => features.push(element.is("features", ns::STREAM)),
            Some(Item::Header(header)) => assert_eq!(header.content(), ns::CLIENT),
            Some(Item::End) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(features, [true, false, false, true, true, false, false]);
}
