//! Built elements come back as they were built.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bytes::BytesMut;
use jabber_xml::{Builder, Content, Element, Item, Limits, Scanner, Scope, StreamHeader, ns};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Tree {
    name: String,
    ns: &'static str,
    attributes: Vec<(String, String)>,
    content: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Element(Tree),
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            proptest::char::range(' ', '~'),
            proptest::char::any().prop_filter("XML", |&c| {
                matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
            }),
            proptest::sample::select(vec!['<', '>', '&', '\'', '"', ']', '\r', '\n', '\t']),
        ],
        0..60,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

fn tree() -> impl Strategy<Value = Tree> {
    let name = || "[a-zA-Z_\u{e9}][a-z0-9_.-]{0,12}".prop_filter("xmlns", |n| n != "xmlns");
    let space = || proptest::sample::select(vec![ns::CLIENT, "urn:a", "urn:b&c", "", ns::STREAM]);
    let attributes = move || {
        proptest::collection::btree_map(name(), text(), 0..5)
            .prop_map(|map| map.into_iter().collect::<Vec<_>>())
    };
    let leaf = (name(), space(), attributes()).prop_map(|(name, ns, attributes)| Tree {
        name,
        ns,
        attributes,
        content: Vec::new(),
    });
    leaf.prop_recursive(4, 24, 5, move |inner| {
        let piece = prop_oneof![text().prop_map(Piece::Text), inner.prop_map(Piece::Element)];
        (name(), space(), attributes(), proptest::collection::vec(piece, 0..5))
            .prop_map(|(name, ns, attributes, content)| Tree { name, ns, attributes, content })
    })
}

fn fill(tree: &Tree, mut builder: Builder) -> Content {
    for (name, value) in &tree.attributes {
        builder = builder.attribute(name, value);
    }
    tree.content.iter().fold(Content::from(builder), |content, piece| match piece {
        Piece::Text(text) => content.text(text),
        Piece::Element(child) => content.child(&child.name, child.ns, |b| fill(child, b)),
    })
}

fn same(tree: &Tree, element: jabber_xml::ElementRef<'_>) -> bool {
    let text = |pieces: &[Piece]| -> String {
        pieces.iter().map(|p| if let Piece::Text(t) = p { t.as_str() } else { "" }).collect()
    };
    let children: Vec<&Tree> = tree
        .content
        .iter()
        .filter_map(|p| if let Piece::Element(e) = p { Some(e) } else { None })
        .collect();
    element.is(&tree.name, tree.ns)
        && element.attributes().count() == tree.attributes.len()
        && tree.attributes.iter().all(|(n, v)| element.attribute(n).as_deref() == Some(v))
        && element.text() == text(&tree.content)
        && element.children().count() == children.len()
        && element.children().zip(children).all(|(e, t)| same(t, e))
}

proptest! {
    #[test]
    fn a_built_element_reads_as_built_on_every_stream(tree in tree()) {
        let root = Element::builder(&tree.name, tree.ns);
        let element = fill(&tree, root).build().unwrap();
        prop_assert!(same(&tree, element.root()), "{element}");
        let parsed: Element = element.to_string().parse().unwrap();
        prop_assert!(same(&tree, parsed.root()), "{element}");
        if tree.name != "stream" {
            for content in [ns::CLIENT, ns::COMPONENT_ACCEPT, ns::JABBERD20_COMPONENT] {
                let mut bytes = BytesMut::new();
                StreamHeader::new(content).write_to(&mut bytes);
                element.write_to(&mut bytes, &Scope::content(content));
                let mut scanner = Scanner::new(Limits::default());
                prop_assert!(matches!(scanner.next(&mut bytes), Ok(Some(Item::Header(_)))));
                let Ok(Some(Item::Element(read))) = scanner.next(&mut bytes) else {
                    panic!("{element} on {content}")
                };
                prop_assert!(same(&tree, read.root()), "{element} on {content}");
                prop_assert_eq!(&read, &element);
            }
        }
        let wrapped = Element::builder("w", "urn:a").element(&element).build().unwrap();
        prop_assert!(same(&tree, wrapped.children().next().unwrap()), "{wrapped}");
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut scanner = Scanner::new(Limits::default());
        let mut input = BytesMut::from(&bytes[..]);
        while let Ok(Some(_)) = scanner.next(&mut input) {}
        let _ = String::from_utf8_lossy(&bytes).parse::<Element>();
    }
}
