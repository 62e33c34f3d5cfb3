//! The scanner against the strict reader: the same items, the same end, whole and in pieces.

use bytes::BytesMut;
use jabber_xml::{Item, Scanner};

use crate::common::HEADER;
use crate::strict::{self, Bounds, Ending, Said};

/// What the scanner reads, and the place of the error if there is one.
fn scanned<'a>(
    bounds: &Bounds,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Said>, Ending, u64) {
    let mut scanner = Scanner::new(bounds.limits());
    let mut input = BytesMut::new();
    let mut said = Vec::new();
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            said.push(match scanner.next(&mut input) {
                Ok(None) => break,
                Ok(Some(Item::Header(header))) => Said::Header((&header).into()),
                Ok(Some(Item::Element(element))) => {
                    let root = element.root();
                    Said::Element(root.into(), root.as_str().to_owned())
                }
                Ok(Some(_)) => Said::End,
                Err(error) => return (said, Ending::Refused(error.fault()), error.position()),
            });
        }
    }
    let ending = if scanner.mid_item() { Ending::Within } else { Ending::Between };
    (said, ending, 0)
}

/// Checks that for a document, which is also given in pieces: each as long as `lengths` say, again and
/// again. How it ends.
pub(crate) fn document(bounds: &Bounds, document: &[u8], lengths: &[usize]) -> Ending {
    let shown = || String::from_utf8_lossy(document).into_owned();
    let (said, ending) = strict::read(bounds, document);
    let whole = scanned(bounds, [document]);
    let (first, second) = ((&whole.0, whole.1), (&said, ending));
    assert!(first == second, "scanner: {first:#?}\nstrict: {second:#?}\n{}", shown());
    let mut pieces = Vec::new();
    let mut rest = document;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, more) = rest.split_at((*length).clamp(1, rest.len()));
        pieces.push(piece);
        rest = more;
    }
    let split = scanned(bounds, pieces);
    assert!(split == whole, "in pieces: {split:#?}\nwhole: {whole:#?}\n{lengths:?} {}", shown());
    ending
}

/// The same for what stands inside of a stream; whether it is taken.
pub(crate) fn inside(bounds: &Bounds, inside: &[u8], lengths: &[usize]) -> bool {
    let stream = [HEADER.as_bytes(), inside, b"</stream:stream>"].concat();
    document(bounds, &stream, lengths) == Ending::Between
}

/// What a fuzzer says: the inside of a stream within either limits, and a whole document.
pub(crate) fn fuzzed(input: &[u8]) {
    let lengths: Vec<usize> = input.iter().take(8).map(|&b| 1 + usize::from(b % 23)).collect();
    let lengths = if lengths.is_empty() { vec![1] } else { lengths };
    for bounds in [Bounds::default(), Bounds::small()] {
        inside(&bounds, input, &lengths);
        document(&bounds, input, &lengths);
    }
}
