use std::fmt::{self, Write as _};
use std::sync::Arc;

use bytes::BytesMut;

use crate::entry::EntryKind;
use crate::{ElementRef, Fault, Scope, escape, ns};

/// A stream header, `<stream:stream …>`, received or to be sent (RFC 6120 §4.7, §4.8).
///
/// # Examples
///
/// ```
/// use jabber_xml::{StreamHeader, ns};
///
/// let header = StreamHeader::new(ns::CLIENT).with_to("localhost").with_version("1.0");
/// assert_eq!(
///     header.to_string(),
///     "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
///      xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamHeader(Arc<Fields>);

/// Apart, so that a header does not make every stream item large, and a clone counts a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fields {
    /// The prefix of the stream namespace; none if it is the default.
    prefix: Option<String>,
    default: String,
    prefixes: Vec<(String, String)>,
    to: Option<String>,
    from: Option<String>,
    id: Option<String>,
    version: Option<String>,
    lang: Option<String>,
}

impl StreamHeader {
    /// A header with that default namespace and the prefix `stream`.
    #[must_use]
    pub fn new(content: impl Into<String>) -> Self {
        Self(Arc::new(Fields {
            prefix: Some("stream".to_owned()),
            default: content.into(),
            prefixes: vec![("stream".to_owned(), ns::STREAM.to_owned())],
            to: None,
            from: None,
            id: None,
            version: None,
            lang: None,
        }))
    }

    /// Sets to whom (RFC 6120 §4.7.2).
    #[must_use]
    pub fn with_to(mut self, to: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).to = Some(to.into());
        self
    }

    /// Sets from whom (RFC 6120 §4.7.1).
    #[must_use]
    pub fn with_from(mut self, from: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).from = Some(from.into());
        self
    }

    /// Sets the id that the receiving entity gives the stream (RFC 6120 §4.7.3).
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).id = Some(id.into());
        self
    }

    /// Sets the version (RFC 6120 §4.7.5).
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).version = Some(version.into());
        self
    }

    /// Sets `xml:lang` (RFC 6120 §4.7.4).
    #[must_use]
    pub fn with_lang(mut self, lang: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).lang = Some(lang.into());
        self
    }

    /// The content namespace as the header has it: the default one, or where that is the stream's
    /// own, the one of a prefix (RFC 6120 §4.8.3). Empty if there is none.
    #[must_use]
    pub fn content(&self) -> &str {
        if !self.0.default.is_empty() && self.0.default != ns::STREAM {
            return &self.0.default;
        }
        let content = |(_, uri): &&(String, String)| ns::is_content(uri);
        self.0.prefixes.iter().find(content).map_or("", |(_, uri)| uri)
    }

    /// To whom.
    #[must_use]
    pub fn to(&self) -> Option<&str> {
        self.0.to.as_deref()
    }

    /// From whom.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.0.from.as_deref()
    }

    /// The stream's id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// The version; none means a stream from before RFC 3920, without features.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.0.version.as_deref()
    }

    /// `xml:lang`.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.0.lang.as_deref()
    }

    /// What the header declares for the elements of the stream.
    #[must_use]
    pub fn scope(&self) -> Arc<Scope> {
        match &self.0.prefixes[..] {
            [(prefix, uri)] if prefix == "stream" && uri == ns::STREAM => {
                Scope::shared(&self.0.default)
            }
            prefixes => {
                let prefixes = prefixes.iter().map(|(prefix, uri)| (&**prefix, &**uri));
                Arc::new(Scope::declare(&self.0.default, prefixes))
            }
        }
    }

    /// Appends the XML declaration and the header.
    pub fn write_to(&self, out: &mut BytesMut) {
        // Writing to a buffer that grows cannot fail.
        let _ = write!(out, "{self}");
    }

    /// Appends the end tag that closes the stream (RFC 6120 §4.4).
    pub fn write_end(&self, out: &mut BytesMut) {
        out.extend_from_slice(b"</");
        out.extend_from_slice(self.name().as_bytes());
        out.extend_from_slice(b">");
    }

    /// The qualified name of the stream element.
    pub(crate) fn name(&self) -> String {
        match &self.0.prefix {
            Some(prefix) => format!("{prefix}:stream"),
            None => "stream".to_owned(),
        }
    }

    /// Reads a start tag that was checked.
    pub(crate) fn read(tag: ElementRef<'_>) -> Result<Self, Fault> {
        // RFC 6120 §4.8.1: another namespace is `invalid-namespace`, whatever the prefix.
        if tag.namespace() != ns::STREAM {
            return Err(Fault::StreamNamespace);
        }
        if tag.name() != "stream" {
            return Err(Fault::NotAStream);
        }
        let value = |name| tag.attribute(name).map(|value| value.into_owned());
        let mut header = Fields {
            prefix: tag.prefix().map(str::to_owned),
            default: String::new(),
            prefixes: Vec::new(),
            to: value("to"),
            from: value("from"),
            id: value("id"),
            version: value("version"),
            lang: value("xml:lang"),
        };
        for &entry in tag.tag().iter().filter(|e| e.kind() == EntryKind::Declaration) {
            let uri = tag.value(entry).into_owned();
            match tag.attribute_name(entry).strip_prefix("xmlns:") {
                None => header.default = uri,
                Some("xml") => {}
                Some(prefix) => header.prefixes.push((prefix.to_owned(), uri)),
            }
        }
        Ok(Self(Arc::new(header)))
    }
}

impl fmt::Display for StreamHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // RFC 6120 §11.5 leaves the encoding out: UTF-8 is what XML assumes.
        write!(f, "<?xml version='1.0'?><{}", self.name())?;
        if !self.0.default.is_empty() {
            attribute(f, "xmlns", &self.0.default)?;
        }
        for (prefix, uri) in &self.0.prefixes {
            attribute(f, &format!("xmlns:{prefix}"), uri)?;
        }
        let attributes = [
            ("from", &self.0.from),
            ("to", &self.0.to),
            ("id", &self.0.id),
            ("version", &self.0.version),
            ("xml:lang", &self.0.lang),
        ];
        for (name, value) in attributes {
            if let Some(value) = value {
                attribute(f, name, value)?;
            }
        }
        f.write_str(">")
    }
}

fn attribute(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    let mut escaped = String::new();
    if escape::push_value(&mut escaped, value).is_err() {
        // What XML cannot carry, such as a NUL: the peer will refuse the address, not the XML.
        escaped.clear();
        let legal: String =
            value.chars().map(|c| if crate::chars::is_char(c) { c } else { '\u{fffd}' }).collect();
        let _ = escape::push_value(&mut escaped, &legal);
    }
    write!(f, " {name}='{escaped}'")
}
