use std::borrow::Cow;
use std::fmt;
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
    prefix: Option<Name>,
    default: Name,
    prefixes: Cow<'static, [(Name, Name)]>,
    to: Option<String>,
    from: Option<String>,
    id: Option<String>,
    version: Option<Name>,
    lang: Option<String>,
}

/// Those that nearly all headers have are not copied.
type Name = Cow<'static, str>;

const STREAM: &str = "stream";
/// What nearly every header fits in: it is written without another allocation.
const USUAL_LENGTH: usize = 256;
const USUAL_NAMES: [&str; 6] =
    [STREAM, "1.0", ns::STREAM, ns::CLIENT, ns::COMPONENT_ACCEPT, ns::JABBERD20_COMPONENT];
static USUAL_PREFIXES: [(Name, Name); 1] = [(Cow::Borrowed(STREAM), Cow::Borrowed(ns::STREAM))];

fn to_name(text: &str) -> Name {
    let usual = USUAL_NAMES.into_iter().find(|usual| *usual == text);
    usual.map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed)
}

impl StreamHeader {
    /// A header with that default namespace and the prefix `stream`.
    #[must_use]
    pub fn new(content: impl AsRef<str>) -> Self {
        Self(Arc::new(Fields {
            prefix: Some(Cow::Borrowed(STREAM)),
            default: to_name(content.as_ref()),
            prefixes: Cow::Borrowed(&USUAL_PREFIXES),
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
    pub fn with_version(mut self, version: impl AsRef<str>) -> Self {
        Arc::make_mut(&mut self.0).version = Some(to_name(version.as_ref()));
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
        let content = |(_, uri): &&(Name, Name)| ns::is_content(uri);
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
            [(prefix, uri)] if prefix == STREAM && uri == ns::STREAM => {
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
        out.extend_from_slice(self.text().as_bytes());
    }

    /// Appends the end tag that closes the stream (RFC 6120 §4.4).
    pub fn write_end(&self, out: &mut BytesMut) {
        out.extend_from_slice(b"</");
        out.extend_from_slice(self.name().as_bytes());
        out.extend_from_slice(b">");
    }

    /// The XML declaration and the header.
    fn text(&self) -> String {
        let fields = &*self.0;
        let mut out = String::with_capacity(USUAL_LENGTH);
        // RFC 6120 §11.5 leaves the encoding out: UTF-8 is what XML assumes.
        out.push_str("<?xml version='1.0'?><");
        out.push_str(&self.name());
        if !fields.default.is_empty() {
            push_attribute(&mut out, &["xmlns"], &fields.default);
        }
        for (prefix, uri) in fields.prefixes.iter() {
            push_attribute(&mut out, &["xmlns:", prefix], uri);
        }
        let attributes = [
            ("from", fields.from.as_deref()),
            ("to", fields.to.as_deref()),
            ("id", fields.id.as_deref()),
            ("version", fields.version.as_deref()),
            ("xml:lang", fields.lang.as_deref()),
        ];
        for (name, value) in attributes {
            if let Some(value) = value {
                push_attribute(&mut out, &[name], value);
            }
        }
        out.push('>');
        out
    }

    /// The qualified name of the stream element.
    pub(crate) fn name(&self) -> Cow<'static, str> {
        match self.0.prefix.as_deref() {
            Some(STREAM) => Cow::Borrowed("stream:stream"),
            Some(prefix) => Cow::Owned(format!("{prefix}:{STREAM}")),
            None => Cow::Borrowed(STREAM),
        }
    }

    /// Reads a start tag that was checked.
    pub(crate) fn read(tag: ElementRef<'_>) -> Result<Self, Fault> {
        // RFC 6120 §4.8.1: another namespace is `invalid-namespace`, whatever the prefix.
        if tag.namespace() != ns::STREAM {
            return Err(Fault::StreamNamespace);
        }
        if tag.name() != STREAM {
            return Err(Fault::NotAStream);
        }
        let value = |name| tag.attribute(name).map(|value| value.into_owned());
        let mut header = Fields {
            prefix: tag.prefix().map(to_name),
            default: Cow::Borrowed(""),
            prefixes: Cow::Borrowed(&[]),
            to: value("to"),
            from: value("from"),
            id: value("id"),
            version: tag.attribute("version").map(|version| to_name(&version)),
            lang: value("xml:lang"),
        };
        for &entry in tag.tag().iter().filter(|e| e.kind() == EntryKind::Declaration) {
            let uri = tag.value(entry);
            match tag.attribute_name(entry).strip_prefix("xmlns:") {
                None => header.default = to_name(&uri),
                Some("xml") => {}
                Some(STREAM) if uri == ns::STREAM && header.prefixes.is_empty() => {
                    header.prefixes = Cow::Borrowed(&USUAL_PREFIXES);
                }
                Some(prefix) => header.prefixes.to_mut().push((to_name(prefix), to_name(&uri))),
            }
        }
        Ok(Self(Arc::new(header)))
    }
}

impl fmt::Display for StreamHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn push_attribute(out: &mut String, name: &[&str], value: &str) {
    out.push(' ');
    name.iter().for_each(|part| out.push_str(part));
    out.push_str("='");
    let begin = out.len();
    if escape::push_value(out, value).is_err() {
        // What XML cannot carry, such as a NUL: the peer will refuse the address, not the XML.
        out.truncate(begin);
        let legal: String =
            value.chars().map(|c| if crate::chars::is_char(c) { c } else { '\u{fffd}' }).collect();
        let _ = escape::push_value(out, &legal);
    }
    out.push('\'');
}
