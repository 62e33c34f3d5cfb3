use std::borrow::Cow;

use crate::entry::{Entry, EntryKind};
use crate::{Attribute, ElementRef};

/// The nodes of an element by number, in document order: for whoever looks for nodes by rules of
/// his own, as a query language does.
///
/// The element itself has number 0. Behind an element stand its attributes, then what is in it. Not
/// every number is a node: declarations of namespaces are none. Texts are those of XPath 1.0 §5.7: a
/// text and the CDATA sections beside it are one, which has the number of its beginning; an empty
/// one is none.
///
/// # Examples
///
/// ```
/// use jabber_xml::{Element, NodeKind};
///
/// let message: Element = "<message to='a@b'><body>1 <![CDATA[< 2]]></body>!</message>".parse()?;
/// let tree = message.root().tree();
/// let numbers = (0..tree.count()).filter_map(|n| Some((n, tree.kind(n)?)));
/// assert_eq!(numbers.collect::<Vec<_>>(), [
///     (0, NodeKind::Element),
///     (1, NodeKind::Attribute),
///     (2, NodeKind::Element),
///     (3, NodeKind::Text),
///     (5, NodeKind::Text),
/// ]);
/// assert_eq!(tree.end(2), 5);
/// assert_eq!(tree.text(3).as_deref(), Some("1 < 2"));
/// # Ok::<(), jabber_xml::XmlError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    element: ElementRef<'a>,
    count: u32,
}

/// What a node of a [`Tree`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// An element.
    Element,
    /// An attribute.
    Attribute,
    /// Text.
    Text,
}

impl<'a> ElementRef<'a> {
    /// This element and what is in it, by number.
    #[must_use]
    pub fn tree(self) -> Tree<'a> {
        Tree { element: self, count: self.entry().link.saturating_sub(self.at) }
    }
}

impl<'a> Tree<'a> {
    /// How many numbers there are: all nodes are below.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// What has this number; `None` if it is no node.
    #[inline]
    #[must_use]
    pub fn kind(self, number: u32) -> Option<NodeKind> {
        match self.entry(number)?.kind() {
            EntryKind::Element => Some(NodeKind::Element),
            EntryKind::Attribute => Some(NodeKind::Attribute),
            EntryKind::Declaration => None,
            EntryKind::Text => self.begins_text(number).then_some(NodeKind::Text),
        }
    }

    /// The number behind everything in an element; of another node, the next number.
    #[inline]
    #[must_use]
    pub fn end(self, number: u32) -> u32 {
        match self.entry(number) {
            Some(entry) if entry.kind() == EntryKind::Element => {
                entry.link.saturating_sub(self.element.at).max(number.saturating_add(1))
            }
            _ => number.saturating_add(1),
        }
    }

    /// The element with this number.
    #[inline]
    #[must_use]
    pub fn element(self, number: u32) -> Option<ElementRef<'a>> {
        let entry = self.entry(number)?;
        let at = self.element.at.checked_add(number)?;
        (entry.kind() == EntryKind::Element).then_some(ElementRef { at, ..self.element })
    }

    /// The attribute with this number.
    #[inline]
    #[must_use]
    pub fn attribute(self, number: u32) -> Option<Attribute<'a>> {
        let entry = self.entry(number)?;
        (entry.kind() == EntryKind::Attribute).then(|| Attribute::new(self.element, entry))
    }

    /// The text that begins with this number, decoded, its CDATA sections included.
    #[must_use]
    pub fn text(self, number: u32) -> Option<Cow<'a, str>> {
        if self.kind(number) != Some(NodeKind::Text) {
            return None;
        }
        let mut text = self.element.decoded(self.entry(number)?);
        let mut next = number.checked_add(1)?;
        while let Some(piece) = self.piece_after(next) {
            let more = self.element.decoded(piece);
            if text.is_empty() {
                text = more;
            } else if !more.is_empty() {
                text.to_mut().push_str(&more);
            }
            next = next.checked_add(1)?;
        }
        Some(text)
    }

    #[inline]
    fn entry(self, number: u32) -> Option<Entry> {
        if number >= self.count {
            return None;
        }
        self.element.entries.get(self.element.at.checked_add(number)? as usize).copied()
    }

    /// Whether a text with something in it begins here.
    fn begins_text(self, number: u32) -> bool {
        if self.piece_after(number).is_some() {
            return false;
        }
        let mut piece = self.entry(number);
        let mut next = number;
        while let Some(entry) = piece {
            if entry.start < entry.end {
                return true;
            }
            next = next.saturating_add(1);
            piece = self.piece_after(next);
        }
        false
    }

    /// The piece of text with this number, if it goes on one that has the number before.
    fn piece_after(self, number: u32) -> Option<Entry> {
        let before = self.entry(number.checked_sub(1)?)?;
        let piece = self.entry(number)?;
        if (before.kind(), piece.kind()) != (EntryKind::Text, EntryKind::Text) {
            return None;
        }
        // Between the two is the end of a CDATA section, or its beginning, or both; or an end tag.
        let between = self.element.slice(before.end, piece.start);
        let joined = !between.trim_start_matches("]]>").starts_with("</");
        joined.then_some(piece)
    }
}
