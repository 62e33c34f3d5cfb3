use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use bytes::BytesMut;
use bytestring::ByteString;
use triomphe::{Arc, ThinArc};

use crate::entry::Entry;
use crate::read::{Attributes, Children, ElementRef, Nodes};
use crate::scope::ScopeHandle;
use crate::{Builder, Scope, XmlError, escape, scanner, write};

/// An XML element: the bytes it has on the wire and an index of them.
///
/// Cloning counts a reference. All reading methods borrow; what is written with references
/// (`&lt;`) is decoded when it is read. Two elements are equal if they mean the same: by expanded
/// names, attributes in any order, whatever the prefixes, quotes and references.
///
/// `Display` gives XML that stands alone and that `parse` reads back as the same element; like the
/// text that `parse` takes it is in the content namespace by default.
///
/// # Examples
///
/// ```
/// use jabber_xml::{Element, ns};
///
/// let message: Element = "<message to='b@c'><body>Tom &amp; Jerry</body></message>".parse()?;
/// assert_eq!(message.attribute("to").as_deref(), Some("b@c"));
/// let body = message.child("body", ns::CLIENT).expect("there is one");
/// assert_eq!(body.text(), "Tom & Jerry");
///
/// let built = Element::builder("message", ns::CLIENT)
///     .attribute("to", "b@c")
///     .child("body", ns::CLIENT, |body| body.text("Tom & Jerry"))
///     .build()?;
/// assert_eq!(built, message);
/// # Ok::<(), jabber_xml::XmlError>(())
/// ```
#[derive(Clone)]
pub struct Element {
    body: Body,
    pub(crate) root: u32,
}

/// One reference, since elements go from layer to layer, and through channels.
#[derive(Clone)]
enum Body {
    /// Received: with its index, in one piece.
    Read(ThinArc<Received, Entry>),
    Built(Arc<Built>),
}

pub(crate) struct Received {
    pub(crate) text: ByteString,
    pub(crate) around: Around,
    pub(crate) coded: Coded,
}

struct Built {
    text: String,
    around: Around,
    /// Made when somebody reads it.
    index: OnceLock<Index>,
}

/// What the text does not say.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) scope: ScopeHandle,
    pub(crate) traits: Traits,
}

/// What the bytes are, in document order.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) entries: Box<[Entry]>,
    pub(crate) coded: Coded,
}

/// Namespace names that are written with references, unescaped.
pub(crate) type Coded = Option<Box<[Box<str>]>>;

/// What decides whether the bytes may be copied to another stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// A prefix of the scope is in use (`xml` apart).
    pub(crate) inherits: bool,
    /// The content namespace is written out where another stream must not have it: on the root, by
    /// a prefix, or as one that is not `jabber:client`.
    pub(crate) explicit: bool,
}

impl Element {
    /// Starts a new element. Every content namespace, such as [`ns::CLIENT`](crate::ns::CLIENT), means that of the stream
    /// the element will be written to; an empty one means none.
    pub fn builder(name: &str, ns: &str) -> Builder {
        Builder::root(name, ns)
    }

    #[inline]
    pub(crate) fn received(received: Received, entries: &[Entry]) -> Self {
        Self { body: Body::Read(ThinArc::from_header_and_slice(received, entries)), root: 0 }
    }

    pub(crate) fn built(text: String, around: Around, index: Option<Index>) -> Self {
        let index = index.map_or_else(OnceLock::new, OnceLock::from);
        Self { body: Body::Built(Arc::new(Built { text, around, index })), root: 0 }
    }

