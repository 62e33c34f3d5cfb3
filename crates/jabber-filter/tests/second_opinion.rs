//! Another implementation of XPath 1.0 selects the same nodes, on a tree of its own.
//!
//! Documents and expressions are drawn from bytes, over few names and values, so that much of what is
//! drawn selects something.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::cell::Cell;

use common::{Draw, Expression, Model};
use jabber_filter::{Filters, Matched, Namespaces, XPath};
use jabber_xml::{Element, ns};
use proptest::prelude::*;
use sxd_document::{QName, dom};
use sxd_xpath::{Context, Factory, Value, nodeset};

fn prefixes() -> Namespaces {
    Namespaces::new().with("x", "urn:x").unwrap()
}

/// What can be told of a node in both worlds. Every element has a number of its own.
fn ours(matched: &Matched<'_>) -> String {
    match matched {
        Matched::Element(element) => format!("<{}>", element.attribute("n").unwrap()),
        Matched::Attribute(it) => format!("{{{}}}{}={}", it.namespace(), it.name(), it.value()),
        Matched::Text(text) => format!("'{text}'"),
        _ => unreachable!(),
    }
}

fn theirs(node: nodeset::Node<'_>) -> String {
    match node {
        nodeset::Node::Element(it) => format!("<{}>", it.attribute_value("n").unwrap()),
        nodeset::Node::Attribute(it) => {
            let uri = it.name().namespace_uri().unwrap_or_default();
            format!("{{{uri}}}{}={}", it.name().local_part(), it.value())
        }
        nodeset::Node::Text(it) => format!("'{}'", it.text()),
        // It stands for the stanza with us.
        nodeset::Node::Root(_) => "<0>".into(),
        other => panic!("{other:?}"),
    }
}

/// The same document in the other library's tree.
fn build<'d>(model: &Model, document: dom::Document<'d>) -> dom::Element<'d> {
    let name = QName::with_namespace_uri(Some(model.namespace), model.name);
    let element = document.create_element(name);
    element.set_attribute_value("n", &model.number.to_string());
    for (name, value) in &model.attributes {
        let name = match name.strip_prefix("x:") {
            Some(local) => QName::with_namespace_uri(Some("urn:x"), local),
            None => QName::new(name),
        };
        element.set_attribute_value(name, value);
    }
    for node in &model.content {
        match node {
            common::Content::Element(child) => element.append_child(build(child, document)),
            common::Content::Text(pieces) => {
                let text = pieces.concat();
                if !text.is_empty() {
                    element.append_child(document.create_text(&text));
                }
            }
        }
    }
    element
}

thread_local! {
    /// How many expressions selected how much: nothing, something.
    static SELECTED: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

fn check(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let model = Model::draw(&mut draw);
    let expression = Expression::draw(&mut draw);
    let stanza: Element = model.to_xml().parse().unwrap();

    let path = XPath::new(&expression.ours, &prefixes())
        .unwrap_or_else(|error| panic!("{error}: {}", expression.ours));
    let in_order: Vec<String> = path.select(&stanza).map(|it| ours(&it)).collect();
    let mut selected = in_order.clone();
    selected.sort_unstable();

    let package = sxd_document::Package::new();
    let document = package.as_document();
    let root = build(&model, document);
    document.root().append_child(root);
    let mut context = Context::new();
    context.set_namespace("c", ns::CLIENT);
    context.set_namespace("x", "urn:x");
    let theirs_path = Factory::new().build(&expression.theirs).unwrap().unwrap();
    let Ok(Value::Nodeset(set)) = theirs_path.evaluate(&context, root) else {
        panic!("{}", expression.theirs)
    };
    let mut expected: Vec<String> = set.iter().map(theirs).collect();
    // The root node and the stanza are one with us.
    if set.iter().any(|node| matches!(node, nodeset::Node::Root(_)))
        && set.iter().any(|node| node == nodeset::Node::Element(root))
    {
        let double = expected.iter().position(|node| node == "<0>").unwrap();
        expected.remove(double);
    }
    expected.sort_unstable();
    assert_eq!(selected, expected, "{} on {stanza}", expression.ours);

    // In document order, and found by what it needs.
    let elements = |all: &[String]| -> Vec<u32> {
        let numbers = all.iter().filter_map(|it| it.strip_prefix('<')?.strip_suffix('>'));
        numbers.map(|number| number.parse().unwrap()).collect()
    };
    assert!(elements(&in_order).is_sorted(), "{in_order:?}");
    assert_eq!(path.matches(&stanza), !selected.is_empty());
    let mut filters = Filters::new();
    filters.add(path, ());
    assert_eq!(filters.matches(&stanza).count(), usize::from(!selected.is_empty()));
    let (nothing, something) = SELECTED.get();
    SELECTED.set(match selected.len() {
        0 => (nothing + 1, something),
        _ => (nothing, something + 1),
    });
}

#[test]
fn the_same_nodes() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let config = ProptestConfig { cases: cases.unwrap_or(6000), ..config };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let bytes = proptest::collection::vec(any::<u8>(), 20..300);
    runner
        .run(&bytes, |bytes| {
            check(&bytes);
            Ok(())
        })
        .unwrap();
    let (nothing, something) = SELECTED.get();
    println!("{nothing} expressions selected nothing, {something} something");
    assert!(something > nothing / 4, "{something} of {nothing}");
}
