//! Bytes to stream items.

mod duplicates;
mod names;
mod namespaces;
mod pass;
mod prolog;
mod tag;
mod usual;

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};

use self::pass::{Context, Outcome, Pass};
use crate::chars::is_space;
use crate::element::Index;
use crate::scope::ScopeHandle;
use crate::{Element, Fault, Limits, Scope, StreamHeader, XmlError};

/// What a stream is made of (RFC 6120 §4.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Item {
    /// The start tag of the stream.
    Header(StreamHeader),
    /// An element directly within the stream: a stanza, features, an error.
    Element(Element),
    /// The end tag of the stream.
    End,
}

/// Finds stream items in bytes as they arrive.
///
/// One pass over the bytes finds the end of each item, indexes it and makes every check: UTF-8,
/// well-formedness, namespaces, limits, and what RFC 6120 §11.1 forbids. No byte is looked for
/// twice, however the bytes are split, and every split gives the same items and the same error at
/// the same place. After an error nothing more is read: the same error is given again.
///
/// See the [crate] for an example.
#[derive(Debug)]
pub struct Scanner {
    limits: Limits,
    scope: Option<Arc<Scope>>,
    /// The qualified name of the stream element.
    name: Box<str>,
    stage: Stage,
    /// Bytes of the stream before the input.
    base: u64,
    pass: Pass,
    failed: Option<Box<XmlError>>,
    /// A stream came before this one.
    restarted: bool,
    /// What was read that is in no element, where somebody wants it. Apart: few do.
    recorded: Option<Box<BytesMut>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Before the XML declaration.
    Start,
    /// Before the header, with a declaration no longer allowed.
    Header,
    /// Between header and end tag.
    Stream,
    /// The header was an empty tag: the end comes with it.
    Ending,
    /// Behind the end tag.
    Ended,
}

