use std::{borrow::Cow, vec};

use jabber_xml::{Attribute, ElementRef, NodeKind};

use crate::xpath::{NodeId, ROOT, View};

/// A node that was selected.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Matched<'a> {
    /// An element. XPath's root node (`/`) is handed over as the stanza, too.
    Element(ElementRef<'a>),
    /// An attribute.
    Attribute(Attribute<'a>),
    /// Text, decoded; the CDATA sections beside it are part of it.
    Text(Cow<'a, str>),
}

impl<'a> Matched<'a> {
    /// The element, if it is one.
    #[must_use]
    pub fn element(&self) -> Option<ElementRef<'a>> {
        match self {
            Self::Element(element) => Some(*element),
            Self::Attribute(_) | Self::Text(_) => None,
        }
    }

    /// The text: that directly in an element, the value of an attribute, or the text itself.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Element(element) => element.text(),
            Self::Attribute(attribute) => attribute.value(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// What was selected from a stanza, in document order.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    view: View<'a>,
    nodes: Nodes,
}

#[derive(Clone, Debug)]
enum Nodes {
    /// The stanza alone, or nothing any more.
    Stanza(bool),
    Many(vec::IntoIter<NodeId>),
}

impl<'a> Selection<'a> {
    /// The stanza itself.
    pub(crate) const fn stanza(view: View<'a>) -> Self {
        Self { view, nodes: Nodes::Stanza(true) }
    }

    /// These nodes; they are in order.
    pub(crate) fn many(view: View<'a>, mut nodes: Vec<NodeId>) -> Self {
        // The root node stands for the stanza here, which must not come twice.
        if let Some(first) = nodes.first_mut() {
            *first = (*first).max(ROOT);
        }
        nodes.dedup();
        Self { view, nodes: Nodes::Many(nodes.into_iter()) }
    }
}

impl<'a> Iterator for Selection<'a> {
    type Item = Matched<'a>;

    fn next(&mut self) -> Option<Matched<'a>> {
        let id = match &mut self.nodes {
            Nodes::Stanza(left) => std::mem::take(left).then_some(ROOT)?,
            Nodes::Many(nodes) => nodes.next()?,
        };
        let (tree, number) = (self.view.tree, id.checked_sub(1)?);
        match self.view.kind(id)? {
            NodeKind::Element => tree.element(number).map(Matched::Element),
            NodeKind::Attribute => tree.attribute(number).map(Matched::Attribute),
            NodeKind::Text => tree.text(number).map(Matched::Text),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.nodes {
            Nodes::Stanza(left) => usize::from(*left),
            Nodes::Many(nodes) => nodes.len(),
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Selection<'_> {}
