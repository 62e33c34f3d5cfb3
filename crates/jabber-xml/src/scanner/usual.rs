//! Tags in the form that nearly all have, in one go: names of ASCII, one space before each attribute,
//! none elsewhere. Whatever is otherwise, or wrong, or not all there, is left to the states of
//! [`Pass`] from the tag's beginning: these functions refuse nothing.

use super::duplicates::Names;
use super::pass::{Context, Flow, Open, Outcome, Pass, State};
use crate::blocks::{self, Block};
use crate::chars::{COLON, HIGH, NAME, class};
use crate::entry::{Entry, MAX_NAME, NsId, XML};
use crate::runs::{self, Met};

impl Pass {
    /// Reads tags and texts from where a token begins, for as long as they are usual.
    #[inline(always)]
    pub(super) fn usual(&mut self, data: &[u8], context: &Context<'_>) -> Flow {
        let mut pos = self.pos;
        loop {
            let Some(block) = Block::at(data, pos) else { return self.unusual(pos) };
            if !block.is(b'<').holds(0) {
                self.mark = pos;
                let Some(end) = self.run(data, context, pos)? else {
                    self.state = State::Text;
                    return self.more(data);
                };
                pos = end;
                continue;
            }
            let known = self.entries.len();
            let tag = match name_len(data, pos + 1, block.is_no_letter().first_from(1)) {
                Some(len) => self.usual_start(data, context, pos, len),
                None => self.usual_end(data, pos),
            };
            match tag {
                Some(end) if self.open.is_empty() => return Ok(Some(Outcome::Element(end))),
                Some(end) => pos = end,
                None => {
                    self.entries.truncate(known);
                    return self.unusual(pos);
                }
            }
        }
    }

    /// Leaves the token that begins at `pos` to the states.
    #[inline(always)]
    fn unusual(&mut self, pos: usize) -> Flow {
        self.mark = pos;
        self.go(if self.open.is_empty() { State::Start } else { State::Text }, pos)
    }

    /// A start tag that begins at `mark`, with a name of that length: where it ends. Where it gives up, a
    /// part of the index may be left behind.
    #[inline(always)]
    fn usual_start(
        &mut self,
        data: &[u8],
        context: &Context<'_>,
        mark: usize,
        name_len: usize,
    ) -> Option<usize> {
        let first = self.entries.len();
        let start = mark + 1;
        let mut pos = start + name_len;
        let mut default = match self.open.last() {
            Some(parent) => parent.default,
            // RFC 6120 §4.2: on the top level this may be a second header.
            None if data.get(start..pos) == Some(b"stream") => return None,
            None => context.scope.default_id(),
        };
        self.entries.push(Entry::element(mark as u32, name_len as u32, 0));
        let mut names = Names::default();
        let empty = loop {
            match data.get(pos)? {
                b' ' => {
                    let start = pos + 1;
                    pos = attribute(&mut self.entries, data, start, &mut names)?;
                    if data.get(start..)?.first_chunk() == Some(b"xmlns=") {
                        default = self.usual_declaration(data, context)?;
                    }
                }
                b'>' => break false,
                b'/' if data.get(pos + 1) == Some(&b'>') => {
                    pos += 1;
                    break true;
                }
                _ => return None,
            }
        };
        pos += 1;
        let (limits, all) = (context.limits, self.entries.len());
        let attributes = all - first - 1;
        if self.open.len() >= limits.depth || attributes > limits.attributes || all > limits.nodes {
            return None;
        }
        names.check(data, self.entries.get(first + 1..)?).ok()?;
        self.entries.get_mut(first)?.set_ns(default);
        if empty {
            self.close(first, pos);
            return Some(pos);
        }
        self.open.push(Open {
            entry: first as u32,
            name: start as u32,
            name_len: name_len as u16,
            default,
            bindings: self.namespaces.depth() as u16,
        });
        Some(pos)
    }

    /// Makes the last attribute a declaration of the default namespace.
    #[inline(never)]
    fn usual_declaration(&mut self, data: &[u8], context: &Context<'_>) -> Option<NsId> {
        let mut entry = self.entries.pop()?;
        entry.make_declaration();
        self.declare(data, &mut entry, context).ok()?;
        self.entries.push(entry);
        Some(entry.ns())
    }