impl Scanner {
    /// A scanner that waits for a stream header.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            scope: None,
            name: Box::default(),
            stage: Stage::Start,
            base: 0,
            pass: Pass::default(),
            failed: None,
            restarted: false,
            recorded: None,
        }
    }

    /// The next item. `Ok(None)` says that more bytes are needed; what has been read of an
    /// unfinished item stays in `input`, to which the caller appends.
    ///
    /// # Errors
    ///
    /// The peer sent what is no XML stream, or more than the limits allow.
    /// [`XmlError::condition`] is what to end the stream with.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<Item>, XmlError> {
        if let Some(error) = &self.failed {
            return Err((**error).clone());
        }
        self.step(input).map_err(|(fault, at)| {
            let error = XmlError::new(fault, self.base + at as u64);
            self.pass = Pass::default();
            self.failed = Some(Box::new(error.clone()));
            error
        })
    }

    /// A new stream header comes next, as after TLS and SASL (RFC 6120 §4.3.3). Positions count
    /// from here.
    pub fn restart(&mut self) {
        let (scope, recorded) = (self.scope.take(), self.recorded.take());
        let mut pass = std::mem::take(&mut self.pass);
        pass.clear();
        *self = Self { scope, restarted: true, recorded, pass, ..Self::new(self.limits) };
    }

    /// Keeps, or no longer keeps, the bytes that are in no element, for
    /// [`take_recorded`](Self::take_recorded): white space, the header with its XML declaration,
    /// the stream's end tag. Off at first; elements are not slowed by it.
    pub fn record(&mut self, on: bool) {
        if on != self.recorded.is_some() {
            self.recorded = on.then(Box::default);
        }
    }

    /// What stood before the item that [`next`](Self::next) has just given, the item included where
    /// it is a header or an end; or white space that came while there is no item. White space and
    /// an XML declaration before a header are kept until the header is there.
    pub fn take_recorded(&mut self) -> BytesMut {
        match &mut self.recorded {
            Some(recorded) if self.stage != Stage::Header => std::mem::take(&mut **recorded),
            _ => BytesMut::new(),
        }
    }

    /// Whether a part of an item has come and its end has not.
    #[must_use]
    pub fn mid_item(&self) -> bool {
        self.pass.is_begun()
    }

    /// Whether a stream header has come, and its end has not.
    ///
    /// # Examples
    /// ```
    /// use bytes::BytesMut;
    /// use jabber_xml::{Limits, Scanner};
    ///
    /// let mut scanner = Scanner::new(Limits::default());
    /// let mut input = BytesMut::from(
    ///     "<stream:stream xmlns='jabber:client' \
    ///       xmlns:stream='http://etherx.jabber.org/streams'></stream:stream>",
    /// );
    /// assert!(!scanner.in_stream());
    /// scanner.next(&mut input)?; // the header
    /// assert!(scanner.in_stream());
    /// scanner.next(&mut input)?; // the end
    /// assert!(!scanner.in_stream());
    /// # Ok::<(), jabber_xml::XmlError>(())
    /// ```
    #[must_use]
    pub const fn in_stream(&self) -> bool {
        matches!(self.stage, Stage::Stream)
    }

    /// What the last stream header declared.
    #[must_use]
    pub fn scope(&self) -> Option<&Arc<Scope>> {
        self.scope.as_ref()
    }

    /// Gives buffers back, for a connection that will be idle for a while. What is known of an
    /// unfinished item is kept.
    pub fn release(&mut self) {
        self.pass.release();
    }

    #[inline(always)]
    fn step(&mut self, input: &mut BytesMut) -> Result<Option<Item>, (Fault, usize)> {
        if self.stage == Stage::Ending {
            self.stage = Stage::Ended;
            return Ok(Some(Item::End));
        }
        loop {
            if !self.pass.is_begun() && !self.skip_space(input)? {
                return Ok(None);
            }
            // A header is bounded by its bytes alone: the other limits are for elements.
            let (limits, limit) = match self.stage {
                Stage::Start | Stage::Header => (&Limits::OWN, self.limits.header_bytes),
                _ => (&self.limits, self.limits.element_bytes),
            };
            // Bytes beyond the limit are not looked at, so that every split fails alike.
            let window = input.get(..limit).unwrap_or(input);
            let context = Context {
                limits,
                scope: match &self.scope {
                    Some(scope) if self.stage == Stage::Stream => scope,
                    _ => Scope::outside(),
                },
                stream: self.name.as_bytes(),
                stream_open: self.stage == Stage::Stream,
                xml_declaration: self.stage == Stage::Start,
            };
            match self.pass.scan(window, &context)? {
                Outcome::More if window.len() >= limit => return Err((Fault::TooLarge, limit)),
                Outcome::More => return Ok(None),
                Outcome::XmlDeclaration(len) => {
                    self.take(input, len);
                    self.pass.clear();
                    self.stage = Stage::Header;
                }
                Outcome::Header(len, empty) => {
                    let header = self.header(input, len)?;
                    self.stage = if empty { Stage::Ending } else { Stage::Stream };
                    return Ok(Some(Item::Header(header)));
                }
                Outcome::Element(len) => {
                    let bytes = input.split_to(len).freeze();
                    let scope = self.scope.as_ref().map_or_else(ScopeHandle::bare, ScopeHandle::of);
                    let element = self.pass.element(bytes, scope)?;
                    self.base += len as u64;
                    return Ok(Some(Item::Element(element)));
                }
                Outcome::End(len) => {
                    self.take(input, len);
                    self.pass.clear();
                    self.stage = Stage::Ended;
                    return Ok(Some(Item::End));
                }
            }
        }
    }

    fn take(&mut self, input: &mut BytesMut, len: usize) {
        if let Some(recorded) = &mut self.recorded {
            recorded.extend_from_slice(input.get(..len).unwrap_or(input));
        }
        input.advance(len.min(input.len()));
        self.base += len as u64;
    }

    #[cold]
    fn header(&mut self, input: &mut BytesMut, len: usize) -> Result<StreamHeader, (Fault, usize)> {
        let bytes = Bytes::copy_from_slice(input.get(..len).unwrap_or_default());
        let tag = self.pass.element(bytes, ScopeHandle::Usual(Scope::outside()))?;
        let header = StreamHeader::read(tag.root()).map_err(|fault| (fault, 0))?;
        self.take(input, len);
        self.name = header.name().into();
        self.scope = Some(header.scope());
        Ok(header)
    }

    /// What stands before a header may be kept for who records it, so it does not go on for ever.
    fn check_prolog(&self, spaces: usize) -> Result<(), (Fault, usize)> {
        let limit = self.limits.header_bytes as u64;
        if self.base + spaces as u64 <= limit {
            return Ok(());
        }
        Err((Fault::TooLarge, usize::try_from(limit.saturating_sub(self.base)).unwrap_or(0)))
    }

    /// Skips white space between items; whether an item begins.
    fn skip_space(&mut self, input: &mut BytesMut) -> Result<bool, (Fault, usize)> {
        let Some(&first) = input.first() else { return Ok(false) };
        if is_space(first) {
            let spaces = input.iter().position(|&b| !is_space(b)).unwrap_or(input.len());
            if matches!(self.stage, Stage::Start | Stage::Header) {
                self.check_prolog(spaces)?;
            }
            self.take(input, spaces);
            // XML 1.0 §2.8: nothing stands before an XML declaration. But behind a restart it may
            // be white space of the old stream, sent to keep it alive (RFC 6120 §4.6.1).
            if self.stage == Stage::Start && !self.restarted {
                self.stage = Stage::Header;
            }
        }
        match (input.first(), self.stage) {
            (None, _) => Ok(false),
            (Some(b'<'), Stage::Start | Stage::Header | Stage::Stream) => Ok(true),
            (Some(_), Stage::Stream) => Err((stray(input), 0)),
            // XML 1.0 §2.1: nothing but white space stands outside of the root element.
            (Some(_), _) => Err((Fault::OutsideDocument, 0)),
        }
    }
}

