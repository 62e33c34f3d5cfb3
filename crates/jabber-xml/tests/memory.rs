//! What a scanner holds at most while it reads the worst elements that the limits allow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use bytes::BytesMut;
use jabber_xml::{Element, Fault, Item, Limits, Scanner};

const HEADER: &str =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
/// What a driver reads at once.
const READ: usize = 8 << 10;
const MIB: u64 = 1 << 20;

/// Reads until an element or an error, as a driver does: the greatest heap on the way, what is held
/// in the end, and how it ended.
fn peak(limits: Limits, inside: impl Iterator<Item = u8>) -> (u64, u64, Result<Element, Fault>) {
    let mut inside = inside.peekable();
    let mut end = None;
    let heap = allocation_counter::measure(|| {
        let mut scanner = Scanner::new(limits);
        let mut input = BytesMut::from(HEADER);
        assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
        while end.is_none() && inside.peek().is_some() {
            input.reserve(READ);
            input.extend(inside.by_ref().take(READ));
            match scanner.next(&mut input) {
                Ok(None) => {}
                Ok(Some(Item::Element(element))) => end = Some(Ok(element)),
                Ok(Some(other)) => panic!("{other:?}"),
                Err(error) => end = Some(Err(error.fault())),
            }
        }
    });
    let held = u64::try_from(heap.bytes_current).unwrap_or(0);
    (heap.bytes_max, held, end.unwrap_or(Err(Fault::Incomplete)))
}

/// `<a>`, as much of `unit` as fits, and `</a>`.
fn filled(unit: &str, limit: usize) -> impl Iterator<Item = u8> {
    let text = format!("<a>{}</a>", unit.repeat((limit - 7) / unit.len()));
    text.into_bytes().into_iter()
}

/// The documentation of `Limits` states these bounds.
#[test]
fn threat_25_memory_for_one_element_is_bounded() {
    let limits = Limits::default();
    let size = limits.element_bytes();
    for unit in [
        "x",
        "&#38;",
        "<![CDATA[]]>",
        "<a/>x<b/>",
        "<b c='1'/>",
        "<b xmlns='urn:x'/>",
        "<b xmlns:p='urn:x'/>",
        "<b>\u{e9}</b>",
        "<abcdef/>",
        "<abcdefg/>",
    ] {
        let (most, held, end) = peak(limits, filled(unit, size));
        assert!(matches!(end, Ok(_) | Err(Fault::TooManyNodes)), "{unit}: {end:?}");
        assert!(most <= 6 * MIB, "{unit}: {most} bytes at most");
        assert!(held <= 4 * MIB, "{unit}: {held} bytes in the end");
    }
}

/// What never ends does not get that far either, and after the error nothing is held.
#[test]
fn threat_25_what_never_ends_is_refused_within_bounds() {
    let limits = Limits::default();
    let endless = |start: &'static str, unit: &'static str| {
        start.bytes().chain(unit.bytes().cycle()).take(64 << 20)
    };
    for (start, unit, fault) in [
        ("<a>", "x", Fault::TooLarge),
        ("<a>", "&amp;", Fault::TooLarge),
        ("<a>", "<b/>", Fault::TooManyNodes),
        ("<a>", "x<b/>", Fault::TooManyNodes),
        ("<a>", "<b>", Fault::TooDeep),
        ("<a b='", "x", Fault::TooLarge),
        ("<a ", " ", Fault::TooLarge),
        ("<", "a", Fault::TooLarge),
        ("<a ", "a", Fault::TooLarge),
        ("<a><![CDATA[", "]", Fault::TooLarge),
        ("<a></a", " ", Fault::TooLarge),
        ("<a b='&#", "1", Fault::TooLarge),
    ] {
        let (most, held, end) = peak(limits, endless(start, unit));
        assert_eq!(end.err(), Some(fault), "{start}{unit}…");
        assert!(most <= 6 * MIB, "{start}{unit}…: {most} bytes at most");
        assert!(held < 4096, "{start}{unit}…: {held} bytes in the end");
    }
}

/// White space and a declaration before the header, which a tap would keep.
#[test]
fn threat_25_what_stands_before_the_header_is_bounded() {
    let space = |count: usize| " ".repeat(count);
    let fault = |stream: String| {
        let mut scanner = Scanner::new(Limits::default().with_header_bytes(1000));
        scanner.record(true);
        let mut input = BytesMut::new();
        for byte in stream.bytes() {
            input.extend_from_slice(&[byte]);
            match scanner.next(&mut input) {
                Ok(_) => {}
                Err(error) => return Some((error.fault(), error.position())),
            }
        }
        None
    };
    assert_eq!(fault(format!("{}{HEADER}", space(1000))), None);
    assert_eq!(fault(space(1001)), Some((Fault::TooLarge, 1000)));
    assert_eq!(fault(format!("<?xml version='1.0'?>{}{HEADER}", space(979))), None);
    let behind = format!("<?xml version='1.0'?>{}{HEADER}", space(980));
    assert_eq!(fault(behind), Some((Fault::TooLarge, 1000)));
    assert_eq!(fault(format!("<?xml {}", space(2000))), Some((Fault::TooLarge, 1000)));
    // Within the stream white space keeps connections alive, and none of it is held.
    assert_eq!(fault(format!("{HEADER}{}", space(5000))), None);
}