    /// The element as a reference to read from.
    #[inline]
    pub fn root(&self) -> ElementRef<'_> {
        let (text, entries) = match &self.body {
            Body::Read(read) => (&*read.header.header.text, &read.slice),
            Body::Built(built) => (&*built.text, &*built.index().entries),
        };
        ElementRef { owner: self, text, entries, at: self.root }
    }

    /// The same bytes, of which `at` is the root now.
    pub(crate) fn with_root(&self, at: u32) -> Self {
        Self { body: self.body.clone(), root: at }
    }

    /// All bytes, also of what is around the root.
    #[inline]
    pub(crate) fn all(&self) -> &str {
        match &self.body {
            Body::Read(read) => &read.header.header.text,
            Body::Built(built) => &built.text,
        }
    }

    #[inline]
    pub(crate) fn around(&self) -> &Around {
        match &self.body {
            Body::Read(read) => &read.header.header.around,
            Body::Built(built) => &built.around,
        }
    }

    pub(crate) fn coded(&self) -> &Coded {
        match &self.body {
            Body::Read(read) => &read.header.header.coded,
            Body::Built(built) => &built.index().coded,
        }
    }

    /// Makes sure that the element does not keep a read buffer alive: copies the bytes if they are a
    /// part of something greater. Whatever outlives the delivery should be compacted.
    #[must_use]
    pub fn compact(self) -> Self {
        if self.root != 0 {
            return write::detach(self.root());
        }
        match &self.body {
            Body::Read(read) => Self::received(read.header.header.compact(), &read.slice),
            Body::Built(_) => self,
        }
    }

    /// The size in bytes as it stands in memory.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        if self.root == 0 { self.all().len() } else { self.as_str().len() }
    }

    /// The memory it takes, in bytes: its text, 16 bytes for each node of its index, where it has one
    /// by now, and the value itself. `<a/>` a thousand times is 4 KB of text and 20 KB of memory.
    ///
    /// A read buffer that it shares is not counted: see [`compact`](Self::compact).
    #[must_use]
    pub fn memory(&self) -> usize {
        let (value, entries) = match &self.body {
            Body::Read(read) => (size_of::<Received>(), read.slice.len()),
            Body::Built(built) => {
                (size_of::<Built>(), built.index.get().map_or(0, |index| index.entries.len()))
            }
        };
        size_of::<Self>() + value + self.all().len() + entries * size_of::<Entry>()
    }

    /// A copy in which the root has this attribute; an attribute of that name is replaced.
    ///
    /// # Errors
    ///
    /// The name is none, has a prefix other than `xml`, or the value has a character that XML does
    /// not allow.
    pub fn with_attribute(&self, name: &str, value: &str) -> Result<Self, XmlError> {
        write::with_attribute(self, name, value)
    }

    /// A copy in which the root lacks the attribute of that name.
    #[must_use]
    pub fn without_attribute(&self, name: &str) -> Self {
        write::without_attribute(self, name)
    }

    /// Appends the wire form that the element has on a stream with this scope.
    ///
    /// Where it means the same there, the bytes are copied. Otherwise the root gets the
    /// declarations it needs, and the content namespace becomes the stream's.
    #[inline]
    pub fn write_to(&self, out: &mut BytesMut, stream: &Scope) {
        if self.root == 0 && write::is_portable(self, stream) {
            out.extend_from_slice(self.all().as_bytes());
        } else {
            write::write(self.root(), out, stream);
        }
    }

    /// Indented over several lines, for people. Elements that have text are left as they are.
    pub fn pretty(&self) -> impl fmt::Display + '_ {
        crate::pretty::Pretty(self)
    }

    /// See [`ElementRef::name`].
    #[must_use]
    pub fn name(&self) -> &str {
        self.root().name()
    }

    /// See [`ElementRef::prefix`].
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        self.root().prefix()
    }

    /// See [`ElementRef::namespace`].
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.root().namespace()
    }

    /// See [`ElementRef::is`].
    #[must_use]
    pub fn is(&self, name: &str, ns: &str) -> bool {
        self.root().is(name, ns)
    }

    /// See [`ElementRef::attribute`].
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.root().attribute(name)
    }

    /// See [`ElementRef::attribute_ns`].
    #[must_use]
    pub fn attribute_ns(&self, name: &str, ns: &str) -> Option<Cow<'_, str>> {
        self.root().attribute_ns(name, ns)
    }

    /// See [`ElementRef::attributes`].
    pub fn attributes(&self) -> Attributes<'_> {
        self.root().attributes()
    }

    /// See [`ElementRef::text`].
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        self.root().text()
    }

    /// See [`ElementRef::children`].
    pub fn children(&self) -> Children<'_> {
        self.root().children()
    }

    /// See [`ElementRef::child`].
    #[must_use]
    pub fn child(&self, name: &str, ns: &str) -> Option<ElementRef<'_>> {
        self.root().child(name, ns)
    }

    /// See [`ElementRef::nodes`].
    pub fn nodes(&self) -> Nodes<'_> {
        self.root().nodes()
    }

    /// See [`ElementRef::as_str`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        if self.root == 0 { self.all() } else { self.root().as_str() }
    }
}

impl Received {
    /// With bytes of its own.
    fn compact(&self) -> Self {
        let Self { text, around, coded } = self;
        Self { text: ByteString::from(&**text), around: around.clone(), coded: coded.clone() }
    }
}

impl Built {
    fn index(&self) -> &Index {
        let index = || scanner::index(&self.text, &self.around.scope);
        // Our own bytes are well-formed: an empty index stands for what cannot happen.
        self.index.get_or_init(|| index().unwrap_or_default())
    }
}

impl Around {
    /// No stream, and nothing that another stream must not have.
    pub(crate) fn bare() -> Self {
        Self { scope: ScopeHandle::bare(), traits: Traits::default() }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().fmt(f)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the text: stanzas are private, and a handshake or `<auth/>` is a secret.
        write!(f, "Element({}, {} bytes)", escape::debug_name(self.root()), self.byte_len())
    }
}

impl fmt::Display for ElementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write::standalone(*self))
    }
}

impl fmt::Debug for ElementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ElementRef({}, {} bytes)", escape::debug_name(*self), self.as_str().len())
    }
}
