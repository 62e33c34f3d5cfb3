use std::borrow::Cow;

use crate::blocks::is_equal;
use crate::element::Element;
use crate::entry::{CONTENT, Entry, EntryKind, NsId, XML};
use crate::{Scope, escape, ns, write};

/// An element within an [`Element`], borrowed.
#[derive(Clone, Copy)]
pub struct ElementRef<'a> {
    pub(crate) owner: &'a Element,
    /// The owner's.
    pub(crate) text: &'a str,
    pub(crate) entries: &'a [Entry],
    pub(crate) at: u32,
}

impl<'a> ElementRef<'a> {
    /// The name without prefix.
    #[must_use]
    pub fn name(self) -> &'a str {
        let entry = self.entry();
        local(self.qualified(), entry)
    }

    /// The prefix that stands before the name. It says nothing by itself: decide by
    /// [`namespace`](Self::namespace).
    #[must_use]
    pub fn prefix(self) -> Option<&'a str> {
        match self.entry().prefix_len() {
            0 => None,
            len => self.qualified().get(..len),
        }
    }

    /// The namespace name; [`ns::CLIENT`] for every content namespace, empty for none.
    #[must_use]
    pub fn namespace(self) -> &'a str {
        self.uri(self.entry().ns())
    }

    /// Whether this is the element `name` in the namespace `ns`; the content namespaces are one.
    #[inline]
    #[must_use]
    pub fn is(self, name: &str, ns: &str) -> bool {
        is_equal(self.name().as_bytes(), name.as_bytes()) && self.is_uri(self.entry().ns(), ns)
    }

    /// The decoded value of the attribute with that name and without namespace, or of `xml:…`.
    #[inline]
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        let text = self.text.as_bytes();
        for &entry in self.subtree() {
            match entry.kind() {
                EntryKind::Attribute => {}
                EntryKind::Declaration => continue,
                EntryKind::Element | EntryKind::Text => return None,
            }
            let start = entry.start as usize;
            if entry.name_len() == name.len()
                && is_equal(text.get(start..start + name.len())?, name.as_bytes())
                && (entry.prefix_len() == 0 || entry.ns() == XML)
            {
                return Some(self.value(entry));
            }
        }
        None
    }

    /// The decoded value of the attribute with that local name in that namespace, or in none if
    /// `ns` is empty.
    #[must_use]
    pub fn attribute_ns(self, name: &str, ns: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|a| a.name() == name && a.namespace() == ns).map(|a| a.value())
    }

    /// The attributes in the order they stand in, declarations of namespaces left out.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes { element: self, entries: self.subtree() }
    }

    /// The decoded text directly in this element, without that of its children.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        let entries = self.subtree();
        // Most elements with text have attributes, one text and nothing else.
        if let Some((&last, tag)) = entries.split_last()
            && last.kind() == EntryKind::Text
            && tag.iter().all(|e| matches!(e.kind(), EntryKind::Attribute | EntryKind::Declaration))
        {
            return self.decoded(last);
        }
        let mut texts = self.nodes().filter_map(|node| match node {
            Node::Text(text) => Some(text),
            Node::Element(_) => None,
        });
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        texts.fold(first, |mut all, more| {
            all.to_mut().push_str(&more);
            all
        })
    }

    /// The elements directly in this one.
    pub fn children(self) -> Children<'a> {
        Children(self.nodes())
    }

    /// The first child with that name and namespace.
    #[must_use]
    pub fn child(self, name: &str, ns: &str) -> Option<ElementRef<'a>> {
        let text = self.text.as_bytes();
        let end = self.entry().link;
        let mut at = self.at + 1;
        while at < end {
            let entry = *self.entries.get(at as usize)?;
            if entry.kind() != EntryKind::Element {
                at += 1;
                continue;
            }
            let last = entry.start as usize + 1 + entry.name_len();
            if entry.name_len() == entry.local_offset() + name.len()
                && is_equal(text.get(last - name.len()..last)?, name.as_bytes())
                && self.is_uri(entry.ns(), ns)
            {
                return Some(ElementRef { at, ..self });
            }
            at = entry.link.max(at + 1);
        }
        None
    }

    /// Child elements and texts in order. A CDATA section is a text of its own.
    pub fn nodes(self) -> Nodes<'a> {
        Nodes { element: self, at: self.at + 1, end: self.entry().link }
    }

    /// The bytes as they came or as they were built.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        let entry = self.entry();
        self.slice(entry.start, entry.end)
    }

    /// This element as one of its own. It shares the bytes and keeps what it inherits.
    #[must_use]
    pub fn to_element(self) -> Element {
        self.owner.with_root(self.at)
    }

    pub(crate) fn entry(self) -> Entry {
        self.at(self.at)
    }

    pub(crate) fn at(self, at: u32) -> Entry {
        self.entries.get(at as usize).copied().unwrap_or(Entry::element(0, 0, 0))
    }

    /// The entries behind this one to the end of its subtree.
    #[inline]
    pub(crate) fn subtree(self) -> &'a [Entry] {
        let range = (self.at + 1) as usize..self.entry().link as usize;
        self.entries.get(range).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn slice(self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The name as it is written, with its prefix.
    pub(crate) fn qualified(self) -> &'a str {
        let entry = self.entry();
        let start = entry.start + 1;
        self.slice(start, start + entry.name_len() as u32)
    }

    pub(crate) fn attribute_name(self, entry: Entry) -> &'a str {
        self.slice(entry.start, entry.start + entry.name_len() as u32)
    }

    pub(crate) fn value(self, entry: Entry) -> Cow<'a, str> {
        let raw = self.slice(entry.link, entry.end);
        if entry.is_coded() { Cow::Owned(escape::decode_value(raw)) } else { Cow::Borrowed(raw) }
    }

    pub(crate) fn decoded(self, entry: Entry) -> Cow<'a, str> {
        let raw = self.slice(entry.start, entry.end);
        match (entry.is_coded(), entry.link) {
            (false, _) => Cow::Borrowed(raw),
            (true, 0) => Cow::Owned(escape::decode_text(raw)),
            (true, _) => Cow::Owned(escape::decode_lines(raw)),
        }
    }

    pub(crate) fn uri(self, id: NsId) -> &'a str {
        let scope: &Scope = &self.owner.around().scope;
        if let Some(uri) = scope.uri(id) {
            return uri;
        }
        let place = self.at(0).link + u32::from(id.saturating_sub(scope.end()));
        let entry = self.at(place);
        match self.owner.coded() {
            Some(coded) if entry.is_coded() => {
                coded.get(entry.link as usize).map(|uri| &**uri).unwrap_or_default()
            }
            _ => self.slice(entry.start, entry.end),
        }
    }

    #[inline]
    fn is_uri(self, id: NsId, uri: &str) -> bool {
        match id {
            CONTENT => {
                uri == ns::CLIENT || self.owner.around().scope.id(uri.as_bytes()) == Some(CONTENT)
            }
            id => self.uri(id) == uri,
        }
    }
}

