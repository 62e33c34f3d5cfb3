//! Start tags and end tags.

use super::duplicates::Names;
use super::names::{check_name, read_name, skip_space};
use super::namespaces::is_explicit;
use super::pass::{Context, Flow, Open, Outcome, Pass, State};
use crate::chars::{At, NAME, class, is_space};
use crate::entry::{CONTENT, Entry, EntryKind, NONE, NsId, XMLNS};
use crate::runs::{self, Met};
use crate::{Fault, ns};

/// What is known of the tag being read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tag {
    /// The element's entry.
    entry: u32,
    /// The default namespace within it.
    default: NsId,
    /// How many prefixes were declared around it.
    bindings: u16,
    /// The tag has an attribute with a prefix.
    prefixed: bool,
    /// Its attributes.
    names: Names,
    /// The attribute being read, from its name on.
    pending: Entry,
    /// The classes of the bytes of the name being read.
    pub(crate) seen: u8,
    /// How much of an end tag's name has come.
    pub(crate) matched: usize,
}

impl Pass {
    #[inline(always)]
    pub(crate) fn name(&mut self, data: &[u8], context: &Context<'_>, pos: usize) -> Flow {
        let (end, seen) = read_name(data, pos, self.tag.seen);
        if end >= data.len() {
            self.tag.seen = seen;
            return self.wait(State::Name, data);
        }
        let start = self.mark + 1;
        let prefix = check_name(data, start, end, seen)?;
        if self.open.len() >= context.limits.depth {
            return Err((Fault::TooDeep, self.mark));
        }
        self.tag.entry = self.entries.len() as u32;
        self.tag.default =
            self.open.last().map_or(context.scope.default_id(), |parent| parent.default);
        self.tag.bindings = self.namespaces.depth() as u16;
        self.tag.prefixed = false;
        self.tag.names = Names::default();
        let name = (end - start) as u32;
        self.push(Entry::element(self.mark as u32, name, prefix as u32), context)?;
        self.attributes(data, context, end, false)
    }

    /// What comes behind a tag's name or an attribute: more attributes, or the end of the tag.
    #[inline(always)]
    pub(crate) fn attributes(
        &mut self,
        data: &[u8],
        context: &Context<'_>,
        mut pos: usize,
        mut spaced: bool,
    ) -> Flow {
        let empty = loop {
            match data.get(pos) {
                None => {
                    return self.wait(if spaced { State::Spaced } else { State::Inside }, data);
                }
                Some(b'>') => break false,
                Some(b'/') if data.get(pos + 1) == Some(&b'>') => {
                    pos += 1;
                    break true;
                }
                Some(b'/') => return self.go(State::Empty, pos + 1),
                Some(&b) if is_space(b) => {
                    spaced = true;
                    pos += 1;
                }
                Some(_) if !spaced => return Err((Fault::Tag, pos)),
                Some(_) => {
                    self.mark = pos;
                    self.tag.seen = 0;
                    match self.attribute(data, context, pos, State::AttributeName)? {
                        Some(end) => pos = end,
                        None => return self.more(data),
                    }
                    spaced = false;
                }
            }
        };
        self.start_tag(data, context, pos + 1, empty)
    }

    /// Goes on in the middle of an attribute.
    pub(crate) fn resume_attribute(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        match self.attribute(data, context, self.pos, self.state)? {
            Some(pos) => self.go(State::Inside, pos),
            None => self.more(data),
        }
    }

    /// An attribute from where the state says on: its end, or else the state says how to go on.
    #[inline(always)]
    fn attribute(
        &mut self,
        data: &[u8],
        context: &Context<'_>,
        mut pos: usize,
        from: State,
    ) -> Result<Option<usize>, At> {
        let mut entry = self.tag.pending;
        if from == State::AttributeName {
            let (end, seen) = read_name(data, pos, self.tag.seen);
            if end >= data.len() {
                self.tag.seen = seen;
                self.state = State::AttributeName;
                return Ok(None);
            }
            entry = self.attribute_entry(data, context, end, seen)?;
            pos = end;
        }
        if matches!(from, State::AttributeName | State::Equals) {
            pos = skip_space(data, pos);
            match data.get(pos) {
                Some(b'=') => pos += 1,
                Some(_) => return Err((Fault::Tag, pos)),
                None => return self.suspend(State::Equals, entry),
            }
        }
        let quote = if let State::Value(quote) = from {
            quote
        } else {
            pos = skip_space(data, pos);
            match data.get(pos) {
                Some(&quote @ (b'\'' | b'"')) => {
                    pos += 1;
                    self.mark = pos;
                    quote
                }
                Some(_) => return Err((Fault::Tag, pos)),
                None => return self.suspend(State::Quote, entry),
            }
        };
        let Some(end) = self.met.find_end(data, pos, quote) else {
            return self.suspend(State::Value(quote), entry);
        };
        self.value(data, context, entry, end, quote)?;
        Ok(Some(end + 1))
    }

    #[cold]
    fn suspend(&mut self, state: State, entry: Entry) -> Result<Option<usize>, At> {
        self.state = state;
        self.tag.pending = entry;
        Ok(None)
    }

