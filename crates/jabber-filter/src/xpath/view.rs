//! A stanza as XPath's data model sees it (XPath 1.0 §5): a root node above its nodes.

use std::ops::Range;

use jabber_xml::{Element, NodeKind, Tree};

use super::ast::{Axis, End, Step, Test};

/// A node's place in document order.
pub(crate) type NodeId = u32;

/// The root node.
pub(crate) const DOCUMENT: NodeId = 0;
/// The stanza.
pub(crate) const ROOT: NodeId = 1;

#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) tree: Tree<'a>,
}

impl<'a> View<'a> {
    pub(crate) fn new(element: &'a Element) -> Self {
        Self { tree: element.root().tree() }
    }

    /// All ids are below.
    pub(super) fn count(self) -> u32 {
        self.tree.count().saturating_add(1)
    }

    /// The kind of a node; `None` for the root node and for what is no node.
    pub(crate) fn kind(self, id: NodeId) -> Option<NodeKind> {
        self.tree.kind(id.checked_sub(1)?)
    }

    /// The id behind all that is in a node.
    fn end(self, id: NodeId) -> NodeId {
        match id.checked_sub(1) {
            Some(number) => self.tree.end(number).saturating_add(1),
            None => self.count(),
        }
    }

    /// The axis as it is from a node: from an attribute, which nothing is in, `//` leads to itself.
    pub(super) fn axis(self, step: &Step, id: NodeId) -> Axis {
        if step.axis == Axis::DescendantOrSelf && self.kind(id) == Some(NodeKind::Attribute) {
            return Axis::Itself;
        }
        step.axis
    }

    /// The ids among which an axis has its nodes; not all of them are on it.
    pub(super) fn range(self, axis: Axis, id: NodeId) -> Range<NodeId> {
        let behind = id.saturating_add(1);
        match axis {
            Axis::Itself => id..behind,
            Axis::DescendantOrSelf => id..self.end(id),
            Axis::Child | Axis::Descendant | Axis::Attribute => behind..self.end(id),
        }
    }

    /// The next node on an axis, from `at` on.
    pub(super) fn next(self, axis: Axis, at: NodeId, end: NodeId) -> Option<NodeId> {
        let mut at = at;
        while at < end {
            match (axis, self.kind(at)) {
                (Axis::Itself, _) | (Axis::DescendantOrSelf, _) if at == DOCUMENT => {
                    return Some(at);
                }
                (Axis::Itself, Some(_)) | (Axis::Attribute, Some(NodeKind::Attribute)) => {
                    return Some(at);
                }
                // Attributes stand before all else.
                (Axis::Attribute, Some(_)) => return None,
                (_, Some(NodeKind::Element | NodeKind::Text)) => return Some(at),
                (_, Some(NodeKind::Attribute) | None) => at += 1,
            }
        }
        None
    }

    /// The elements and texts in a node.
    pub(crate) fn children(self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let range = self.range(Axis::Child, id);
        let first = self.next(Axis::Child, range.start, range.end);
        std::iter::successors(first, move |&child| {
            self.next(Axis::Child, self.behind(Axis::Child, child), range.end)
        })
    }

    /// Where to look on, behind a node on an axis.
    pub(super) fn behind(self, axis: Axis, id: NodeId) -> NodeId {
        match axis {
            Axis::Child => self.end(id),
            _ => id.saturating_add(1),
        }
    }

    /// Whether a node on its axis is what a step looks for, predicates apart (XPath 1.0 §2.3).
    pub(super) fn passes(self, step: &Step, id: NodeId) -> bool {
        let element = || id.checked_sub(1).and_then(|number| self.tree.element(number));
        let attribute = || id.checked_sub(1).and_then(|number| self.tree.attribute(number));
        let is_attribute = step.axis == Axis::Attribute;
        match &step.test {
            Test::Node => true,
            Test::Text => self.kind(id) == Some(NodeKind::Text),
            Test::Any if is_attribute => true,
            Test::Any => element().is_some(),
            Test::Namespace(uri) if is_attribute => {
                attribute().is_some_and(|it| it.namespace() == &**uri)
            }
            Test::Namespace(uri) => element().is_some_and(|it| it.namespace() == &**uri),
            Test::Name(name, uri) if is_attribute => {
                attribute().is_some_and(|it| it.name() == &**name && it.namespace() == &**uri)
            }
            Test::Name(name, uri) => element().is_some_and(|it| it.is(name, uri)),
        }
    }

    /// Whether a node at the end of a path is as it must be (XPath 1.0 §3.4).
    pub(super) fn is(self, end: &End, id: NodeId) -> bool {
        match end {
            End::Any => true,
            End::Equal(text) => self.has_value(id, text),
            End::Different(text) => !self.has_value(id, text),
        }
    }

    /// Whether this is the node's string-value, which is not put together: that of an element is
    /// all the text in it (XPath 1.0 §5).
    fn has_value(self, id: NodeId, value: &str) -> bool {
        let number = id.checked_sub(1);
        match self.kind(id) {
            Some(NodeKind::Attribute) => {
                let attribute = number.and_then(|number| self.tree.attribute(number));
                attribute.is_some_and(|attribute| attribute.value() == value)
            }
            Some(NodeKind::Text) => {
                number.and_then(|number| self.tree.text(number)).is_some_and(|text| text == value)
            }
            Some(NodeKind::Element) | None => {
                let mut left = value;
                for number in number.unwrap_or(0)..self.end(id).saturating_sub(1) {
                    let Some(text) = self.tree.text(number) else { continue };
                    match left.strip_prefix(&*text) {
                        Some(rest) => left = rest,
                        None => return false,
                    }
                }
                left.is_empty()
            }
        }
    }
}
