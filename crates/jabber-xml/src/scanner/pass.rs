//! The pass over the bytes of one item: states, and what moves between them.

use bytes::Bytes;
use bytestring::ByteString;
use memchr::memmem;

use super::namespaces::Namespaces;
use super::prolog;
use super::tag::Tag;
use crate::chars::{At, is_space};
use crate::element::{Around, Coded, Index, Received, Traits};
use crate::entry::{Entry, NsId};
use crate::runs::{self, Met};
use crate::scope::ScopeHandle;
use crate::{Element, Fault, Limits, Scope};

/// What is around the item.
pub(crate) struct Context<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) scope: &'a Scope,
    /// The qualified name of the stream element.
    pub(crate) stream: &'a [u8],
    /// Elements may come; otherwise a header.
    pub(crate) stream_open: bool,
    pub(crate) xml_declaration: bool,
}

/// Where the pass stands: an item ended before the given length, or more is needed.
pub(crate) enum Outcome {
    More,
    XmlDeclaration(usize),
    /// Whether the tag was an empty one.
    Header(usize, bool),
    Element(usize),
    End(usize),
}

/// What the pass expects at `pos`. `mark` is where the current token began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// `<` of an item.
    #[default]
    Start,
    /// Text, until `<`.
    Text,
    /// What follows `<`.
    Markup,
    /// The rest of a start tag's name.
    Name,
    /// Attributes or the end of the tag; nothing but a name came right before.
    Inside,
    /// The same behind white space.
    Spaced,
    /// The rest of an attribute's name.
    AttributeName,
    /// `=`.
    Equals,
    /// A quote.
    Quote,
    /// The rest of a value.
    Value(u8),
    /// `>` behind `/`.
    Empty,
    /// The rest of an end tag's name, which is known.
    EndName,
    /// `>` behind white space.
    EndTail,
    /// What follows `<!`.
    Bang,
    /// The rest of a CDATA section.
    Cdata,
    /// What follows `<?`.
    Question,
    /// The rest of an XML declaration.
    Declaration,
}

/// A start tag whose end tag has not come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) entry: u32,
    pub(crate) name: u32,
    pub(crate) name_len: u16,
    /// The default namespace within it.
    pub(crate) default: NsId,
    /// How many prefixes were declared around it.
    pub(crate) bindings: u16,
}

#[derive(Debug, Default)]
pub(crate) struct Pass {
    pub(crate) state: State,
    pub(crate) pos: usize,
    pub(crate) mark: usize,
    pub(crate) entries: Vec<Entry>,
    pub(crate) open: Vec<Open>,
    pub(crate) namespaces: Namespaces,
    pub(crate) tag: Tag,
    /// What the run being read has.
    pub(crate) met: Met,
    pub(crate) traits: Traits,
}

/// A state went to another one, or ended the pass.
pub(crate) type Flow = Result<Option<Outcome>, At>;

impl Pass {
    /// For one small element: with room that needs not grow.
    pub(crate) fn for_one() -> Self {
        Self { entries: Vec::with_capacity(16), open: Vec::with_capacity(4), ..Self::default() }
    }

    #[inline]
    pub(crate) fn is_begun(&self) -> bool {
        self.pos > 0
    }

    /// Forgets the item, keeps the buffers.
    pub(crate) fn clear(&mut self) {
        self.state = State::Start;
        self.pos = 0;
        self.mark = 0;
        self.entries.clear();
        self.open.clear();
        self.namespaces.clear();
        self.tag = Tag::default();
        self.met = Met::default();
        self.traits = Traits::default();
    }

    pub(crate) fn release(&mut self) {
        if self.is_begun() {
            self.entries.shrink_to_fit();
            self.open.shrink_to_fit();
        } else {
            *self = Self::default();
        }
    }

    /// The index of the item that ended.
    pub(crate) fn index(&mut self, scope: &Scope) -> Index {
        let coded = self.complete(scope);
        Index { entries: Box::from(&*self.entries), coded }
    }

