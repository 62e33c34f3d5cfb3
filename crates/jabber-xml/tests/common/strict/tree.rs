//! What a stream says.

use jabber_xml::{ElementRef, Fault, StreamHeader};

/// An item of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Header(Header),
    /// With the bytes that it was written in.
    Element(Tree, String),
    End,
}

/// How a document ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Refused(Fault),
    /// Between two items, or behind all.
    Between,
    /// In the middle of one.
    Within,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) content: String,
    pub(crate) to: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) lang: Option<String>,
}

/// An element with its expanded name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Without the declarations, in the order in which they stand.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Tree),
    /// A run of text, or a CDATA section.
    Text(String),
}

impl From<&StreamHeader> for Header {
    fn from(header: &StreamHeader) -> Self {
        let owned = |value: Option<&str>| value.map(str::to_owned);
        Self {
            content: header.content().to_owned(),
            to: owned(header.to()),
            from: owned(header.from()),
            id: owned(header.id()),
            version: owned(header.version()),
            lang: owned(header.lang()),
        }
    }
}

impl From<ElementRef<'_>> for Tree {
    fn from(element: ElementRef<'_>) -> Self {
        let attributes = element.attributes().map(|attribute| Attribute {
            namespace: attribute.namespace().to_owned(),
            name: attribute.name().to_owned(),
            value: attribute.value().into_owned(),
        });
        let nodes = element.nodes().map(|node| match node {
            jabber_xml::Node::Element(child) => Node::Element(child.into()),
            jabber_xml::Node::Text(text) => Node::Text(text.into_owned()),
        });
        Self {
            namespace: element.namespace().to_owned(),
            name: element.name().to_owned(),
            attributes: attributes.collect(),
            nodes: nodes.collect(),
        }
    }
}
