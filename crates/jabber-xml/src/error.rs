use std::fmt;

use crate::StreamCondition;

/// XML was refused: what is wrong with it and where.
///
/// From a [`Scanner`](crate::Scanner) the peer is at fault and the stream has to end with
/// [`condition`](Self::condition); from `str::parse::<Element>` or a builder, who wrote the XML.
/// The text of the error contains nothing of the XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError {
    fault: Fault,
    offset: u64,
    place: Option<Place>,
}

/// A place in a text that a person wrote; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
}

impl XmlError {
    pub(crate) fn new(fault: Fault, offset: u64) -> Self {
        Self { fault, offset, place: None }
    }

    /// The same with the place that the offset has in `text`.
    pub(crate) fn located(mut self, text: &str) -> Self {
        let mut at = usize::try_from(self.offset).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = text.get(..at).unwrap_or_default();
        let line = before.bytes().filter(|&b| b == b'\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        self.place = Some(Place { line: count(line), column: count(column) });
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The stream error condition that answers it (RFC 6120 §4.9.3).
    #[must_use]
    pub fn condition(&self) -> StreamCondition {
        self.fault.condition()
    }

    /// Bytes before the place: of the stream since its start or restart, or of the text.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.offset
    }

    /// Line and column, for XML that was given as text.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.place
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column }) => write!(f, "line {line}, column {column}: ")?,
            None => write!(f, "byte {}: ", self.offset)?,
        }
        write!(f, "{}", self.fault)?;
        if self.place.is_some()
            && let Some(advice) = self.fault.advice()
        {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

impl std::error::Error for XmlError {}

/// What can be wrong with XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Bytes that are not UTF-8 (RFC 6120 §11.6).
    #[error("not UTF-8")]
    Utf8,
    /// A character that XML 1.0 §2.2 does not allow.
    #[error("a character that XML does not allow")]
    Character,
    /// What should be a name is none (XML 1.0 §2.3, Namespaces §4).
    #[error("not a valid name")]
    Name,
    /// A tag that XML 1.0 §3.1 does not allow.
    #[error("a malformed tag")]
    Tag,
    /// `<` in an attribute's value (XML 1.0 §3.1).
    #[error("`<` in the value of an attribute")]
    LessThan,
    /// An end tag that closes another element than the open one.
    #[error("an end tag that does not match the start tag")]
    EndTag,
    /// The same attribute twice in one tag, by literal or by expanded name.
    #[error("the same attribute twice in one tag")]
    DuplicateAttribute,
    /// A prefix without a declaration.
    #[error("a namespace prefix that is not declared")]
    UndeclaredPrefix,
    /// A declaration that Namespaces in XML 1.0 §3 forbids, such as of `xmlns`.
    #[error("a namespace declaration that is not allowed")]
    Declaration,
    /// A reference to an entity other than the five predefined ones (RFC 6120 §11.1).
    #[error("a reference to an entity that is not predefined")]
    Entity,
    /// `&` without a well-formed reference, or one to a character that is not allowed.
    #[error("a malformed character or entity reference")]
    Reference,
    /// `]]>` in text (XML 1.0 §2.4).
    #[error("`]]>` in text")]
    CdataEnd,
    /// `<!` with something unknown behind it.
    #[error("`<!` without a known construct behind it")]
    Bang,
    /// A comment (RFC 6120 §11.1).
    #[error("a comment")]
    Comment,
    /// A processing instruction (RFC 6120 §11.1).
    #[error("a processing instruction")]
    ProcessingInstruction,
    /// A document type declaration (RFC 6120 §11.1).
    #[error("a document type declaration")]
    Doctype,
    /// An XML declaration in a place other than the very start.
    #[error("an XML declaration in the wrong place")]
    MisplacedXmlDeclaration,
    /// An XML declaration that XML 1.0 §2.8 does not allow.
    #[error("a malformed XML declaration")]
    XmlDeclaration,
    /// The XML declaration names an encoding other than UTF-8.
    #[error("an encoding other than UTF-8")]
    Encoding,
    /// Text between top-level elements (RFC 6120 §4.9.3.1).
    #[error("text outside of the elements of the stream")]
    StrayText,
    /// Anything outside of the stream element.
    #[error("data outside of the document")]
    OutsideDocument,
    /// The first element is not `<stream:stream>`.
    #[error("the stream does not begin with a stream header")]
    NotAStream,
    /// The stream header is in another namespace than RFC 6120 §4.8.1 says.
    #[error("the stream header is in a wrong namespace")]
    StreamNamespace,
    /// A stream header within a stream.
    #[error("a stream header within the stream")]
    NestedStream,
    /// More bytes than [`Limits`](crate::Limits) allow.
    #[error("more bytes than allowed")]
    TooLarge,
    /// Deeper than the limit.
    #[error("elements nested deeper than allowed")]
    TooDeep,
    /// More attributes in a tag than the limit.
    #[error("more attributes in a tag than allowed")]
    TooManyAttributes,
    /// More nodes than the limit.
    #[error("more elements, attributes and texts than allowed")]
    TooManyNodes,
    /// More namespaces or declared prefixes than the limit.
    #[error("more namespaces than allowed")]
    TooManyNamespaces,
    /// A name that is longer than the limit.
    #[error("a name longer than allowed")]
    LongName,
    /// The text ends within an element.
    #[error("the text ends before the element does")]
    Incomplete,
    /// A text without any element.
    #[error("no element")]
    Empty,
    /// A function that fills a child gave back another builder than it was given.
    #[error("a builder that is not the one given to the function")]
    ForeignBuilder,
    /// More than one element, or text beside it.
    #[error("something besides the one element")]
    NotOneElement,
}