    /// The element that ended; the pass is ready for the next.
    #[inline(always)]
    pub(crate) fn element(&mut self, bytes: Bytes, scope: ScopeHandle) -> Result<Element, At> {
        // Every run was checked where it ended: this keeps the promise of `str`, and cannot fail.
        let text = ByteString::try_from(bytes).map_err(|e| (Fault::Utf8, e.valid_up_to()))?;
        let coded = self.complete(&scope);
        let around = Around { scope, traits: self.traits };
        let element = Element::received(Received { text, around, coded }, &self.entries);
        self.clear();
        Ok(element)
    }

    /// Puts the namespaces behind the entries; those that are decoded.
    #[inline(always)]
    fn complete(&mut self, scope: &Scope) -> Coded {
        debug_assert!(self.namespaces.table.is_empty() || scope.end() > 0);
        self.entries.extend_from_slice(&self.namespaces.table);
        let coded = &mut self.namespaces.coded;
        (!coded.is_empty()).then(|| std::mem::take(coded).into_boxed_slice())
    }

    /// Goes on where it stopped. `data` begins with the item and has all that was there before.
    pub(crate) fn scan(&mut self, data: &[u8], context: &Context<'_>) -> Result<Outcome, At> {
        loop {
            let begins = match self.state {
                State::Text => self.pos == self.mark,
                State::Start => context.stream_open,
                _ => false,
            };
            if begins && let Some(outcome) = self.usual(data, context)? {
                return Ok(outcome);
            }
            if let Some(outcome) = self.step(data, context)? {
                return Ok(outcome);
            }
        }
    }

    /// Goes on in any state; where nothing is split, only what is unusual comes here.
    #[inline(never)]
    fn step(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        let pos = self.pos;
        match self.state {
            State::Start => self.markup(data, context, 1),
            State::Text => self.text(data, context),
            State::Markup => self.markup(data, context, pos),
            State::Name => self.name(data, context, pos),
            State::Inside => self.attributes(data, context, pos, false),
            State::Spaced => self.attributes(data, context, pos, true),
            State::AttributeName | State::Equals | State::Quote | State::Value(_) => {
                self.resume_attribute(data, context)
            }
            State::Empty => self.empty(data, context, pos),
            State::EndName => self.end_name(data, context, pos),
            State::EndTail => self.end_tail(data, pos),
            State::Bang => self.bang(data),
            State::Cdata => self.cdata(data, context),
            State::Question => self.question(data, context),
            State::Declaration => self.declaration(data),
        }
    }

    #[inline(always)]
    pub(crate) fn go(&mut self, state: State, pos: usize) -> Flow {
        self.state = state;
        self.pos = pos;
        Ok(None)
    }

    /// Everything was read, and this state goes on with what comes next.
    #[cold]
    pub(crate) fn wait(&mut self, state: State, data: &[u8]) -> Flow {
        self.state = state;
        self.more(data)
    }

    /// Everything was read and the token goes on.
    pub(crate) fn more(&mut self, data: &[u8]) -> Flow {
        self.pos = data.len();
        Ok(Some(Outcome::More))
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, entry: Entry, context: &Context<'_>) -> Result<(), At> {
        if self.entries.len() >= context.limits.nodes {
            return Err((Fault::TooManyNodes, entry.start as usize));
        }
        self.entries.push(entry);
        Ok(())
    }

    fn text(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        // Most tags stand next to each other.
        if self.pos == self.mark && data.get(self.pos) == Some(&b'<') {
            return self.markup(data, context, self.pos + 1);
        }
        let Some(end) = self.run(data, context, self.pos)? else { return self.more(data) };
        self.mark = end;
        self.markup(data, context, end + 1)
    }