    /// An end tag that begins at `mark`: where it ends.
    #[inline(always)]
    fn usual_end(&mut self, data: &[u8], mark: usize) -> Option<usize> {
        let open = *self.open.last()?;
        let (start, len) = (open.name as usize, usize::from(open.name_len));
        let end = mark + 2 + len;
        if data.get(mark + 1) != Some(&b'/') || data.get(end) != Some(&b'>') {
            return None;
        }
        if !blocks::are_same(data, start, mark + 2, len) {
            return None;
        }
        self.open.pop();
        self.close(open.entry as usize, end + 1);
        self.namespaces.truncate(usize::from(open.bindings));
        Some(end + 1)
    }
}

/// Takes in an attribute that begins at `start`: where it ends.
#[inline(always)]
fn attribute(
    entries: &mut Vec<Entry>,
    data: &[u8],
    start: usize,
    names: &mut Names,
) -> Option<usize> {
    let end = name_end(data, start)?;
    match data.get(end..)?.first_chunk()? {
        [b'=', quote @ (b'\'' | b'"')] => {
            names.add(data, start, end);
            let entry = Entry::attribute(start as u32, (end - start) as u32, 0);
            push(entries, data, entry, end + 2, *quote)
        }
        [b':', _] => xml_attribute(entries, data, start, end, names),
        _ => None,
    }
}

/// The same where a prefix ends before `colon`: `xml:lang`, which many stanzas have.
#[inline(never)]
fn xml_attribute(
    entries: &mut Vec<Entry>,
    data: &[u8],
    start: usize,
    colon: usize,
    names: &mut Names,
) -> Option<usize> {
    let local = colon + 1;
    let end = name_end(data, local)?;
    match (data.get(start..colon)?, data.get(end..)?.first_chunk()?) {
        (b"xml", [b'=', quote @ (b'\'' | b'"')]) => {
            names.add(data, local, end);
            let (name, prefix) = (end - start, colon - start);
            let mut entry = Entry::attribute(start as u32, name as u32, prefix as u32);
            entry.set_ns(XML);
            push(entries, data, entry, end + 2, *quote)
        }
        _ => None,
    }
}

/// Gives an attribute its value, which begins at `start`, and takes it in: where it ends.
#[inline(always)]
fn push(
    entries: &mut Vec<Entry>,
    data: &[u8],
    mut entry: Entry,
    start: usize,
    quote: u8,
) -> Option<usize> {
    let (end, coded) = value(data, start, quote)?;
    entry.set_value(start, end, coded);
    entries.push(entry);
    Some(end + 1)
}

/// A value that begins at `start`: where it ends, and whether it is to be decoded.
#[inline(always)]
fn value(data: &[u8], start: usize, quote: u8) -> Option<(usize, bool)> {
    let mut pos = start;
    loop {
        let block = Block::at(data, pos)?;
        let quotes = block.is(b'\'') | block.is(b'"');
        let hits = quotes | block.is(b'<') | block.is(b'&') | block.is_odd();
        if let Some(first) = hits.first() {
            let end = pos + first;
            return match data.get(end) {
                Some(&b) if b == quote => Some((end, false)),
                _ => special_value(data, start, quote),
            };
        }
        pos += Block::LEN;
    }
}

/// A value that has more than printable ASCII without quotes: where it ends, and whether it is to be
/// decoded.
#[inline(never)]
fn special_value(data: &[u8], start: usize, quote: u8) -> Option<(usize, bool)> {
    let mut met = Met::default();
    let end = met.find_end(data, start, quote)?;
    let coded = runs::check_value(data, start, end, &met).ok()?;
    (data.get(end) == Some(&quote)).then_some((end, coded))
}

/// Where a name of ASCII without colon ends.
#[inline(always)]
fn name_end(data: &[u8], start: usize) -> Option<usize> {
    let letters = Block::at(data, start)?.is_no_letter().first_from(0);
    Some(start + name_len(data, start, letters)?)
}

/// The length of a name of ASCII without colon, of which so many bytes at least are letters.
#[inline(always)]
fn name_len(data: &[u8], start: usize, letters: usize) -> Option<usize> {
    // Nothing but letters, mostly.
    match data.get(start + letters) {
        _ if letters == 0 => None,
        Some(&b) if class(b) & NAME == 0 => Some(letters),
        _ => long_name_len(data, start, letters),
    }
}

#[inline(never)]
fn long_name_len(data: &[u8], start: usize, letters: usize) -> Option<usize> {
    let rest = data.get(start + letters..)?;
    let more = rest.iter().position(|&b| class(b) & (NAME | COLON | HIGH) != NAME)?;
    (letters + more <= MAX_NAME).then_some(letters + more)
}
