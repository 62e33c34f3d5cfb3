use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::BytesMut;
use bytestring::ByteString;

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
    pub(crate) text: ByteString,
    pub(crate) index: Lazy,
    pub(crate) scope: ScopeHandle,
    pub(crate) root: u32,
    pub(crate) traits: Traits,
}

/// The index. Received elements have it from the start, built ones when somebody reads them.
#[derive(Clone)]
pub(crate) enum Lazy {
    Read(Index),
    /// Boxed: what is received is not to be larger for it.
    Unread(OnceLock<Box<Index>>),
}

/// What the bytes are, in document order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    pub(crate) entries: Arc<[Entry]>,
    /// Namespace names that are written with references, unescaped.
    pub(crate) coded: Option<Arc<Vec<Box<str>>>>,
}

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

    pub(crate) fn unread(text: String, scope: ScopeHandle, traits: Traits) -> Self {
        let text = ByteString::from(text);
        Self { text, index: Lazy::Unread(OnceLock::new()), scope, root: 0, traits }
    }

    /// The element as a reference to read from.
    #[inline]
    pub fn root(&self) -> ElementRef<'_> {
        ElementRef { owner: self, index: self.index(), at: self.root }
    }

    #[inline]
    pub(crate) fn index(&self) -> &Index {
        // Our own bytes are well-formed: an empty index stands for what cannot happen.
        match &self.index {
            Lazy::Read(index) => index,
            Lazy::Unread(cell) => cell.get_or_init(|| {
                Box::new(scanner::index(&self.text, &self.scope).unwrap_or_default())
            }),
        }
    }

    /// Makes sure that the element does not keep a read buffer alive: copies the bytes if they are a
    /// part of something greater. Whatever outlives the delivery should be compacted.
    #[must_use]
    pub fn compact(self) -> Self {
        if self.root != 0 {
            return write::detach(self.root());
        }
        Self { text: ByteString::from(&*self.text), ..self }
    }

    /// The size in bytes as it stands in memory.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        if self.root == 0 { self.text.len() } else { self.as_str().len() }
    }

    /// The memory it takes, in bytes: its text, 16 bytes for each node of its index, where it has one
    /// by now, and the value itself. `<a/>` a thousand times is 4 KB of text and 20 KB of memory.
    ///
    /// A read buffer that it shares is not counted: see [`compact`](Self::compact).
    #[must_use]
    pub fn memory(&self) -> usize {
        let entries = match &self.index {
            Lazy::Read(index) => index.entries.len(),
            Lazy::Unread(cell) => cell.get().map_or(0, |index| index.entries.len()),
        };
        size_of::<Self>() + self.text.len() + entries * size_of::<Entry>()
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
            out.extend_from_slice(self.text.as_bytes());
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
        if self.root == 0 { &self.text } else { self.root().as_str() }
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
