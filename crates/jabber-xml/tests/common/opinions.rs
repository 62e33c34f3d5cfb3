//! What the scanner takes, two other readers take too and read the same; what it refuses, rxml
//! refuses too, but for what XMPP adds.
//!
//! Deliberate differences:
//! - text and a second stream header between stanzas are XML, but no stream (`bad-format`);
//! - names, prefixes and depth are limited here;
//! - the content namespaces are one here: attributes of one name in two of them are the same;
//! - rxml overlooks the same declaration twice in a tag: there quick-xml has to refuse;
//! - rxml lets the namespace of `xmlns` be the default, and refuses U+FDF0 to U+FFFD in
//!   names, which XML 1.0 §2.3 allows;
//! - rxml drops or refuses a carriage return without line feed; XML 1.0 §2.11 reads a line end;
//! - rxml takes no reference of more than eight digits; XML 1.0 §4.1 sets no bound to the zeros;
//! - rxml keeps the carriage return of a line end behind `]` in a CDATA section, which §2.11 makes a
//!   line feed like any other: there rxml is given the line feed alone;
//! - quick-xml is no validating reader: it is asked only whether it reads to the end.

use jabber_xml::{Fault, Item, Limits, Scanner, ns};
use rxml::Event;

use crate::common::HEADER;

/// All elements of a stream, by rxml: attributes sorted, texts joined.
fn by_rxml(document: &[u8]) -> Result<String, String> {
    let mut out = String::new();
    let mut depth = 0;
    let mut text = String::new();
    let mut reader = rxml::Reader::new(document);
    let result = reader.read_all(|event| match event {
        Event::XmlDeclaration(..) => {}
        Event::StartElement(_, (ns, name), attributes) => {
            depth += 1;
            if depth == 1 {
                return;
            }
            flush(&mut text, &mut out);
            out += &format!("{{{}}}{name}[", as_here(&ns));
            let mut all: Vec<String> = attributes
                .iter()
                .map(|((ns, name), value)| format!("{{{}}}{name}={value:?}", as_here(ns)))
                .collect();
            all.sort();
            out += &format!("{all:?}");
        }
        Event::Text(_, run) => {
            if depth > 1 {
                text += &run;
            }
        }
        Event::EndElement(_) => {
            flush(&mut text, &mut out);
            depth -= 1;
            if depth >= 1 {
                out.push(']');
            }
        }
    });
    match rxml::as_eof_flag(result) {
        Ok(true) => Ok(out),
        Ok(false) => Err("unfinished".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A namespace as it reads here.
fn as_here(uri: &str) -> &str {
    if ns::is_content(uri) { ns::CLIENT } else { uri }
}

fn flush(text: &mut String, out: &mut String) {
    if !text.is_empty() {
        *out += &format!("{text:?}");
        text.clear();
    }
}

/// The same by the scanner, or the fault.
fn ours(document: &[u8]) -> Result<String, Fault> {
    let mut scanner = Scanner::new(Limits::default());
    let mut input = bytes::BytesMut::from(document);
    let mut out = String::new();
    loop {
        match scanner.next(&mut input).map_err(|e| e.fault())? {
            Some(Item::Element(element)) => write(element.root(), &mut out),
            // What is behind it is not read by `Ok(None)` callers either.
            Some(Item::End) if input.is_empty() => return Ok(out),
            Some(_) => {}
            None => return Err(Fault::Incomplete),
        }
    }
}

fn write(element: jabber_xml::ElementRef<'_>, out: &mut String) {
    *out += &format!("{{{}}}{}[", element.namespace(), element.name());
    let mut all: Vec<String> = element
        .attributes()
        .map(|a| format!("{{{}}}{}={:?}", a.namespace(), a.name(), a.value()))
        .collect();
    all.sort();
    *out += &format!("{all:?}");
    let mut text = String::new();
    for node in element.nodes() {
        match node {
            jabber_xml::Node::Text(run) => text += &run,
            jabber_xml::Node::Element(child) => {
                flush(&mut text, out);
                write(child, out);
            }
        }
    }
    flush(&mut text, out);
    out.push(']');
}

fn quick_xml_reads(document: &[u8]) -> Result<(), String> {
    let mut reader = quick_xml::NsReader::from_reader(document);
    loop {
        match reader.read_resolved_event().map_err(|e| e.to_string())? {
            (_, quick_xml::events::Event::Eof) => return Ok(()),
            (_, quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)) => {
                for attribute in tag.attributes() {
                    attribute.map_err(|e| e.to_string())?;
                }
            }
            _ => {}
        }
    }
}

/// Refused by us alone: by the rules of XMPP, or a limit.
fn is_ours_alone(fault: Fault) -> bool {
    matches!(fault, Fault::StrayText | Fault::NestedStream | Fault::LongName | Fault::TooDeep)
}

fn names_another_content(shown: &str) -> bool {
    [ns::SERVER, ns::COMPONENT_ACCEPT, ns::COMPONENT_CONNECT].iter().any(|uri| shown.contains(uri))
}

fn has_lone_return(bytes: &[u8]) -> bool {
    let next = bytes.iter().skip(1).chain([&b' ']);
    bytes.iter().zip(next).any(|(&a, &b)| a == b'\r' && b != b'\n')
}

fn has_long_reference(text: &str) -> bool {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_hexdigit).count();
    text.split("&#").skip(1).any(|rest| digits(rest.trim_start_matches('x')) >= 8)
}

/// The same document by XML 1.0 §2.11, without the returns that rxml would keep.
fn for_rxml(document: &[u8]) -> Vec<u8> {
    let kept = |&(at, _): &(usize, &u8)| {
        let (before, rest) = document.split_at(at);
        !(before.ends_with(b"]") && rest.starts_with(b"\r\n"))
    };
    document.iter().enumerate().filter(kept).map(|(_, &byte)| byte).collect()
}

/// Checks that for what stands inside a stream; true where it is taken.
pub(crate) fn check(inside: &[u8]) -> bool {
    let document = [HEADER.as_bytes(), inside, b"</stream:stream>"].concat();
    let shown = String::from_utf8_lossy(inside).into_owned();
    let other = by_rxml(&for_rxml(&document));
    match ours(&document) {
        // XML 1.0 §2.3 and §2.11: see above.
        Ok(_) if has_lone_return(inside) => true,
        Ok(_) if shown.contains(|c| matches!(c, '\u{fdf0}'..='\u{fffd}')) && other.is_err() => true,
        Ok(_) if has_long_reference(&shown) && other.is_err() => true,
        Ok(read) => {
            assert_eq!(other.as_ref(), Ok(&read), "{shown}");
            assert_eq!(quick_xml_reads(&document), Ok(()), "{shown}");
            true
        }
        Err(fault) => {
            let refused = match fault {
                Fault::DuplicateAttribute if names_another_content(&shown) => true,
                Fault::DuplicateAttribute => other.is_err() || quick_xml_reads(&document).is_err(),
                Fault::Declaration if shown.contains(ns::XMLNS) => true,
                fault => other.is_err() || is_ours_alone(fault),
            };
            assert!(refused, "{fault:?} by us alone: {shown}");
            false
        }
    }
}
