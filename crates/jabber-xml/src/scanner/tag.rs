//! Start tags and end tags.

use super::namespaces::is_explicit;
use super::pass::{Context, Flow, Open, Outcome, Pass, State};
use crate::chars::{self, At, COLON, HIGH, NAME, NAME_START, class, is_space};
use crate::entry::{CONTENT, Entry, EntryKind, MAX_NAME, MAX_PREFIX, NONE, NsId, XMLNS};
use crate::{Fault, ns};

/// What is known of the tag being read.
#[derive(Debug, Default)]
pub(crate) struct Tag {
    /// The element's entry.
    entry: u32,
    /// The default namespace within it.
    default: NsId,
    /// How many prefixes were declared around it.
    bindings: u16,
    /// The tag has an attribute with a prefix.
    prefixed: bool,
    /// The classes of the bytes of the name being read.
    pub(crate) seen: u8,
    /// How much of an end tag's name has come.
    pub(crate) matched: usize,
}

impl Pass {
    /// Reads on in a name; its end, if it has come.
    #[inline]
    fn name_end(&mut self, data: &[u8]) -> Option<usize> {
        let rest = data.get(self.pos..).unwrap_or_default();
        let mut seen = self.tag.seen;
        for (at, &b) in rest.iter().enumerate() {
            let class = class(b);
            if class & NAME == 0 {
                self.tag.seen = seen;
                return Some(self.pos + at);
            }
            seen |= class;
        }
        self.tag.seen = seen;
        None
    }

    pub(crate) fn name(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        let Some(end) = self.name_end(data) else { return self.more(data) };
        let start = self.mark + 1;
        let prefix = check_name(data, start, end, self.tag.seen)?;
        if self.open.len() >= context.limits.depth {
            return Err((Fault::TooDeep, self.mark));
        }
        self.tag.entry = self.entries.len() as u32;
        self.tag.default =
            self.open.last().map_or(context.scope.default_id(), |parent| parent.default);
        self.tag.bindings = self.namespaces.depth() as u16;
        self.tag.prefixed = false;
        let name = (end - start) as u32;
        self.push(Entry::element(self.mark as u32, name, prefix as u32), context)?;
        self.go(State::Inside, end)
    }

    #[inline]
    pub(crate) fn inside(&mut self, data: &[u8], context: &Context<'_>, spaced: bool) -> Flow {
        let rest = data.get(self.pos..).unwrap_or_default();
        let spaces = rest.iter().take_while(|&&b| is_space(b)).count();
        let spaced = spaced || spaces > 0;
        let pos = self.pos + spaces;
        match data.get(pos) {
            None => {
                self.state = if spaced { State::Spaced } else { State::Inside };
                self.more(data)
            }
            Some(b'>') => self.start_tag(data, context, pos + 1, false),
            Some(b'/') => self.go(State::Empty, pos + 1),
            Some(_) if !spaced => Err((Fault::Tag, pos)),
            Some(_) => {
                self.mark = pos;
                self.tag.seen = 0;
                self.go(State::AttributeName, pos)
            }
        }
    }

    #[inline]
    pub(crate) fn attribute_name(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        let Some(end) = self.name_end(data) else { return self.more(data) };
        let start = self.mark;
        let prefix = check_name(data, start, end, self.tag.seen)?;
        if self.entries.len() - self.tag.entry as usize > context.limits.attributes {
            return Err((Fault::TooManyAttributes, start));
        }
        let mut entry = Entry::attribute(start as u32, (end - start) as u32, prefix as u32);
        if data.get(start..start + 5) == Some(b"xmlns")
            && matches!((prefix, end - start), (5, _) | (0, 5))
        {
            entry.make_declaration();
        } else if prefix > 0 {
            self.tag.prefixed = true;
        }
        self.push(entry, context)?;
        self.go(State::Equals, end)
    }

    #[inline]
    pub(crate) fn equals(&mut self, data: &[u8]) -> Flow {
        let pos = skip_space(data, self.pos);
        match data.get(pos) {
            None => self.more(data),
            Some(b'=') => self.go(State::Quote, pos + 1),
            Some(_) => Err((Fault::Tag, pos)),
        }
    }

