//! The header of a stream, before which nothing is known of the peer.

use bytes::BytesMut;
use jabber_xml::{Item, Limits, Scanner, StreamHeader};

use crate::common::effects_within;

/// Two bytes say how it is read: the first whether the limits are small (bit 0), the second how it is
/// split; the rest is what a peer says first.
///
/// Every split has the same effects; no more is kept than the limits allow; a header that is taken is
/// the same when it is written and read again, and what stands behind it is left alone.
pub(crate) fn header(input: &[u8]) {
    let [mode, step, said @ ..] = input else { return };
    let limits = if mode & 1 == 0 { Limits::default() } else { small() };
    let whole = effects_within(limits, [said]);
    assert_eq!(effects_within(limits, said.chunks(1)), whole, "byte by byte");
    let size = 2 + usize::from(step % 61);
    assert_eq!(effects_within(limits, said.chunks(size)), whole, "{size} bytes at a time");

    let first = first(limits, said, size);
    assert_eq!(first.is_some(), whole.first().is_some_and(|seen| seen.starts_with("header ")));
    let Some((header, behind)) = first else { return };
    assert!(said.ends_with(&behind), "{behind:?} is not what follows");
    let mut written = BytesMut::new();
    header.write_to(&mut written);
    // Escaped by our rules it may be longer.
    let roomy = Limits::default().with_header_bytes(1 << 20);
    let again = self::first(roomy, &written, usize::MAX);
    assert_eq!(again, Some((header.clone(), Vec::new())), "{header}");
    let mut end = written;
    header.write_end(&mut end);
    assert_eq!(effects_within(roomy, [&end[..]]).last().map(String::as_str), Some("end"));
}

/// Limits that a small input can reach.
fn small() -> Limits {
    Limits::default().with_header_bytes(160).with_attributes(4)
}

/// The header, and what was not taken of the input behind it.
fn first(limits: Limits, said: &[u8], size: usize) -> Option<(StreamHeader, Vec<u8>)> {
    let mut scanner = Scanner::new(limits);
    let mut input = BytesMut::new();
    let mut taken = 0;
    for piece in said.chunks(size) {
        input.extend_from_slice(piece);
        taken += piece.len();
        match scanner.next(&mut input) {
            Ok(None) => {
                // The defaults are more than a fuzzer says.
                let most = if limits == small() { 160 } else { said.len() };
                assert!(input.len() <= most, "{} bytes kept", input.len());
            }
            Ok(Some(Item::Header(header))) => {
                return Some((header, [&input[..], said.get(taken..)?].concat()));
            }
            Ok(Some(other)) => panic!("{other:?} before a header"),
            Err(_) => return None,
        }
    }
    None
}
