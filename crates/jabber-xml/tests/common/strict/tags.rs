//! Elements: tags, and what stands between them.

use jabber_xml::{Fault, ns};

use super::bounds::Bounds;
use super::chars::{is_space, may_be_in_a_name};
use super::names::qname;
use super::spaces::Spaces;
use super::tree::{Attribute, Node, Tree};
use super::{Stop, prolog, runs};

/// A start tag, or an empty one.
pub(super) struct Tag {
    /// As it is written, with its prefix.
    pub(super) name: String,
    pub(super) empty: bool,
    /// The element without what is in it.
    pub(super) tree: Tree,
    /// The attributes as they are written, declarations included.
    pub(super) written: Vec<(String, String)>,
}

/// One item of the stream, from its `<` on.
pub(super) struct Item<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    bounds: Bounds,
    pub(super) spaces: Spaces,
    nodes: usize,
}

impl<'a> Item<'a> {
    pub(super) fn new(bytes: &'a [u8], bounds: Bounds, spaces: Spaces) -> Self {
        Self { bytes, at: 0, bounds, spaces, nodes: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::More)
    }

    /// XML §3 \[39] element ::= EmptyElemTag | STag content ETag
    pub(super) fn element(&mut self, depth: usize) -> Result<Tree, Stop> {
        let mark = self.spaces.mark();
        let Tag { name, empty, mut tree, .. } = self.start_tag(depth)?;
        // RFC 6120 §4.2: a stream has one header. Deeper down it is payload.
        if depth == 1 && tree.name == "stream" && tree.namespace == ns::STREAM {
            return Err(Fault::NestedStream.into());
        }
        if !empty {
            tree.nodes = self.content(depth)?;
            self.at += end_tag(self.rest(), &name)?;
        }
        self.spaces.back_to(mark);
        Ok(tree)
    }

    /// XML §3.1 \[43] content, as far as RFC 6120 §11.1 allows it; up to the end tag.
    fn content(&mut self, depth: usize) -> Result<Vec<Node>, Stop> {
        let mut nodes = Vec::new();
        loop {
            let len = self.rest().iter().position(|&b| b == b'<').ok_or(Stop::More)?;
            if len > 0 {
                nodes.push(Node::Text(runs::text(&self.rest()[..len])?));
                self.count()?;
                self.at += len;
            }
            match self.rest().get(1).ok_or(Stop::More)? {
                b'/' => return Ok(nodes),
                b'!' => {
                    self.at += prolog::bang(self.rest())?;
                    // XML §2.7 [21]: up to the first `]]>`.
                    let end = self.rest().windows(3).position(|w| w == b"]]>");
                    let len = end.ok_or(Stop::More)?;
                    nodes.push(Node::Text(runs::cdata(&self.rest()[..len])?));
                    self.count()?;
                    self.at += len + 3;
                }
                b'?' => {
                    prolog::question(self.rest())?;
                    // XML §2.8: it stands before the root element.
                    return Err(Fault::MisplacedXmlDeclaration.into());
                }
                _ => nodes.push(Node::Element(self.element(depth + 1)?)),
            }
        }
    }

