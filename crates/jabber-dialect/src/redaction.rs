use std::fmt;

use jabber_xml::{Element, ElementRef, Node, ns};

/// Which parts of an element observers may not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Redaction {
    /// All may be seen.
    Nothing,
    /// The content is hidden; the tag and its attributes are shown.
    Content,
    /// All character data is hidden; tags and attributes are shown.
    Texts,
}

impl Redaction {
    /// The rule by kind of element, for both directions: SASL exchanges (RFC 6120 §6), the
    /// component handshake (XEP-0114), and what XEP-0078 and XEP-0077 wrap a password in (some
    /// servers echo it in an error).
    #[must_use]
    pub fn of(element: &Element) -> Self {
        // A `<failure/>` and `<mechanisms/>` are what one wants to read, and hold no secret.
        if element.namespace() == ns::SASL {
            return match element.name() {
                "auth" | "challenge" | "response" | "success" => Self::Content,
                _ => Self::Nothing,
            };
        }
        if element.is("handshake", ns::CLIENT) || element.is("handshake", ns::COMPONENT_ACCEPT) {
            return Self::Content;
        }
        if element.name() == "iq"
            && element
                .children()
                .any(|child| matches!(child.namespace(), ns::IQ_AUTH | ns::IQ_REGISTER))
        {
            return Self::Texts;
        }
        Self::Nothing
    }
}

/// An element's text as observers may see it.
#[derive(Clone, Copy, Debug)]
pub struct Redacted<'a> {
    element: &'a Element,
    redaction: Redaction,
}

impl<'a> Redacted<'a> {
    /// Shows `element` by that rule.
    #[must_use]
    pub const fn new(element: &'a Element, redaction: Redaction) -> Self {
        Self { element, redaction }
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.redaction {
            Redaction::Nothing => f.write_str(self.element.as_str()),
            Redaction::Content | Redaction::Texts => {
                write_redacted(self.element.root(), self.redaction, f)
            }
        }
    }
}

const MARK: &str = "[redacted]";

/// Depth is bounded: only what our own limits let in comes here, and with `Content` there is one
/// level.
fn write_redacted(
    element: ElementRef<'_>,
    redaction: Redaction,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let text = element.as_str();
    let (start, empty) = start_tag(text);
    f.write_str(start)?;
    if empty {
        return Ok(());
    }
    if redaction == Redaction::Content {
        f.write_str(MARK)?;
    } else {
        for node in element.nodes() {
            match node {
                Node::Element(child) => write_redacted(child, redaction, f)?,
                Node::Text(_) => f.write_str(MARK)?,
            }
        }
    }
    f.write_str(text.rfind("</").and_then(|at| text.get(at..)).unwrap_or_default())
}

/// The start tag of a well-formed element, and whether it is the whole element. An empty pair of
/// tags counts as whole only in its short form.
fn start_tag(text: &str) -> (&str, bool) {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => {
                let tag = text.get(..=at).unwrap_or_default();
                return (tag, tag.ends_with("/>"));
            }
            _ => {}
        }
    }
    ("", true)
}