    /// The text that began at `mark`, from `pos` on: where it ends.
    #[inline(always)]
    pub(super) fn run(
        &mut self,
        data: &[u8],
        context: &Context<'_>,
        pos: usize,
    ) -> Result<Option<usize>, At> {
        let Some(end) = self.met.find_end(data, pos, b'>') else { return Ok(None) };
        let coded = runs::check_text(data, self.mark, end, &self.met)?;
        self.met = Met::default();
        self.push(Entry::text(self.mark as u32, end as u32, coded, false), context)?;
        Ok(Some(end))
    }

    fn markup(&mut self, data: &[u8], context: &Context<'_>, pos: usize) -> Flow {
        match data.get(pos) {
            None => self.wait(State::Markup, data),
            Some(b'/') if self.open.is_empty() && context.stream.is_empty() => {
                Err((Fault::EndTag, self.mark))
            }
            Some(b'/') => {
                self.tag.matched = 0;
                self.end_name(data, context, pos + 1)
            }
            Some(b'!') => self.go(State::Bang, pos + 1),
            Some(b'?') => self.go(State::Question, pos + 1),
            Some(_) => {
                self.tag.seen = 0;
                self.name(data, context, pos)
            }
        }
    }

    /// Whether `<!…` is an allowed CDATA section; refuses it at the byte that tells.
    fn bang(&mut self, data: &[u8]) -> Flow {
        const CDATA: &[u8] = b"[CDATA[";
        let rest = data.get(self.mark + 2..).unwrap_or_default();
        for (at, &expected) in CDATA.iter().enumerate() {
            match rest.get(at) {
                None => return self.more(data),
                Some(&b) if b == expected => {}
                Some(b'-') if at == 0 => return Err((Fault::Comment, self.mark)),
                Some(b'D') if at == 0 => return Err((Fault::Doctype, self.mark)),
                Some(_) => return Err((Fault::Bang, self.mark)),
            }
        }
        if self.open.is_empty() {
            // Text, if by another spelling.
            return Err((Fault::StrayText, self.mark));
        }
        self.mark += 2 + CDATA.len();
        self.go(State::Cdata, self.mark)
    }

    fn cdata(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        let rest = data.get(self.pos..).unwrap_or_default();
        let Some(len) = memmem::find(rest, b"]]>") else {
            // Its end may have begun: look at the last two bytes again.
            self.pos = data.len().saturating_sub(2).max(self.mark);
            return Ok(Some(Outcome::More));
        };
        let end = self.pos + len;
        let coded = runs::check_cdata(data, self.mark, end)?;
        self.push(Entry::text(self.mark as u32, end as u32, coded, true), context)?;
        self.mark = end + 3;
        self.go(State::Text, end + 3)
    }

    fn question(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        const XML: &[u8] = b"xml";
        let rest = data.get(self.mark + 2..).unwrap_or_default();
        for (at, &expected) in XML.iter().enumerate() {
            match rest.get(at) {
                None => return self.more(data),
                Some(&b) if b == expected => {}
                Some(_) => return Err((Fault::ProcessingInstruction, self.mark)),
            }
        }
        match rest.get(XML.len()) {
            None => self.more(data),
            Some(&b) if !is_space(b) => Err((Fault::ProcessingInstruction, self.mark)),
            Some(_) if !context.xml_declaration => Err((Fault::MisplacedXmlDeclaration, self.mark)),
            Some(_) => self.go(State::Declaration, self.mark + 2 + XML.len()),
        }
    }

    fn declaration(&mut self, data: &[u8]) -> Flow {
        let rest = data.get(self.pos..).unwrap_or_default();
        match memmem::find(rest, b"?>") {
            None => {
                self.pos = data.len().saturating_sub(1).max(self.pos);
                Ok(Some(Outcome::More))
            }
            Some(len) => {
                let end = self.pos + len + 2;
                prolog::check(data.get(self.mark..end).unwrap_or_default())?;
                Ok(Some(Outcome::XmlDeclaration(end)))
            }
        }
    }
}