    /// The entry of an attribute whose name ends before `end`, still without value.
    #[inline(always)]
    fn attribute_entry(
        &mut self,
        data: &[u8],
        context: &Context<'_>,
        end: usize,
        seen: u8,
    ) -> Result<Entry, At> {
        let start = self.mark;
        let prefix = check_name(data, start, end, seen)?;
        if self.entries.len() - self.tag.entry as usize > context.limits.attributes {
            return Err((Fault::TooManyAttributes, start));
        }
        let mut entry = Entry::attribute(start as u32, (end - start) as u32, prefix as u32);
        if matches!((prefix, end - start), (5, _) | (0, 5))
            && data.get(start..start + 5) == Some(b"xmlns")
        {
            entry.make_declaration();
        } else if prefix > 0 {
            self.tag.prefixed = true;
        }
        self.tag.names.add(data, start + entry.local_offset(), end);
        Ok(entry)
    }

    /// A value that ends before `end`.
    #[inline(always)]
    fn value(
        &mut self,
        data: &[u8],
        context: &Context<'_>,
        mut entry: Entry,
        end: usize,
        quote: u8,
    ) -> Result<(), At> {
        let start = self.mark;
        let coded = runs::check_value(data, start, end, &self.met)?;
        self.met = Met::default();
        // `<` ends a value too, in error: nothing behind it is looked at.
        if data.get(end) != Some(&quote) {
            return Err((Fault::LessThan, end));
        }
        entry.set_value(start, end, coded);
        if entry.kind() == EntryKind::Declaration {
            self.declare(data, &mut entry, context)?;
        }
        self.push(entry, context)
    }

    pub(super) fn declare(
        &mut self,
        data: &[u8],
        entry: &mut Entry,
        context: &Context<'_>,
    ) -> Result<(), At> {
        let id = self.namespaces.declare(data, *entry, context.scope)?;
        entry.set_ns(id);
        if entry.prefix_len() == 0 {
            self.tag.default = id;
            let uri = data.get(entry.link as usize..entry.end as usize).unwrap_or_default();
            self.traits.explicit |= is_explicit(id, uri, self.open.is_empty());
        }
        Ok(())
    }

    pub(crate) fn empty(&mut self, data: &[u8], context: &Context<'_>, pos: usize) -> Flow {
        match data.get(pos) {
            None => self.wait(State::Empty, data),
            Some(b'>') => self.start_tag(data, context, pos + 1, true),
            Some(_) => Err((Fault::Tag, pos)),
        }
    }

    /// The tag ended before `pos`: its namespaces are known now.
    #[inline(always)]
    fn start_tag(&mut self, data: &[u8], context: &Context<'_>, pos: usize, empty: bool) -> Flow {
        let at = self.tag.entry as usize;
        if self.tag.prefixed {
            self.resolve_attributes(data, context)?;
        }
        self.tag.names.check(data, self.entries.get(at + 1..).unwrap_or_default())?;
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
            let local = start + entry.local_offset();
            if data.get(local..start + entry.name_len()) == Some(b"stream")
                && self.namespaces.is(data, ns, ns::STREAM, context.scope)
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
    #[inline(always)]
    pub(super) fn close(&mut self, at: usize, pos: usize) {
        let link = self.entries.len() as u32;
        if let Some(entry) = self.entries.get_mut(at) {
            entry.end = pos as u32;
            entry.link = link;
        }
    }

    #[inline(always)]
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

    /// An end tag from (the rest of) its name on; the start tag says what that must be.
    #[inline(always)]
    pub(crate) fn end_name(&mut self, data: &[u8], context: &Context<'_>, pos: usize) -> Flow {
        let expected = match self.open.last() {
            Some(open) => {
                let start = open.name as usize;
                data.get(start..start + usize::from(open.name_len)).unwrap_or_default()
            }
            None => context.stream,
        };
        let missing = expected.get(self.tag.matched..).unwrap_or_default();
        let rest = data.get(pos..).unwrap_or_default();
        if rest.starts_with(missing) {
            return self.end_tail(data, pos + missing.len());
        }
        let same = rest.iter().zip(missing).take_while(|(a, b)| a == b).count();
        if same < rest.len() {
            return Err((Fault::EndTag, pos + same));
        }
        self.tag.matched += same;
        self.wait(State::EndName, data)
    }

    #[inline(always)]
    pub(crate) fn end_tail(&mut self, data: &[u8], mut pos: usize) -> Flow {
        loop {
            match data.get(pos) {
                Some(b'>') => break,
                Some(&b) if is_space(b) => pos += 1,
                Some(&b) if class(b) & NAME != 0 => return Err((Fault::EndTag, pos)),
                Some(_) => return Err((Fault::Tag, pos)),
                None => return self.wait(State::EndTail, data),
            }
        }
        let Some(open) = self.open.pop() else { return Ok(Some(Outcome::End(pos + 1))) };
        self.close(open.entry as usize, pos + 1);
        self.namespaces.truncate(usize::from(open.bindings));
        self.ended(pos + 1)
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