    /// XML §3.1 \[40] STag, \[44] EmptyElemTag; NS §6.
    pub(super) fn start_tag(&mut self, depth: usize) -> Result<Tag, Stop> {
        self.at += 1;
        let name = qname(self.rest())?;
        self.at += name.len();
        if depth > self.bounds.depth {
            return Err(Fault::TooDeep.into());
        }
        self.count()?;
        let mut written: Vec<(String, String)> = Vec::new();
        let mut attributes = Vec::new();
        let empty = loop {
            let spaces = self.skip_spaces();
            match (self.peek()?, self.rest().get(1)) {
                (b'>', _) => {
                    self.at += 1;
                    break false;
                }
                (b'/', None) => return Err(Stop::More),
                (b'/', Some(b'>')) => {
                    self.at += 2;
                    break true;
                }
                (b'/', Some(_)) => return Err(Fault::Tag.into()),
                _ if spaces == 0 => return Err(Fault::Tag.into()),
                _ => {}
            }
            let (name, value) = self.attribute(written.len())?;
            if !self.spaces.declare(&name, &value)? {
                attributes.push((name.clone(), value.clone()));
            }
            self.count()?;
            written.push((name, value));
        };
        let attributes: Vec<Attribute> = attributes
            .iter()
            .map(|(name, value)| self.spaces.of_attribute(name, value))
            .collect::<Result<_, _>>()?;
        refuse_twins(&written, &attributes)?;
        let (namespace, local) = self.spaces.of_element(&name)?;
        let tree = Tree { namespace, name: local, attributes, nodes: Vec::new() };
        Ok(Tag { name, empty, tree, written })
    }

    /// XML §3.1 \[41] Attribute ::= Name Eq AttValue; `before` stand before it in the tag.
    fn attribute(&mut self, before: usize) -> Result<(String, String), Stop> {
        let name = qname(self.rest())?;
        self.at += name.len();
        if before >= self.bounds.attributes {
            return Err(Fault::TooManyAttributes.into());
        }
        // XML §2.8 [25] Eq ::= S? '=' S?
        self.skip_spaces();
        if self.peek()? != b'=' {
            return Err(Fault::Tag.into());
        }
        self.at += 1;
        self.skip_spaces();
        // XML §2.3 [10] AttValue
        let quote = self.peek()?;
        if quote != b'"' && quote != b'\'' {
            return Err(Fault::Tag.into());
        }
        self.at += 1;
        let end = self.rest().iter().position(|&b| b == quote || b == b'<').ok_or(Stop::More)?;
        let value = runs::value(&self.rest()[..end])?;
        if self.rest()[end] == b'<' {
            return Err(Fault::LessThan.into());
        }
        self.at += end + 1;
        Ok((name, value))
    }

    fn skip_spaces(&mut self) -> usize {
        let spaces = self.rest().iter().take_while(|&&b| is_space(b)).count();
        self.at += spaces;
        spaces
    }

    /// One more element, attribute or run of text.
    fn count(&mut self) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > self.bounds.nodes { Err(Fault::TooManyNodes.into()) } else { Ok(()) }
    }
}

/// XML §3.1, unique attribute specification; NS §6.3, by expanded name too.
fn refuse_twins(written: &[(String, String)], expanded: &[Attribute]) -> Result<(), Fault> {
    let by_name = written
        .iter()
        .enumerate()
        .any(|(n, (name, _))| written[..n].iter().any(|(earlier, _)| earlier == name));
    let by_expanded_name = expanded.iter().enumerate().any(|(n, one)| {
        let same =
            |other: &Attribute| (&other.namespace, &other.name) == (&one.namespace, &one.name);
        expanded[..n].iter().any(same)
    });
    if by_name || by_expanded_name { Err(Fault::DuplicateAttribute) } else { Ok(()) }
}

/// XML §3.1 \[42] ETag ::= '</' Name S? '>', with the name of the start tag (well-formedness
/// constraint: element type match). Its length.
pub(super) fn end_tag(bytes: &[u8], name: &str) -> Result<usize, Stop> {
    let due = format!("</{name}");
    if due.as_bytes().starts_with(bytes) {
        return Err(Stop::More);
    }
    let Some(rest) = bytes.strip_prefix(due.as_bytes()) else { return Err(Fault::EndTag.into()) };
    let spaces = rest.iter().take_while(|&&b| is_space(b)).count();
    match rest.get(spaces) {
        None => Err(Stop::More),
        Some(b'>') => Ok(due.len() + spaces + 1),
        // A longer name, or what would be an attribute.
        Some(&b) if may_be_in_a_name(b) => Err(Fault::EndTag.into()),
        Some(_) => Err(Fault::Tag.into()),
    }
}
