//! Writing an element where other declarations are in scope than where it came from.

use std::collections::{BTreeMap, BTreeSet};

use bytes::BytesMut;

use crate::element::{Around, Element, Traits};
use crate::entry::{CONTENT, Entry, EntryKind, NsId, XML};
use crate::scope::ScopeHandle;
use crate::{ElementRef, Fault, Scope, XmlError, chars, escape, ns};

/// What is in scope where the element is written to.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) default: &'a str,
    pub(crate) content: &'a str,
    pub(crate) prefixes: Option<&'a Scope>,
}

impl Target<'_> {
    /// No stream: content namespace by default, as `parse` reads it.
    pub(crate) const BARE: Target<'static> =
        Target { default: ns::CLIENT, content: ns::CLIENT, prefixes: None };
}

/// Whether the bytes of a whole element mean the same on that stream, but for the name of the
/// content namespace.
#[inline]
pub(crate) fn is_portable(element: &Element, stream: &Scope) -> bool {
    let Around { scope, traits: Traits { inherits, explicit } } = element.around();
    let source: &Scope = scope;
    let content = source.default_id() == CONTENT && stream.default_id() == CONTENT;
    (content && !inherits && !explicit) || std::ptr::eq(source, stream) || source == stream
}

pub(crate) fn write(element: ElementRef<'_>, out: &mut BytesMut, stream: &Scope) {
    let mut text = String::with_capacity(element.as_str().len() + 64);
    let target = Target {
        default: stream.default_namespace(),
        content: stream.content_namespace(),
        prefixes: Some(stream),
    };
    serialize(element, &mut text, target);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn standalone(element: ElementRef<'_>) -> String {
    if element.at == 0 && is_portable(element.owner, &ScopeHandle::bare()) {
        return element.as_str().to_owned();
    }
    let mut text = String::with_capacity(element.as_str().len() + 64);
    serialize(element, &mut text, Target::BARE);
    text
}

/// An element with bytes of its own that needs nothing from outside.
pub(crate) fn detach(element: ElementRef<'_>) -> Element {
    Element::built(standalone(element), Around::bare(), None)
}

/// An element that is open in the output.
struct Open<'a> {
    /// The entry behind its subtree.
    end: u32,
    name: &'a str,
    /// The default namespace within it.
    default: &'a str,
}

/// Writes the element with the declarations it needs. Content elements lose their prefix: RFC 6120
/// §4.8.3 allows one, but few peers look beyond the literal name. Keeps a stack of its own.
pub(crate) fn serialize(root: ElementRef<'_>, out: &mut String, target: Target<'_>) {
    let mut open: Vec<Open<'_>> = Vec::new();
    let end = root.entry().link.max(root.at + 1);
    let mut at = root.at;
    while at < end {
        close_until(at, &mut open, out);
        let entry = root.at(at);
        match entry.kind() {
            EntryKind::Text => {
                let raw = root.slice(entry.start, entry.end);
                if entry.link == 0 {
                    out.push_str(raw);
                } else {
                    out.extend(["<![CDATA[", raw, "]]>"]);
                }
                at += 1;
            }
            EntryKind::Element => {
                let element = ElementRef { at, ..root };
                let default = open.last().map_or(target.default, |parent| parent.default);
                let (name, default) = start_tag(element, default, target, root.at, out);
                at += 1 + element.tag_len();
                if at >= entry.link {
                    out.push_str("/>");
                } else {
                    out.push('>');
                    open.push(Open { end: entry.link, name, default });
                }
            }
            // Written with their tag.
            EntryKind::Attribute | EntryKind::Declaration => at += 1,
        }
    }
    close_until(end, &mut open, out);
}

fn close_until(at: u32, open: &mut Vec<Open<'_>>, out: &mut String) {
    while let Some(last) = open.pop_if(|last| last.end <= at) {
        out.extend(["</", last.name, ">"]);
    }
}

/// Writes a start tag up to its `>`; gives the name in it and the default namespace within.
fn start_tag<'a>(
    element: ElementRef<'a>,
    outer: &'a str,
    target: Target<'a>,
    root: u32,
    out: &mut String,
) -> (&'a str, &'a str) {
    let entry = element.entry();
    let content = entry.ns() == CONTENT;
    let name = if content { element.name() } else { element.qualified() };
    out.extend(["<", name]);
    let wanted = if content && is_content(outer, target) {
        outer
    } else if content && declares_client(element) {
        ns::CLIENT
    } else if content {
        target.content
    } else if entry.prefix_len() == 0 {
        element.uri(entry.ns())
    } else {
        outer
    };
    if wanted != outer {
        push_declaration(out, "", wanted);
    }
    if element.at == root {
        inherited(element, target, out);
    }
    for &attribute in element.tag() {
        let declares_default =
            attribute.kind() == EntryKind::Declaration && attribute.prefix_len() == 0;
        if !declares_default {
            out.push(' ');
            out.push_str(element.slice(attribute.start, attribute.end + 1));
        }
    }
    (name, wanted)
}

fn is_content(uri: &str, target: Target<'_>) -> bool {
    uri == target.content || uri == ns::CLIENT
}

/// XEP-0297 §4 and its like: a stanza within a payload says `jabber:client`, whatever the stream.
fn declares_client(element: ElementRef<'_>) -> bool {
    element.tag().iter().any(|&entry| {
        entry.kind() == EntryKind::Declaration
            && entry.prefix_len() == 0
            && element.value(entry) == ns::CLIENT
    })
}