    #[inline]
    pub(crate) fn quote(&mut self, data: &[u8]) -> Flow {
        let pos = skip_space(data, self.pos);
        match data.get(pos) {
            None => self.more(data),
            Some(&quote @ (b'\'' | b'"')) => {
                self.mark = pos + 1;
                self.go(State::Value(quote), pos + 1)
            }
            Some(_) => Err((Fault::Tag, pos)),
        }
    }

    #[inline]
    pub(crate) fn value(&mut self, data: &[u8], context: &Context<'_>, quote: u8) -> Flow {
        let Some(end) = Self::value_end(data, self.pos, quote) else { return self.more(data) };
        let run = data.get(self.mark..end).unwrap_or_default();
        let coded = chars::check_value(run).map_err(|(fault, at)| (fault, self.mark + at))?;
        if data.get(end) != Some(&quote) {
            return Err((Fault::LessThan, end));
        }
        let mark = self.mark as u32;
        if let Some(entry) = self.entries.last_mut() {
            entry.link = mark;
            entry.end = end as u32;
            entry.set_coded(coded);
            if entry.kind() == EntryKind::Declaration {
                let declared = *entry;
                self.declare(data, declared, context)?;
            }
        }
        self.go(State::Inside, end + 1)
    }

    fn declare(&mut self, data: &[u8], entry: Entry, context: &Context<'_>) -> Result<(), At> {
        let id = self.namespaces.declare(data, entry, context.scope)?;
        if let Some(last) = self.entries.last_mut() {
            last.set_ns(id);
        }
        if entry.prefix_len() == 0 {
            self.tag.default = id;
            let uri = data.get(entry.link as usize..entry.end as usize).unwrap_or_default();
            self.traits.explicit |= is_explicit(id, uri, self.open.is_empty());
        }
        Ok(())
    }

    pub(crate) fn empty(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        match data.get(self.pos) {
            None => self.more(data),
            Some(b'>') => self.start_tag(data, context, self.pos + 1, true),
            Some(_) => Err((Fault::Tag, self.pos)),
        }
    }

    /// The tag ended before `pos`: its namespaces are known now.
    fn start_tag(&mut self, data: &[u8], context: &Context<'_>, pos: usize, empty: bool) -> Flow {
        let at = self.tag.entry as usize;
        if self.tag.prefixed {
            self.resolve_attributes(data, context)?;
        }
        if self.entries.len() > at + 2 {
            super::duplicates::check(data, self.entries.get(at + 1..).unwrap_or_default())?;
        }
        let Some(entry) = self.entries.get(at).copied() else { return Err((Fault::Tag, pos)) };
        let start = entry.start as usize + 1;
        let ns = match entry.prefix_len() {
            0 => self.tag.default,
            len => {
                let ns = self.resolve(data, start, len, context)?;
                self.traits.explicit |= ns == CONTENT;
                ns
            }
        };
        if self.open.is_empty() && context.stream_open {
            // RFC 6120 §4.2: one stream header a stream. Deeper it is payload, which others wrote.
            let local = start + entry.prefix_len() + usize::from(entry.prefix_len() > 0);
            if data.get(local..start + entry.name_len()) == Some(b"stream")
                && context.scope.uri(ns) == Some(ns::STREAM)
            {
                return Err((Fault::NestedStream, start - 1));
            }
        }
        if let Some(entry) = self.entries.get_mut(at) {
            entry.set_ns(ns);
        }
        self.mark = pos;
        if !context.stream_open {
            self.close(at, pos);
            return Ok(Some(Outcome::Header(pos, empty)));
        }
        if empty {
            self.close(at, pos);
            self.namespaces.truncate(usize::from(self.tag.bindings));
            return self.ended(pos);
        }
        self.open.push(Open {
            entry: at as u32,
            name: start as u32,
            name_len: entry.name_len() as u16,
            default: self.tag.default,
            bindings: self.tag.bindings,
        });
        self.go(State::Text, pos)
    }

    /// An element ended before `pos`, the tag included.
    #[inline]
    fn close(&mut self, at: usize, pos: usize) {
        let link = self.entries.len() as u32;
        if let Some(entry) = self.entries.get_mut(at) {
            entry.end = pos as u32;
            entry.link = link;
        }
    }

    #[inline]
    fn ended(&mut self, pos: usize) -> Flow {
        if self.open.is_empty() {
            return Ok(Some(Outcome::Element(pos)));
        }
        self.mark = pos;
        self.go(State::Text, pos)
    }