fn local(qualified: &str, entry: Entry) -> &str {
    match entry.prefix_len() {
        0 => qualified,
        len => qualified.get(len + 1..).unwrap_or_default(),
    }
}

/// An attribute, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    element: ElementRef<'a>,
    entry: Entry,
}

impl<'a> Attribute<'a> {
    pub(crate) fn new(element: ElementRef<'a>, entry: Entry) -> Self {
        Self { element, entry }
    }

    /// The name without prefix.
    #[must_use]
    pub fn name(self) -> &'a str {
        local(self.element.attribute_name(self.entry), self.entry)
    }

    /// The prefix that stands before the name.
    #[must_use]
    pub fn prefix(self) -> Option<&'a str> {
        match self.entry.prefix_len() {
            0 => None,
            len => self.element.attribute_name(self.entry).get(..len),
        }
    }

    /// The namespace name; empty for an attribute without prefix.
    #[must_use]
    pub fn namespace(self) -> &'a str {
        self.element.uri(self.entry.ns())
    }

    /// The decoded value.
    #[must_use]
    pub fn value(self) -> Cow<'a, str> {
        self.element.value(self.entry)
    }
}

/// The attributes of an element, in order. See [`ElementRef::attributes`].
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    element: ElementRef<'a>,
    entries: &'a [Entry],
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        loop {
            let (&entry, rest) = self.entries.split_first()?;
            match entry.kind() {
                EntryKind::Attribute => {
                    self.entries = rest;
                    return Some(Attribute { element: self.element, entry });
                }
                EntryKind::Declaration => self.entries = rest,
                EntryKind::Element | EntryKind::Text => return None,
            }
        }
    }
}

/// A child of an element.
#[derive(Clone, Debug)]
pub enum Node<'a> {
    /// An element.
    Element(ElementRef<'a>),
    /// Text, decoded.
    Text(Cow<'a, str>),
}

/// The children of an element, texts included. See [`ElementRef::nodes`].
#[derive(Clone, Debug)]
pub struct Nodes<'a> {
    element: ElementRef<'a>,
    at: u32,
    end: u32,
}

impl<'a> Nodes<'a> {
    fn next_entry(&mut self) -> Option<(u32, Entry)> {
        while self.at < self.end {
            let at = self.at;
            let entry = *self.element.entries.get(at as usize)?;
            match entry.kind() {
                EntryKind::Attribute | EntryKind::Declaration => self.at += 1,
                EntryKind::Text => {
                    self.at += 1;
                    return Some((at, entry));
                }
                EntryKind::Element => {
                    // A link forward always: an index cannot make this loop.
                    self.at = entry.link.max(at + 1);
                    return Some((at, entry));
                }
            }
        }
        None
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Node<'a>> {
        let (at, entry) = self.next_entry()?;
        Some(match entry.kind() {
            EntryKind::Text => Node::Text(self.element.decoded(entry)),
            _ => Node::Element(ElementRef { at, ..self.element }),
        })
    }
}

/// The child elements of an element. See [`ElementRef::children`].
#[derive(Clone, Debug)]
pub struct Children<'a>(Nodes<'a>);

impl<'a> Iterator for Children<'a> {
    type Item = ElementRef<'a>;

    #[inline]
    fn next(&mut self) -> Option<ElementRef<'a>> {
        loop {
            let (at, entry) = self.0.next_entry()?;
            if entry.kind() == EntryKind::Element {
                return Some(ElementRef { at, ..self.0.element });
            }
        }
    }
}

impl PartialEq for ElementRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        crate::compare::equal(*self, *other)
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl From<ElementRef<'_>> for Element {
    fn from(element: ElementRef<'_>) -> Self {
        write::detach(element)
    }
}