/// RFC 6120 §4.9.3.1: text between stanzas is well-formed, but no stream has a use for it, so it is
/// `bad-format`; bytes that no XML document may have stay `not-well-formed`.
fn stray(input: &[u8]) -> Fault {
    match input.first() {
        // No character begins with these (RFC 3629 §4); with others the rest may be still to come.
        Some(0x80..=0xc1 | 0xf5..) => Fault::Utf8,
        Some(&b) if b < b' ' => Fault::Character,
        _ => Fault::StrayText,
    }
}

/// Indexes bytes of ours.
pub(crate) fn index(text: &str, scope: &Scope) -> Result<Index, XmlError> {
    let mut pass = Pass::for_one();
    whole(&mut pass, text.as_bytes(), scope)
        .map_err(|(fault, at)| XmlError::new(fault, at as u64))?;
    Ok(pass.index(scope))
}

/// Reads the one element of a text.
pub(crate) fn document(mut text: BytesMut) -> Result<Element, XmlError> {
    let start = text.iter().position(|&b| !is_space(b)).unwrap_or(text.len());
    text.advance(start);
    let scope = ScopeHandle::bare();
    let mut pass = Pass::default();
    let element = match text.first() {
        None => Err((Fault::Empty, 0)),
        Some(b'<') => whole(&mut pass, &text, &scope).and_then(|len| {
            let rest = text.split_off(len);
            match rest.iter().position(|&b| !is_space(b)) {
                Some(at) => Err((Fault::NotOneElement, len + at)),
                None => pass.element(text.freeze(), scope),
            }
        }),
        Some(_) => Err((Fault::NotOneElement, 0)),
    };
    element.map_err(|(fault, at)| XmlError::new(fault, (start + at) as u64))
}

fn whole(pass: &mut Pass, text: &[u8], scope: &Scope) -> Result<usize, (Fault, usize)> {
    let context = Context {
        limits: &Limits::OWN,
        scope,
        stream: b"",
        stream_open: true,
        xml_declaration: false,
    };
    match pass.scan(text, &context)? {
        Outcome::Element(len) => Ok(len),
        _ => Err((Fault::Incomplete, text.len())),
    }
}
