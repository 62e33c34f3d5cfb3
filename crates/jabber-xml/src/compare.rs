//! Equality by meaning.

use std::borrow::Cow;

use crate::{Attribute, ElementRef, Node, Nodes};

/// Whether two elements have the same expanded names, attributes and texts throughout. Walks with
/// a stack of its own: depth is the peer's choice.
pub(crate) fn equal(a: ElementRef<'_>, b: ElementRef<'_>) -> bool {
    if !same_tag(a, b) {
        return false;
    }
    let mut open = vec![(Runs::of(a), Runs::of(b))];
    while let Some((left, right)) = open.last_mut() {
        match (left.next(), right.next()) {
            (None, None) => {
                open.pop();
            }
            (Some(Node::Text(x)), Some(Node::Text(y))) if x == y => {}
            (Some(Node::Element(x)), Some(Node::Element(y))) if same_tag(x, y) => {
                open.push((Runs::of(x), Runs::of(y)));
            }
            _ => return false,
        }
    }
    true
}

fn same_tag(a: ElementRef<'_>, b: ElementRef<'_>) -> bool {
    if a.name() != b.name() || a.namespace() != b.namespace() {
        return false;
    }
    let sorted = |e: ElementRef<'_>| {
        let mut all: Vec<Attribute<'_>> = e.attributes().collect();
        all.sort_unstable_by_key(|a| (a.name().to_owned(), a.namespace().to_owned()));
        all.into_iter()
            .map(|a| (a.name().to_owned(), a.namespace().to_owned(), a.value().into_owned()))
            .collect::<Vec<_>>()
    };
    sorted(a) == sorted(b)
}

/// Nodes with neighbouring texts joined and empty ones left out.
struct Runs<'a> {
    nodes: Nodes<'a>,
    ahead: Option<ElementRef<'a>>,
}

impl<'a> Runs<'a> {
    fn of(element: ElementRef<'a>) -> Self {
        Self { nodes: element.nodes(), ahead: None }
    }

    fn next(&mut self) -> Option<Node<'a>> {
        if let Some(element) = self.ahead.take() {
            return Some(Node::Element(element));
        }
        let mut text = Cow::Borrowed("");
        for node in self.nodes.by_ref() {
            match node {
                Node::Text(more) if text.is_empty() => text = more,
                Node::Text(more) => text.to_mut().push_str(&more),
                Node::Element(element) if text.is_empty() => return Some(Node::Element(element)),
                Node::Element(element) => {
                    self.ahead = Some(element);
                    break;
                }
            }
        }
        (!text.is_empty()).then_some(Node::Text(text))
    }
}
