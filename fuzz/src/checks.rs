use bytes::BytesMut;
use jabber_xml::{Element, Item, Limits, Scanner};

use crate::common::{HEADER, effects_within, survives};

/// The bytes of a stream. Two bytes before them say how it is read: the first whether a header is
/// put before it (bit 0) and whether the limits are small (bit 1), the second how it is split.
///
/// Every split has the same effects, no more is kept than the limits allow, and each element that is
/// accepted can be written and read again.
pub(crate) fn scanner(input: &[u8]) {
    let [mode, step, stream @ ..] = input else { return };
    let header = if mode & 1 == 0 { HEADER.as_bytes() } else { b"" };
    let limits = if mode & 2 == 0 { Limits::default() } else { small() };
    let stream = [header, stream].concat();
    let whole = effects_within(limits, [&stream[..]]);
    assert_eq!(effects_within(limits, stream.chunks(1)), whole, "byte by byte");
    let size = 2 + usize::from(step % 61);
    assert_eq!(effects_within(limits, stream.chunks(size)), whole, "{size} bytes at a time");
    elements(limits, &stream);
}

/// Limits that a small input can reach.
fn small() -> Limits {
    Limits::default()
        .with_element_bytes(64)
        .with_header_bytes(512)
        .with_depth(3)
        .with_attributes(3)
        .with_nodes(10)
}

fn elements(limits: Limits, stream: &[u8]) {
    let mut scanner = Scanner::new(limits);
    let mut input = BytesMut::new();
    for piece in stream.chunks(97) {
        input.extend_from_slice(piece);
        while let Ok(Some(item)) = scanner.next(&mut input) {
            if let Item::Element(element) = item {
                survives(&element);
                element.children().for_each(|child| survives(&child.to_element()));
            }
        }
        if scanner.mid_item() {
            // A header is smaller than the largest element, or it is the small one.
            assert!(input.len() <= limits.element_bytes().max(512), "{} bytes kept", input.len());
        }
    }
}

/// XML that a person wrote: what is accepted is the same element when it is printed and read again.
pub(crate) fn element(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(element) = text.parse::<Element>() {
        survives(&element);
        element.children().for_each(|child| survives(&child.to_element()));
    }
}