    fn resolve(
        &mut self,
        data: &[u8],
        start: usize,
        len: usize,
        context: &Context<'_>,
    ) -> Result<NsId, At> {
        let prefix = data.get(start..start + len).unwrap_or_default();
        match self.namespaces.lookup(data, prefix, context.scope) {
            Some((ns, inherited)) => {
                self.traits.inherits |= inherited;
                Ok(ns)
            }
            None => Err((Fault::UndeclaredPrefix, start)),
        }
    }

    fn resolve_attributes(&mut self, data: &[u8], context: &Context<'_>) -> Result<(), At> {
        for at in self.tag.entry as usize + 1..self.entries.len() {
            let Some(entry) = self.entries.get(at).copied() else { break };
            if entry.kind() == EntryKind::Attribute && entry.prefix_len() > 0 {
                let ns = self.resolve(data, entry.start as usize, entry.prefix_len(), context)?;
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.set_ns(ns);
                }
            }
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn end_name(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        let expected = match self.open.last() {
            Some(open) => {
                let start = open.name as usize;
                data.get(start..start + usize::from(open.name_len)).unwrap_or_default()
            }
            None => context.stream,
        };
        let missing = expected.get(self.tag.matched..).unwrap_or_default();
        let rest = data.get(self.pos..).unwrap_or_default();
        if rest.starts_with(missing) {
            let pos = self.pos + missing.len();
            return self.go(State::EndTail, pos);
        }
        let same = rest.iter().zip(missing).take_while(|(a, b)| a == b).count();
        if same < rest.len() {
            return Err((Fault::EndTag, self.pos + same));
        }
        self.tag.matched += same;
        self.more(data)
    }

    #[inline]
    pub(crate) fn end_tail(&mut self, data: &[u8]) -> Flow {
        let pos = skip_space(data, self.pos);
        match data.get(pos) {
            None => return self.more(data),
            Some(b'>') => {}
            Some(&b) if class(b) & NAME != 0 => return Err((Fault::EndTag, pos)),
            Some(_) => return Err((Fault::Tag, pos)),
        }
        let Some(open) = self.open.pop() else { return Ok(Some(Outcome::End(pos + 1))) };
        self.close(open.entry as usize, pos + 1);
        self.namespaces.truncate(usize::from(open.bindings));
        self.ended(pos + 1)
    }
}

#[inline]
fn skip_space(data: &[u8], pos: usize) -> usize {
    let rest = data.get(pos..).unwrap_or_default();
    pos + rest.iter().take_while(|&&b| is_space(b)).count()
}

/// Checks a qualified name (Namespaces in XML 1.0 §4); gives the length of its prefix.
#[inline]
fn check_name(data: &[u8], start: usize, end: usize, seen: u8) -> Result<usize, At> {
    let name = data.get(start..end).unwrap_or_default();
    let starts = name.first().is_some_and(|&b| class(b) & NAME_START != 0);
    if !starts {
        return Err((Fault::Name, start));
    }
    if name.len() > MAX_NAME {
        return Err((Fault::LongName, start));
    }
    if seen & (COLON | HIGH) == 0 { Ok(0) } else { check_unusual_name(name, start) }
}

/// A name with a colon or with characters beyond ASCII.
fn check_unusual_name(name: &[u8], start: usize) -> Result<usize, At> {
    let text = simdutf8::compat::from_utf8(name)
        .map_err(|error| (Fault::Utf8, start + error.valid_up_to()))?;
    let (prefix, local) = text.split_once(':').map_or((None, text), |(p, l)| (Some(p), l));
    if !chars::is_ncname(local) || prefix.is_some_and(|p| !chars::is_ncname(p)) {
        return Err((Fault::Name, start));
    }
    match prefix.map_or(0, str::len) {
        len if len > MAX_PREFIX => Err((Fault::LongName, start)),
        len => Ok(len),
    }
}

/// The namespace that an attribute's name is in; declarations have one of their own.
pub(crate) fn attribute_space(entry: Entry) -> NsId {
    match entry.kind() {
        EntryKind::Declaration => XMLNS,
        _ if entry.prefix_len() == 0 => NONE,
        _ => entry.ns(),
    }
}