impl Fault {
    /// The stream error condition that answers it (RFC 6120 §4.9.3).
    #[must_use]
    pub fn condition(self) -> StreamCondition {
        use StreamCondition as C;
        match self {
            // §4.9.3.18: DTD, comments, processing instructions and unpredefined entities.
            Self::Comment | Self::ProcessingInstruction | Self::Doctype | Self::Entity => {
                C::RestrictedXml
            }
            Self::UndeclaredPrefix => C::BadNamespacePrefix,
            Self::Encoding => C::UnsupportedEncoding,
            Self::StreamNamespace => C::InvalidNamespace,
            // §4.9.3.1: well-formed, but nothing that a stream can hold (§4.4, §11.7).
            Self::StrayText | Self::NotAStream | Self::NestedStream | Self::NotOneElement => {
                C::BadFormat
            }
            Self::TooLarge
            | Self::TooDeep
            | Self::TooManyAttributes
            | Self::TooManyNodes
            | Self::TooManyNamespaces
            | Self::LongName => C::PolicyViolation,
            _ => C::NotWellFormed,
        }
    }

    /// What a person who wrote the XML can do.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Character => "leave it out: XML has no way to write it",
            Self::Tag => "write start tags as <name attribute='value'>",
            Self::LessThan => "write it as &lt;",
            Self::EndTag => "close the elements in reverse order",
            Self::DuplicateAttribute => "leave one of them out",
            Self::UndeclaredPrefix => "declare it with xmlns:prefix='...' on the element",
            Self::Entity => "use &lt; &gt; &amp; &quot; &apos; or &#...;",
            Self::Reference => "write a lone & as &amp;",
            Self::CdataEnd => "write it as ]]&gt;",
            Self::Comment | Self::ProcessingInstruction | Self::Doctype => {
                "remove it: XMPP does not allow it"
            }
            Self::MisplacedXmlDeclaration => "remove it: the stream has one already",
            Self::Incomplete => "close every element",
            Self::Empty => "give one element, such as <presence/>",
            Self::NotOneElement | Self::StrayText => "give exactly one element",
            Self::NestedStream => "the stream header is sent by the library",
            _ => return None,
        })
    }
}
