//! XPath 1.0 location paths: what is understood, and the public type.

mod ast;
mod collect;
mod error;
mod exists;
mod lexer;
mod memo;
mod namespaces;
mod needs;
mod parser;
mod predicate;
mod view;

use std::{fmt, str::FromStr, sync::Arc};

use jabber_xml::Element;

use crate::Selection;
use ast::Path;

pub use error::{XPathError, XPathFault};
pub use namespaces::{Namespaces, PrefixError};

pub(crate) use namespaces::as_read;
pub(crate) use needs::Needs;
pub(crate) use view::{NodeId, ROOT, View};

/// An XPath 1.0 location path, compiled. A clone shares it.
///
/// The root node is that of a document whose only element is the stanza; the context node is the
/// stanza. So `/message` looks at the stanza's own name, and a relative path starts in it: `body` is
/// `/*/body`.
///
/// # What is understood
///
/// | | |
/// |---|---|
/// | axes | `child::` (or nothing), `descendant::`, `attribute::` (or `@`), `self::`; `//` and `.` |
/// | node tests | `name`, `prefix:name`, `*`, `prefix:*`, `text()`, `node()` |
/// | predicates | `[2]`, the position; or what is true or false: a path (it selects something), a path `=` or `!=` a text in quotes, `and`, `or`, `not( )`, parentheses |
///
/// All of it means what [XPath 1.0](https://www.w3.org/TR/1999/REC-xpath-19991116/) says, but for one
/// thing: the name of an element without prefix is in the content namespace (`jabber:client`, as
/// all content namespaces read here), because that is where stanzas are. An attribute's name without
/// prefix is in no namespace, as in XPath.
///
/// Positions count by XPath's rules, for each context node by itself: `//item[1]` is every `item` that is
/// the first of its parent, `/descendant::item[1]` the very first. `[a = 'x']` is true if the text of
/// any `a` is `x`, `[a != 'x']` if that of any is another. Everything else of XPath (other axes and functions,
/// `|`, numbers) is refused, with what to write instead where there is something: `*[self::a or
/// self::b]` selects what `a | b` does.
///
/// # What it costs
///
/// Nothing is built for a stanza; its index is walked. A path with `//` or `descendant::` in two
/// places, or with a path from `/` within brackets, keeps what it has found out, in one allocation.
/// Work is bounded by steps × nodes × depth, whatever the expression; in most it is steps × nodes at
/// most.
///
/// # Examples
///
/// ```
/// use jabber_filter::{Matched, XPath};
/// use jabber_xml::Element;
///
/// let message: Element =
///     "<message type='chat' from='a@b/c'><body>hi</body><body xml:lang='de'>hallo</body></message>".parse()?;
///
/// let chat: XPath = "/message[@type='chat' and not(error)]".parse()?;
/// assert!(chat.matches(&message));
///
/// let german: XPath = "body[@xml:lang='de']/text()".parse()?;
/// let found: Vec<_> = german.select(&message).collect();
/// assert!(matches!(&found[..], [Matched::Text(text)] if text == "hallo"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct XPath(Arc<Compiled>);

struct Compiled {
    text: Box<str>,
    path: Path,
    steps: usize,
    repeats: bool,
}

impl XPath {
    /// The longest expression, in bytes.
    pub const MAX_BYTES: usize = 4096;
    /// The most steps of an expression, those in brackets included. `//` counts as one.
    pub const MAX_STEPS: usize = 64;
    /// How deep brackets, parentheses and `not( )` may nest.
    pub const MAX_DEPTH: usize = 16;

    /// Compiles an expression that may use these prefixes. Without any, `parse` does.
    ///
    /// # Errors
    ///
    /// When it is no XPath, uses more of XPath than is understood here or a prefix that is not
    /// among these, or is beyond a limit: with the column.
    pub fn new(text: &str, prefixes: &Namespaces) -> Result<Self, XPathError> {
        let (path, steps) = parser::parse(text, prefixes)?;
        let repeats = path.repeats();
        Ok(Self(Arc::new(Compiled { text: text.into(), path, steps, repeats })))
    }

    /// The expression as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether it selects anything.
    #[must_use]
    pub fn matches(&self, element: &Element) -> bool {
        exists::exists(&self.0.path, View::new(element), self.0.memo())
    }

    /// What it selects, in document order.
    #[must_use]
    pub fn select<'a>(&self, element: &'a Element) -> Selection<'a> {
        let view = View::new(element);
        Selection::many(view, self.nodes(view))
    }

    pub(crate) fn nodes(&self, view: View<'_>) -> Vec<NodeId> {
        collect::collect(&self.0.path, view, self.0.memo())
    }

    /// What must hold of every stanza that it selects something in.
    pub(crate) fn needs(&self) -> Needs<'_> {
        Needs::of(&self.0.path)
    }
}

impl Compiled {
    fn memo(&self) -> memo::Memo {
        memo::Memo::new(if self.repeats { self.steps } else { 0 })
    }
}

impl FromStr for XPath {
    type Err = XPathError;

    /// As [`XPath::new`], without prefixes.
    fn from_str(text: &str) -> Result<Self, XPathError> {
        Self::new(text, &Namespaces::new())
    }
}

impl fmt::Display for XPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for XPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("XPath").field(&self.as_str()).finish()
    }
}
