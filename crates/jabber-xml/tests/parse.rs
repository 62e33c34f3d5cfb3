//! XML that a person wrote.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use jabber_xml::{Element, Fault, Place, StreamHeader, ns};

#[test]
fn white_space_around_the_element_is_allowed() {
    let e: Element = "\n  <presence/>\n".parse().unwrap();
    assert_eq!(e.as_str(), "<presence/>");
    assert_eq!(e.namespace(), ns::CLIENT);
}

#[test]
fn errors_say_where_and_what_to_do() {
    for (text, fault, line, column) in [
        ("", Fault::Empty, 1, 1),
        ("   \n", Fault::Empty, 2, 1),
        ("hello", Fault::NotOneElement, 1, 1),
        ("<a/><b/>", Fault::NotOneElement, 1, 5),
        ("<a/>\n x", Fault::NotOneElement, 2, 2),
        ("<a>", Fault::Incomplete, 1, 4),
        ("<a", Fault::Incomplete, 1, 3),
        ("<a>\n<b></a>", Fault::EndTag, 2, 6),
        ("</a>", Fault::EndTag, 1, 1),
        ("</stream:stream>", Fault::EndTag, 1, 1),
        ("<\u{e4}\u{f6} b='<'/>", Fault::LessThan, 1, 8),
        ("<a b='1' b='2'/>", Fault::DuplicateAttribute, 1, 10),
        ("<stream:error/>", Fault::UndeclaredPrefix, 1, 2),
        ("<a>&nbsp;</a>", Fault::Entity, 1, 4),
        ("<a>AT&T</a>", Fault::Reference, 1, 6),
        ("<a>\u{1}</a>", Fault::Character, 1, 4),
        ("<?xml version='1.0'?><a/>", Fault::MisplacedXmlDeclaration, 1, 1),
        ("<?php x?><a/>", Fault::ProcessingInstruction, 1, 1),
        ("<a><!-- no --></a>", Fault::Comment, 1, 4),
        ("<!DOCTYPE a><a/>", Fault::Doctype, 1, 1),
        ("<x:stream xmlns:x='http://etherx.jabber.org/streams'/>", Fault::NestedStream, 1, 1),
    ] {
        let error = text.parse::<Element>().unwrap_err();
        assert_eq!((error.fault(), error.place()), (fault, Some(Place { line, column })), "{text}");
        assert!(error.to_string().starts_with(&format!("line {line}, column {column}: ")));
        assert!(fault.advice().is_some(), "{fault:?} has no advice");
    }
}

#[test]
fn headers_go_there_and_back() {
    let header = StreamHeader::new(ns::COMPONENT_ACCEPT)
        .with_to("echo.localhost")
        .with_from("it's")
        .with_id("a&b")
        .with_version("1.0")
        .with_lang("en");
    let mut input = bytes::BytesMut::new();
    header.write_to(&mut input);
    header.write_end(&mut input);
    let mut scanner = jabber_xml::Scanner::new(jabber_xml::Limits::default());
    let Ok(Some(jabber_xml::Item::Header(read))) = scanner.next(&mut input) else { panic!() };
    assert_eq!(read, header);
    assert_eq!((read.content(), read.id()), (ns::COMPONENT_ACCEPT, Some("a&b")));
    assert_eq!(scanner.scope().unwrap(), &read.scope());
    assert!(matches!(scanner.next(&mut input), Ok(Some(jabber_xml::Item::End))));
}
