//! Four times the bytes are about four times the work, in whatever pieces they come.
//!
//! Measured by the clock, each size as often as it takes: another program on the machine may spoil
//! many tries, but no luck makes quadratic work, sixteen times as much, look like less than nine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Instant;

use bytes::BytesMut;
use jabber_xml::{Element, Item, Limits, Scanner, Scope, ns};

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
/// Of four times the input: in between linear and quadratic.
const AT_MOST: f64 = 9.0;
const TRIES: usize = 40;

fn is_linear(what: &str, work: impl Fn(bool)) {
    let (mut small, mut large) = (f64::INFINITY, f64::INFINITY);
    let time = |is_large| {
        let start = Instant::now();
        work(is_large);
        start.elapsed().as_secs_f64()
    };
    for tries in 1..=TRIES {
        small = small.min(time(false));
        large = large.min(time(true));
        if tries > 2 && large < AT_MOST * small {
            return;
        }
    }
    panic!("{what}: {:.1} times the work", large / small);
}

/// Reads a stream with these contents; `piece` bytes come at a time.
fn read(inside: &str, piece: usize) -> Option<Element> {
    let limits = Limits::default()
        .with_nodes(1 << 24)
        .with_attributes(1 << 20)
        .with_depth(1 << 20)
        .with_element_bytes(1 << 26);
    let mut scanner = Scanner::new(limits);
    let mut input = BytesMut::from(HEADER);
    assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
    let mut last = None;
    for piece in inside.as_bytes().chunks(piece) {
        input.extend_from_slice(piece);
        while let Some(item) = scanner.next(&mut input).unwrap_or_else(|e| panic!("{e}")) {
            if let Item::Element(element) = item {
                last = Some(element);
            }
        }
    }
    last
}

fn numbered(count: usize, unit: impl Fn(usize) -> String) -> String {
    (0..count).map(unit).collect()
}

/// The shapes, each of about `size` bytes.
fn shapes(size: usize) -> Vec<(&'static str, String)> {
    let long = "x".repeat(size);
    vec![
        ("a text", format!("<a>{long}</a>")),
        ("an attribute", format!("<a b='{long}'/>")),
        ("an attribute that never ends", format!("<a b='{long}")),
        ("a CDATA section", format!("<a><![CDATA[{long}]]></a>")),
        ("the end of a CDATA section", format!("<a><![CDATA[{}]]></a>", "]".repeat(size))),
        ("references", format!("<a>{}</a>", "&amp;".repeat(size / 5))),
        ("a reference of many digits", format!("<a>&#{}38;</a>", "0".repeat(size))),
        ("greater-than signs", format!("<a>{}</a>", "]>".repeat(size / 2))),
        ("characters beyond ASCII", format!("<a>{}</a>", "\u{4e2d}".repeat(size / 3))),
        ("space in a tag", format!("<a{}/>", " ".repeat(size))),
        ("space in an end tag", format!("<a></a{}>", " ".repeat(size))),
        ("space between elements", format!("{}<a/>", " ".repeat(size))),
        ("children", format!("<a>{}</a>", "<b c='1'/>".repeat(size / 10))),
        ("elements", "<b c='1'/>".repeat(size / 10)),
        ("levels", format!("{}{}", "<a>".repeat(size / 7), "</a>".repeat(size / 7))),
        ("attributes", format!("<a{}/>", numbered(size / 10, |n| format!(" a{n:06}=''")))),
        (
            "prefixes declared anew",
            format!(
                "<a>{}</a>",
                numbered(size / 29, |n| format!("<p{n:06}:b xmlns:p{n:06}='u'/>"))
            ),
        ),
        (
            "levels with a prefix",
            format!(
                "<a xmlns:p='u'>{}{}</a>",
                "<p:a>".repeat(size / 11),
                "</p:a>".repeat(size / 11)
            ),
        ),
        (
            "attributes with a prefix",
            format!("<a xmlns:p='u'{}/>", numbered(size / 12, |n| format!(" p:a{n:06}=''"))),
        ),
    ]
}

fn reading_is_linear(size: usize, piece: usize) {
    for (small, large) in shapes(size).into_iter().zip(shapes(4 * size)) {
        is_linear(small.0, |is_large| {
            drop(read(if is_large { &large.1 } else { &small.1 }, piece));
        });
    }
}

#[test]
fn threat_25_reading_is_linear_in_one_piece() {
    reading_is_linear(50_000, usize::MAX);
}

#[test]
fn threat_25_reading_is_linear_byte_by_byte() {
    reading_is_linear(10_000, 1);
}

/// A declaration is looked up among those that came before: however many, up to the limit.
#[test]
fn threat_25_many_namespaces_cost_what_one_does() {
    let declared = |count: usize| {
        let first = numbered(count, |n| format!("<x xmlns='urn:{n:04}'/>"));
        let last = format!("<x xmlns='urn:{:04}'/>", count - 1);
        format!("<a>{first}{}</a>", last.repeat(10_000 - count))
    };
    let (one, many) = (declared(1), declared(1990));
    is_linear("many namespaces", |is_many| {
        assert!(read(if is_many { &many } else { &one }, usize::MAX).is_some());
    });
}

/// What is read is written: to another stream, to be shown, to be compared.
#[test]
fn threat_25_writing_what_was_read_is_linear() {
    type Work = fn(&Element);
    let works: [(&str, Work); 5] = [
        ("written", |it| {
            let mut out = BytesMut::new();
            it.write_to(&mut out, &Scope::content(ns::JABBERD20_COMPONENT));
        }),
        ("shown", |it| drop(it.to_string())),
        ("shown to people", |it| drop(it.pretty().to_string())),
        ("compared", |it| assert!(it == it)),
        ("a child taken out", |it| drop(it.children().last().map(Element::from))),
    ];
    // As the last child of a stanza that declares more than the stream does, behind many others.
    let around = |(what, text): (&'static str, String), size: usize| {
        let before = "<y/>".repeat(size / 4);
        let text = format!("<x xmlns='jabber:client'>{before}{text}</x>");
        (what, text.parse::<Element>().ok())
    };
    for (small, large) in shapes(10_000).into_iter().zip(shapes(40_000)) {
        let (small, large) = (around(small, 10_000), around(large, 40_000));
        let ((what, Some(small)), (_, Some(large))) = (small, large) else { continue };
        for (how, work) in &works {
            is_linear(&format!("{what}, {how}"), |is_large| {
                work(if is_large { &large } else { &small });
            });
        }
    }
}
