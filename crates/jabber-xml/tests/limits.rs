//! Bounded memory, linear time, few allocations.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use bytes::BytesMut;
use common::HEADER;
use jabber_xml::{Element, Fault, Item, Limits, Scanner, StreamCondition};

fn opened(limits: Limits) -> (Scanner, BytesMut) {
    let mut scanner = Scanner::new(limits);
    let mut input = BytesMut::from(HEADER);
    assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
    (scanner, input)
}

/// The fault that a stream with these contents ends with.
fn fault(limits: Limits, inside: &str) -> Option<Fault> {
    let (mut scanner, mut input) = opened(limits);
    input.extend_from_slice(inside.as_bytes());
    loop {
        match scanner.next(&mut input) {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => {
                assert_eq!(error.condition(), StreamCondition::PolicyViolation);
                return Some(error.fault());
            }
        }
    }
}

#[test]
fn threat_25_each_limit_is_exact() {
    let limits = Limits::default();
    assert_eq!(fault(limits.with_element_bytes(8), "<a>x</a>"), None);
    assert_eq!(fault(limits.with_element_bytes(7), "<a>x</a>"), Some(Fault::TooLarge));
    assert_eq!(fault(limits.with_depth(2), "<a><b/><b/></a>"), None);
    assert_eq!(fault(limits.with_depth(1), "<a><b/></a>"), Some(Fault::TooDeep));
    assert_eq!(fault(limits.with_attributes(2), "<a b='' c=''/>"), None);
    assert_eq!(fault(limits.with_attributes(1), "<a b='' c=''/>"), Some(Fault::TooManyAttributes));
    assert_eq!(fault(limits.with_nodes(4), "<a b=''>x<c/></a>"), None);
    assert_eq!(fault(limits.with_nodes(3), "<a b=''>x<c/></a>"), Some(Fault::TooManyNodes));
    let name = |len| format!("<{}/>", "n".repeat(len));
    assert_eq!(fault(limits, &name(1023)), None);
    assert_eq!(fault(limits, &name(1024)), Some(Fault::LongName));
    let declared: String = (0..255).map(|n| format!(" xmlns:p{n}='u'")).collect();
    assert_eq!(fault(limits, &format!("<a{declared}><b xmlns:x='u'/></a>")), None);
    assert_eq!(
        fault(limits, &format!("<a{declared}><b xmlns:x='u' xmlns:y='u'/></a>")),
        Some(Fault::TooManyNamespaces)
    );
}

#[test]
fn what_is_refused_is_refused_before_it_is_all_there() {
    let (mut scanner, mut input) = opened(Limits::default().with_element_bytes(1000));
    input.extend_from_slice(b"<a>");
    for sent in 0.. {
        assert!(sent < 1000, "taken without end");
        input.extend_from_slice(b"x");
        if scanner.next(&mut input).is_err() {
            assert_eq!(sent + 4, 1000);
            break;
        }
    }
}

/// Feeds one byte at a time; a second look at each byte that came before would take minutes.
#[test]
fn one_byte_at_a_time_is_linear() {
    let len = 400_000;
    let long = "x".repeat(len);
    let start = Instant::now();
    for inside in [
        format!("<a>{long}</a>"),
        format!("<a b='{long}'/>"),
        format!("<a><![CDATA[{long}]]></a>"),
        format!("<a><![CDATA[{}]]></a>", "]".repeat(len)),
        format!("<a>{}</a>", "&amp;".repeat(len / 5)),
        format!("<a>{}</a>", "> ".repeat(len / 2)),
        format!("<a{}/>", " ".repeat(len)),
        format!("<a>{}</a>", "<b c='1'/>".repeat(len / 10)),
    ] {
        let (mut scanner, mut input) = opened(Limits::default());
        let mut found = 0;
        for byte in inside.bytes() {
            input.extend_from_slice(&[byte]);
            found += usize::from(matches!(scanner.next(&mut input), Ok(Some(_))));
        }
        assert_eq!(found, 1);
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

/// Shapes that are quadratic for a careless reader.
#[test]
fn threat_25_hostile_shapes_are_read_in_linear_time() {
    let start = Instant::now();
    let limits = Limits::default().with_nodes(1 << 21).with_attributes(1 << 20);
    let many: String = (0..60_000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(fault(limits, &format!("<a{many}/>")), None);
    let spaces: String = (0..1900).map(|n| format!("<x xmlns='urn:{n}'/>")).collect();
    assert_eq!(fault(limits, &format!("<a>{}</a>", spaces.repeat(20))), None);
    let declared: String = (0..250).map(|n| format!(" xmlns:p{n}='urn:p{n}'")).collect();
    assert_eq!(fault(limits, &format!("<a{declared}>{}</a>", "<p0:b/>".repeat(100_000))), None);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_stanza_costs_two_allocations_at_most() {
    let (mut scanner, mut input) = opened(Limits::default());
    let stanza = "<message from='a@b'><body>hello</body><x xmlns='urn:x'/></message>";
    input.reserve(stanza.len() * 300);
    for _ in 0..200 {
        input.extend_from_slice(stanza.as_bytes());
    }
    let mut kept: Vec<Element> = Vec::with_capacity(300);
    let mut read = |count: usize| {
        for _ in 0..count {
            match scanner.next(&mut input) {
                Ok(Some(Item::Element(element))) => kept.push(element),
                other => panic!("{other:?}"),
            }
        }
    };
    read(100);
    let made = allocation_counter::measure(|| read(100)).count_total;
    assert!(made <= 200, "{made} for 100 stanzas");
    let copied = allocation_counter::measure(|| drop(kept.clone())).count_total;
    assert_eq!(copied, 1, "a clone counts a reference");
}

#[test]
fn released_buffers_are_given_back_and_nothing_is_lost() {
    let (mut scanner, mut input) = opened(Limits::default());
    for piece in ["<a><b c", "='1'>t&", "amp;</b>", "</a>"] {
        input.extend_from_slice(piece.as_bytes());
        scanner.release();
        let item = scanner.next(&mut input);
        assert_eq!(scanner.mid_item(), piece != "</a>");
        if piece == "</a>" {
            let Ok(Some(Item::Element(element))) = item else { panic!("{item:?}") };
            assert_eq!(element.to_string(), "<a><b c='1'>t&amp;</b></a>");
        }
    }
    let held = allocation_counter::measure(|| scanner.release()).bytes_current;
    assert!(held < 0, "{held}: nothing was given back");
    assert!(size_of::<Scanner>() <= 344, "{}", size_of::<Scanner>());
    // It goes from layer to layer.
    assert!(size_of::<Element>() <= 24, "{}", size_of::<Element>());
}
