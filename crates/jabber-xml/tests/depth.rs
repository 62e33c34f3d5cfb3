//! Depth is the peer's choice: nothing calls itself for each level.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::thread;

use bytes::BytesMut;
use jabber_xml::{Element, Fault, Item, Limits, Node, Scanner, Scope, ns};

/// Too little for a thousand frames, let alone a hundred thousand.
const STACK: usize = 128 << 10;
const LEVELS: usize = 200_000;

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(STACK).spawn(work).unwrap().join().unwrap();
}

fn received(limits: Limits, inside: &str) -> Result<Option<Item>, Fault> {
    let mut scanner = Scanner::new(limits);
    let mut input = BytesMut::from(
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
    );
    assert!(matches!(scanner.next(&mut input), Ok(Some(Item::Header(_)))));
    input.extend_from_slice(inside.as_bytes());
    scanner.next(&mut input).map_err(|error| error.fault())
}

fn nested(name: &str, levels: usize) -> String {
    format!("{}{}", format!("<{name}>").repeat(levels), format!("</{name}>").repeat(levels))
}

#[test]
fn threat_25_depth_is_bounded() {
    let depth = 256;
    assert!(matches!(received(Limits::default(), &nested("a", depth)), Ok(Some(_))));
    assert!(matches!(received(Limits::default(), &nested("a", depth + 1)), Err(Fault::TooDeep)));
    assert!(matches!(received(Limits::default(), &"<a>".repeat(depth + 1)), Err(Fault::TooDeep)));
    // What was closed does not count.
    let wide = format!("<a>{}</a>", nested("b", depth - 1).repeat(3));
    assert!(matches!(received(Limits::default(), &wide), Ok(Some(_))));
}

/// Where the limit is lifted, and for XML of our own, which has none.
#[test]
fn threat_25_no_depth_overflows_the_stack() {
    on_a_small_stack(|| {
        let limits = Limits::default()
            .with_depth(usize::MAX)
            .with_element_bytes(1 << 26)
            .with_nodes(1 << 22);
        // With a prefix it has to be written anew, with its declarations.
        let text = nested("stream:a", LEVELS);
        let Ok(Some(Item::Element(element))) = received(limits, &text) else { panic!("refused") };
        let other = element.clone();
        assert!(element == other);
        let mut wire = BytesMut::new();
        element.write_to(&mut wire, &Scope::content(ns::COMPONENT_ACCEPT));
        // The innermost became an empty tag.
        assert_eq!(wire.len() + "</stream:a>".len(), text.len() + 1);
        let shown = element.to_string();
        let again: Element = shown.parse().unwrap();
        assert!(again == element);
        assert!(format!("{element:?} {:?}", element.root()).len() < 200);
        assert!(element.clone().compact() == element);
        assert!(Element::from(element.root()) == element);
        let mut innermost = element.root();
        let mut levels = 1;
        while let Some(Node::Element(child)) = innermost.nodes().next() {
            innermost = child;
            levels += 1;
        }
        assert_eq!(levels, LEVELS);
        assert_eq!(innermost.text(), "");
        assert!(innermost.to_element().compact().is("a", ns::STREAM));
        assert_eq!(element.root().tree().count() as usize, LEVELS);
        let built = Element::builder("x", "urn:x").element(&element).build().unwrap();
        assert!(built.children().next().unwrap() == element.root());
        let named = element.with_attribute("id", "1").unwrap();
        assert!(named.without_attribute("id") == element);
        drop((element, other, again, built, named));
    });
}

/// Indentation alone is quadratic: `n` lines of up to `n` spaces.
#[test]
fn threat_25_what_is_printed_for_people_stays_in_proportion() {
    on_a_small_stack(|| {
        let text = nested("a", LEVELS / 10);
        let element: Element = text.parse().unwrap();
        let pretty = element.pretty().to_string();
        assert!(pretty.len() < 25 * text.len(), "{} for {}", pretty.len(), text.len());
        assert_eq!(pretty.lines().count(), 2 * LEVELS / 10 - 1);
    });
}