pub(crate) fn push_declaration(out: &mut String, prefix: &str, uri: &str) {
    out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
    out.push_str(prefix);
    out.push_str("='");
    // A namespace name that was read or accepted has no character to refuse.
    let _ = escape::push_value(out, uri);
    out.push('\'');
}

/// Declares the prefixes that the subtree uses and that come from outside of it. Looks at each
/// entry once: how many prefixes there are is the peer's choice.
fn inherited(root: ElementRef<'_>, target: Target<'_>, out: &mut String) {
    let own = root.tag().iter().filter_map(|&entry| declared_prefix(root, entry));
    let mut seen: BTreeSet<&str> = own.collect();
    let mut outer = None;
    for &entry in std::iter::once(&root.entry()).chain(root.subtree()) {
        let len = entry.prefix_len();
        let skip = match entry.kind() {
            EntryKind::Element => entry.ns() == CONTENT,
            EntryKind::Attribute => entry.ns() == XML,
            EntryKind::Declaration | EntryKind::Text => true,
        };
        if len == 0 || skip {
            continue;
        }
        let start = entry.start + u32::from(entry.kind() == EntryKind::Element);
        let prefix = root.slice(start, start + len as u32);
        if !seen.insert(prefix) {
            continue;
        }
        let around = outer.get_or_insert_with(|| ancestors_bindings(root)).get(prefix).copied();
        if let Some(id) = around.or_else(|| root.owner.around().scope.lookup(prefix.as_bytes())) {
            let uri = root.uri(id);
            if target.prefixes.and_then(|scope| scope.prefix(prefix)) != Some(uri) {
                push_declaration(out, prefix, uri);
            }
        }
    }
}

fn declared_prefix(element: ElementRef<'_>, entry: Entry) -> Option<&str> {
    (entry.kind() == EntryKind::Declaration)
        .then(|| element.attribute_name(entry).strip_prefix("xmlns:"))
        .flatten()
}

/// What prefixes mean where the element stands, by its ancestors within the bytes.
fn ancestors_bindings(element: ElementRef<'_>) -> BTreeMap<&str, NsId> {
    let mut bindings = BTreeMap::new();
    let mut ancestor = ElementRef { at: 0, ..element };
    while ancestor.at < element.at {
        for &entry in ancestor.tag() {
            if let Some(prefix) = declared_prefix(ancestor, entry) {
                bindings.insert(prefix, entry.ns());
            }
        }
        match ancestor.children().find(|child| child.entry().link > element.at) {
            Some(child) => ancestor = child,
            None => break,
        }
    }
    bindings
}

pub(crate) fn with_attribute(
    element: &Element,
    name: &str,
    value: &str,
) -> Result<Element, XmlError> {
    let ncname = name.strip_prefix("xml:").unwrap_or(name);
    if !chars::is_ncname(ncname) || name == "xmlns" || name.len() > crate::entry::MAX_NAME {
        return Err(XmlError::new(Fault::Name, 0));
    }
    edit(element, name, Some(value)).map_err(|fault| XmlError::new(fault, 0))
}

pub(crate) fn without_attribute(element: &Element, name: &str) -> Element {
    // Nothing is written that could be at fault.
    edit(element, name, None).unwrap_or_else(|_| element.clone())
}

/// Replaces, adds or removes one attribute of the root in a copy of the bytes.
fn edit(element: &Element, name: &str, value: Option<&str>) -> Result<Element, Fault> {
    let detached;
    let element = if element.root == 0 {
        element
    } else {
        detached = detach(element.root());
        &detached
    };
    let root = element.root();
    let old = root
        .tag()
        .iter()
        .find(|&&entry| entry.kind() == EntryKind::Attribute && root.attribute_name(entry) == name);
    let after_name = root.entry().start + 1 + root.entry().name_len() as u32;
    let (from, to) = match (old, value) {
        (Some(old), Some(_)) => (old.start, old.end + 1),
        (Some(old), None) => (space_before(root, old.start), old.end + 1),
        (None, Some(_)) => (after_name, after_name),
        (None, None) => return Ok(element.clone()),
    };
    let len = element.all().len();
    let room = value.map_or(0, |value| name.len() + value.len() + " =''".len());
    let mut text = String::with_capacity(len + room);
    text.push_str(root.slice(0, from));
    if let Some(value) = value {
        text.push_str(if old.is_none() { " " } else { "" });
        text.push_str(name);
        text.push_str("='");
        escape::push_value(&mut text, value)?;
        text.push('\'');
    }
    text.push_str(root.slice(to, len as u32));
    Ok(Element::built(text, element.around().clone(), None))
}

/// Where the white space before `at` begins.
fn space_before(root: ElementRef<'_>, at: u32) -> u32 {
    root.slice(0, at).trim_end_matches([' ', '\t', '\r', '\n']).len() as u32
}

impl<'a> ElementRef<'a> {
    /// The attributes and declarations of the tag.
    pub(crate) fn tag(self) -> &'a [Entry] {
        let entries = self.subtree();
        let own = |e: &Entry| matches!(e.kind(), EntryKind::Attribute | EntryKind::Declaration);
        let len = entries.iter().position(|e| !own(e)).unwrap_or(entries.len());
        entries.get(..len).unwrap_or_default()
    }

    fn tag_len(self) -> u32 {
        self.tag().len() as u32
    }
}
