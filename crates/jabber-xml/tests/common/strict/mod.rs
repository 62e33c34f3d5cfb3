//! A second reader of streams, ours: slow, simple, straight from the grammar. The scanner is held
//! against it.
//!
//! It has the whole document at once, goes back as it likes, copies everything, and shares no code
//! with the scanner. Each rule names its clause: "XML" is XML 1.0 (5th edition), "NS" is Namespaces
//! in XML 1.0 (3rd edition).
//!
//! What no clause decides is decided here as in the scanner:
//! - a run of text, a value, a CDATA section and an XML declaration are judged when their end is
//!   there, left to right; a name when something follows that is in no name. Before that, more is
//!   waited for, as after a prefix of `<![CDATA[`, `<?xml` or the end tag that is due;
//! - bytes from 0x80 on belong to the name that they stand in, and the whole is no name if one of
//!   them may not be there;
//! - of a name is told first a wrong first byte, then the length, UTF-8, the rest of the grammar, the
//!   prefix's length; of a tag first what its attributes have, in order, then prefixes of
//!   attributes, attributes that are there twice, the element's prefix;
//! - what stands between stanzas is judged by its first byte, as the rest of a character may be
//!   still to come.

mod bounds;
mod chars;
mod header;
mod names;
mod prolog;
mod runs;
mod spaces;
mod tags;
mod tree;

pub(crate) use bounds::Bounds;
use header::header;
use jabber_xml::Fault;
use spaces::Spaces;
use tags::Item;
pub(crate) use tree::{Ending, Said};

/// Why reading stops.
#[derive(Debug)]
enum Stop {
    /// The document ends here, and something is not complete.
    More,
    Refused(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

/// Everything that a document says, and how that ends.
pub(crate) fn read(bounds: &Bounds, document: &[u8]) -> (Vec<Said>, Ending) {
    let mut reader =
        Reader { bounds, document, at: 0, stage: Stage::Start, spaces: Spaces::outside() };
    let mut said = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(item)) => said.push(item),
            Ok(None) => return (said, Ending::Between),
            Err(Stop::More) => return (said, Ending::Within),
            Err(Stop::Refused(fault)) => return (said, Ending::Refused(fault)),
        }
    }
}

/// Where in the document: XML §2.1 \[1], §2.8 \[22].
enum Stage {
    /// At the very start, where alone an XML declaration may stand.
    Start,
    /// Before the root element.
    Prolog,
    /// Within the root element, which has that name.
    Stream(String),
    /// The root element was an empty tag: its end is still to be told.
    Ending,
    /// Behind the root element.
    Behind,
}

struct Reader<'a> {
    bounds: &'a Bounds,
    document: &'a [u8],
    at: usize,
    stage: Stage,
    /// What the header declares.
    spaces: Spaces,
}

impl Reader<'_> {
    /// What comes next; `None` at the end of the document.
    fn next(&mut self) -> Result<Option<Said>, Stop> {
        if matches!(self.stage, Stage::Ending) {
            self.stage = Stage::Behind;
            return Ok(Some(Said::End));
        }
        self.white_space()?;
        let Some(&first) = self.document.get(self.at) else { return Ok(None) };
        match (&self.stage, first) {
            (Stage::Start | Stage::Prolog | Stage::Stream(_), b'<') => {}
            (Stage::Stream(_), first) => return Err(between_stanzas(first).into()),
            // XML §2.1: nothing but white space stands outside of the root element.
            _ => return Err(Fault::OutsideDocument.into()),
        }
        let limit = match self.stage {
            Stage::Stream(_) => self.bounds.element_bytes,
            _ => self.bounds.header_bytes,
        };
        let rest = &self.document[self.at..];
        let window = &rest[..limit.min(rest.len())];
        match self.item(window) {
            // RFC 6120 §13.12: not complete in as much as is allowed.
            Err(Stop::More) if window.len() == limit => Err(Fault::TooLarge.into()),
            Ok(None) => self.next(),
            other => other,
        }
    }

    fn white_space(&mut self) -> Result<(), Stop> {
        let before = self.at;
        while self.document.get(self.at).copied().is_some_and(chars::is_space) {
            self.at += 1;
        }
        if self.at > before {
            match self.stage {
                Stage::Start | Stage::Prolog if self.at > self.bounds.header_bytes => {
                    return Err(Fault::TooLarge.into());
                }
                // XML §2.8 [22]: nothing stands before the XML declaration.
                Stage::Start => self.stage = Stage::Prolog,
                _ => {}
            }
        }
        Ok(())
    }

    /// What begins with the `<` that `window` begins with; `None` for an XML declaration.
    fn item(&mut self, window: &[u8]) -> Result<Option<Said>, Stop> {
        match (&self.stage, window.get(1)) {
            (_, None) => Err(Stop::More),
            (Stage::Stream(name), Some(b'/')) => {
                self.at += tags::end_tag(window, name)?;
                self.stage = Stage::Behind;
                Ok(Some(Said::End))
            }
            // XML §3 [39]: a start tag comes first.
            (_, Some(b'/')) => Err(Fault::EndTag.into()),
            (_, Some(b'!')) => {
                prolog::bang(window)?;
                // RFC 6120 §4.9.3.1: a CDATA section is text, and none stands between stanzas.
                Err(Fault::StrayText.into())
            }
            (stage, Some(b'?')) => {
                prolog::question(window)?;
                if !matches!(stage, Stage::Start) {
                    return Err(Fault::MisplacedXmlDeclaration.into());
                }
                self.at += prolog::declaration(window)?;
                self.stage = Stage::Prolog;
                Ok(None)
            }
            (Stage::Stream(_), Some(_)) => {
                let mut item = Item::new(window, self.bounds.clone(), self.spaces.clone());
                let tree = item.element(1)?;
                let raw = String::from_utf8_lossy(&window[..item.at]).into_owned();
                self.at += item.at;
                Ok(Some(Said::Element(tree, raw)))
            }
            (_, Some(_)) => {
                let mut item = Item::new(window, Bounds::NONE, Spaces::outside());
                let tag = item.start_tag(1)?;
                let header = header(&tag)?;
                self.at += item.at;
                self.spaces = item.spaces.of_header();
                self.stage = if tag.empty { Stage::Ending } else { Stage::Stream(tag.name) };
                Ok(Some(Said::Header(header)))
            }
        }
    }
}

/// RFC 6120 §4.9.3.1: text between stanzas is XML, but no stream has it; what begins no character of
/// XML (RFC 3629 §4, XML §2.2) is not even that.
fn between_stanzas(first: u8) -> Fault {
    match first {
        0x80..=0xc1 | 0xf5..=0xff => Fault::Utf8,
        0..=0x1f => Fault::Character,
        _ => Fault::StrayText,
    }
}
