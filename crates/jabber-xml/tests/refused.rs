//! What is refused, with which condition and where.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use bytes::BytesMut;
use common::{BAD, GOOD, HEADER, effects};
use jabber_xml::{Fault, Item, Limits, Scanner, StreamCondition as C, XmlError};

fn error(stream: &[u8]) -> Option<XmlError> {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = BytesMut::from(stream);
    loop {
        match scanner.next(&mut input) {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}

#[test]
fn good_streams_are_taken() {
    for good in GOOD {
        let seen = effects([HEADER.as_bytes(), good.as_bytes()]);
        assert!(!seen.iter().any(|s| s.contains(" at ")), "{good}: {seen:?}");
        assert!(seen.len() > 1, "{seen:?}");
    }
}

#[test]
fn bad_streams_are_refused_where_they_are_bad() {
    let mut wrong = Vec::new();
    for &(bad, fault, at) in BAD {
        let text = String::from_utf8_lossy(bad);
        let found = error(&[HEADER.as_bytes(), bad].concat());
        if fault == Fault::Incomplete {
            assert!(found.is_none(), "{text}");
            continue;
        }
        let found = found.map(|e| (e.fault(), e.position() as usize - HEADER.len()));
        if found != Some((fault, at)) {
            wrong.push(format!("{text}: {found:?} is not {:?}", (fault, at)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_fault_has_its_condition() {
    let behind = |s: &str| error(format!("{HEADER}{s}").as_bytes()).map(|e| e.condition());
    for (bad, condition) in [
        ("<a></b>", C::NotWellFormed),
        ("<a>\u{1}</a>", C::NotWellFormed),
        ("<a>&x;</a>", C::RestrictedXml),
        ("<!--x-->", C::RestrictedXml),
        ("<?x?>", C::RestrictedXml),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>", C::RestrictedXml),
        ("<u:a/>", C::BadNamespacePrefix),
        ("<a u:b='1'/>", C::BadNamespacePrefix),
        ("text", C::BadFormat),
        ("<stream:stream>", C::BadFormat),
        ("<a b='1' b='2'/>", C::NotWellFormed),
    ] {
        assert_eq!(behind(bad), Some(condition), "{bad}");
    }
    let deep = "<a>".repeat(257);
    assert_eq!(behind(&deep), Some(C::PolicyViolation));
    let nodes = format!("<a>{}", "<b/>".repeat(1 << 17));
    assert_eq!(behind(&nodes), Some(C::PolicyViolation));
    let many: String = (0..300).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(behind(&format!("<a{many}/>")), Some(C::PolicyViolation));
    let long = "a".repeat(2000);
    assert_eq!(behind(&format!("<{long}/>")), Some(C::PolicyViolation));
    assert_eq!(behind(&format!("<a>{}", "x".repeat(1 << 20))), Some(C::PolicyViolation));
}

#[test]
fn headers_are_refused_with_their_condition() {
    let stream = "xmlns:stream='http://etherx.jabber.org/streams'";
    for (header, condition) in [
        ("<stream:stream xmlns:stream='urn:x'>".to_owned(), C::InvalidNamespace),
        ("<stream xmlns='jabber:client'>".to_owned(), C::InvalidNamespace),
        ("<html>".to_owned(), C::InvalidNamespace),
        ("<stream:stream>".to_owned(), C::BadNamespacePrefix),
        (format!("<stream:flow {stream}>"), C::BadFormat),
        (
            format!("<?xml version='1.0' encoding='ISO-8859-1'?><stream:stream {stream}>"),
            C::UnsupportedEncoding,
        ),
        (format!("<?xml version='1.1'?><stream:stream {stream}>"), C::NotWellFormed),
        (
            format!("<?xml version='1.0' encoding='UTF-8' version='1.0'?><stream:stream {stream}>"),
            C::NotWellFormed,
        ),
        (
            format!("<?xml version='1.0'encoding='UTF-8'?><stream:stream {stream}>"),
            C::NotWellFormed,
        ),
        (format!("<?xml ?><stream:stream {stream}>"), C::NotWellFormed),
        (format!(" <?xml version='1.0'?><stream:stream {stream}>"), C::NotWellFormed),
        (format!("<!-- x --><stream:stream {stream}>"), C::RestrictedXml),
        (format!("<!DOCTYPE x><stream:stream {stream}>"), C::RestrictedXml),
        (format!("<?xsl x?><stream:stream {stream}>"), C::RestrictedXml),
        ("HTTP/1.1 400 Bad Request".to_owned(), C::NotWellFormed),
        (format!("<stream:stream {stream} a='1' a='2'>"), C::NotWellFormed),
        (format!("<stream:stream {stream} a='{}'>", "x".repeat(20_000)), C::PolicyViolation),
    ] {
        assert_eq!(error(header.as_bytes()).map(|e| e.condition()), Some(condition), "{header}");
    }
}

#[test]
fn white_space_of_the_old_stream_may_come_before_a_restarted_one() {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = BytesMut::from(HEADER);
    assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
    scanner.restart();
    input.extend_from_slice(b"\n ");
    input.extend_from_slice(HEADER.as_bytes());
    assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
}

#[test]
fn a_stream_element_deeper_down_is_payload() {
    let seen = effects([HEADER.as_bytes(), b"<message><stream:stream/></message>"]);
    assert_eq!(seen.len(), 2);
    assert!(seen[1].contains("{http://etherx.jabber.org/streams}stream"), "{}", seen[1]);
}

#[test]
fn errors_name_no_content() {
    let error = error(format!("{HEADER}<secret>&hunter2;</secret>").as_bytes()).unwrap();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}
