//! Each limit: one less, exactly, one more.

use jabber_xml::Fault;

use crate::agree;
use crate::common::HEADER;
use crate::strict::{Bounds, Ending};

/// Where the limit lies: taken below it, refused with that fault from the first on.
fn limit(
    fault: Fault,
    first_refused: usize,
    bounds: impl Fn(usize) -> Bounds,
    stream: impl Fn(usize) -> String,
) {
    for n in first_refused - 2..=first_refused + 1 {
        let bounds = bounds(n);
        let ending = agree::document(&bounds, stream(n).as_bytes(), &[1000]);
        let expected = if n < first_refused { Ending::Between } else { Ending::Refused(fault) };
        assert_eq!(ending, expected, "{fault:?}, {n}");
    }
}

fn inside(text: &str) -> String {
    [HEADER, text].concat()
}

fn default(_: usize) -> Bounds {
    Bounds::default()
}

#[test]
fn names_and_prefixes() {
    let name = |n| "n".repeat(n);
    limit(Fault::LongName, 1024, default, |n| inside(&format!("<{}/>", name(n))));
    limit(Fault::LongName, 1024, default, |n| inside(&format!("<a {}=''/>", name(n))));
    limit(Fault::LongName, 256, default, |n| {
        let prefix = name(n);
        inside(&format!("<{prefix}:a xmlns:{prefix}='u'/>"))
    });
    // Of `xmlns`, what is declared is the local part.
    limit(Fault::LongName, 1024 - 6, default, |n| inside(&format!("<a xmlns:{}='u'/>", name(n))));
}

#[test]
fn namespaces_and_declared_prefixes() {
    let spaces = |n| -> String { (0..n).map(|n| format!("<a xmlns='urn:{n}'/>")).collect() };
    // Four count always, and the header has two more: `stream` and `q`.
    limit(Fault::TooManyNamespaces, 2001 - 6, default, |n| {
        inside(&format!("<a>{}</a>", spaces(n)))
    });
    let prefixes = |n| -> String { (0..n).map(|n| format!(" xmlns:p{n}='urn:p'")).collect() };
    let many = |_| Bounds { attributes: 1000, ..Bounds::default() };
    limit(Fault::TooManyNamespaces, 257, many, |n| inside(&format!("<a{}/>", prefixes(n))));
    limit(Fault::TooManyNamespaces, 257, many, |n| {
        inside(&format!("<a{}><b xmlns='u' xmlns:r='urn:r'/></a>", prefixes(n - 1)))
    });
    limit(Fault::TooManyNamespaces, 257, default, |n| {
        let declared = prefixes(n - 1);
        format!("<s:stream xmlns:s='http://etherx.jabber.org/streams'{declared}>")
    });
}

#[test]
fn the_limits_that_can_be_set() {
    let attributes = |n| -> String { (0..n).map(|n| format!(" a{n}=''")).collect() };
    limit(Fault::TooManyAttributes, 257, default, |n| inside(&format!("<a{}/>", attributes(n))));
    limit(Fault::TooDeep, 257, default, |n| {
        inside(&format!("{}{}", "<a>".repeat(n), "</a>".repeat(n)))
    });
    let nodes = |_| Bounds { nodes: 100, ..Bounds::default() };
    for node in ["<b/>", "<b/>x", "<![CDATA[]]>", "<b xmlns='' c=''/>"] {
        // How many nodes one of them is.
        let each = match node {
            "<b/>x" => 2,
            "<b xmlns='' c=''/>" => 3,
            _ => 1,
        };
        limit(Fault::TooManyNodes, 99 / each + 1, nodes, |n| {
            inside(&format!("<a>{}</a>", node.repeat(n)))
        });
    }
    let bytes = |_| Bounds { element_bytes: 100, ..Bounds::default() };
    for (before, behind) in [("<a>", "</a>"), ("<a b='", "'/>"), ("<a><![CDATA[", "]]></a>")] {
        limit(Fault::TooLarge, 101, bytes, |n| {
            let filled = "x".repeat(n - before.len() - behind.len());
            inside(&[before, &filled, behind].concat())
        });
    }
    let header = |_| Bounds { header_bytes: 200, ..Bounds::default() };
    let stream = |filled: &str| {
        format!("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='{filled}'>")
    };
    let least = stream("").len();
    limit(Fault::TooLarge, 201, header, |n| stream(&"x".repeat(n - least)));
    limit(Fault::TooLarge, 201, header, |n| [&" ".repeat(n), &stream("")[..]].concat());
    let declaration = "<?xml version='1.0'?>";
    limit(Fault::TooLarge, 201, header, |n| {
        [declaration, &" ".repeat(n - declaration.len()), &stream("")].concat()
    });
    limit(Fault::TooLarge, 201, header, |n| {
        let spaces = " ".repeat(n - declaration.len());
        [&declaration.replace("?>", &format!("{spaces}?>"))[..], &stream("")].concat()
    });
}
