//! Which namespace a prefix means, while an element is being read.

use crate::chars::At;
use crate::entry::{CONTENT, Entry, MAX_NAMESPACES, NONE, NsId, XML, XMLNS};
use crate::{Fault, Scope, escape};

/// How many prefixes may be declared at one place: looking one up walks them.
const MAX_BINDINGS: usize = 256;

/// Up to here it is cheaper to look at each namespace than to search by their order.
const FEW: usize = 16;

/// Declarations within one element. Each namespace has one id, so that ids compare as names do.
#[derive(Debug, Default)]
pub(crate) struct Namespaces {
    bindings: Vec<Binding>,
    /// The namespaces that are not of the scope, in the order of their ids.
    pub(crate) table: Vec<Entry>,
    /// Their numbers in the order of their names, once there are more than a few: each may be
    /// declared again and again.
    order: Vec<NsId>,
    /// Those of them that are written with references, decoded.
    pub(crate) coded: Vec<Box<str>>,
}

#[derive(Clone, Copy, Debug)]
struct Binding {
    start: u32,
    len: u32,
    ns: NsId,
}

impl Namespaces {
    pub(crate) fn clear(&mut self) {
        self.bindings.clear();
        self.table.clear();
        self.order.clear();
        self.coded.clear();
    }

    /// How many prefixes are declared here.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.bindings.len()
    }

    #[inline]
    pub(crate) fn truncate(&mut self, depth: usize) {
        self.bindings.truncate(depth);
    }

    /// Takes in a declaration, whose entry is complete but for the namespace.
    pub(crate) fn declare(&mut self, data: &[u8], entry: Entry, scope: &Scope) -> Result<NsId, At> {
        let id = self.intern(data, entry, scope)?;
        let at = entry.start as usize;
        if entry.prefix_len() == 0 {
            // Namespaces in XML 1.0 §3: neither may be the default.
            return if matches!(id, XML | XMLNS) { Err((Fault::Declaration, at)) } else { Ok(id) };
        }
        let start = at + "xmlns:".len();
        let end = at + entry.name_len();
        let prefix = data.get(start..end).unwrap_or_default();
        match (prefix, id) {
            (b"xml", XML) => {}
            (b"xml" | b"xmlns", _) | (_, XML | XMLNS | NONE) => {
                return Err((Fault::Declaration, at));
            }
            _ if self.bindings.len() >= MAX_BINDINGS => {
                return Err((Fault::TooManyNamespaces, at));
            }
            _ => self.bindings.push(Binding {
                start: start as u32,
                len: (end - start) as u32,
                ns: id,
            }),
        }
        Ok(id)
    }

    /// What a prefix means, and whether the scope says so.
    pub(crate) fn lookup(&self, data: &[u8], prefix: &[u8], scope: &Scope) -> Option<(NsId, bool)> {
        for binding in self.bindings.iter().rev() {
            let start = binding.start as usize;
            if binding.len as usize == prefix.len()
                && data.get(start..start + prefix.len()) == Some(prefix)
            {
                return Some((binding.ns, false));
            }
        }
        scope.lookup(prefix).map(|id| (id, id != XML))
    }

    /// Whether the id means that namespace.
    pub(crate) fn is(&self, data: &[u8], id: NsId, uri: &str, scope: &Scope) -> bool {
        if let Some(known) = scope.uri(id) {
            return known == uri;
        }
        let space = self.table.get(usize::from(id.saturating_sub(scope.end())));
        space.is_some_and(|&space| self.name(data, space) == uri.as_bytes())
    }

    fn intern(&mut self, data: &[u8], entry: Entry, scope: &Scope) -> Result<NsId, At> {
        let at = entry.link as usize;
        let raw = data.get(at..entry.end as usize).unwrap_or_default();
        // Namespaces are compared as attribute values read (XML 1.0 §3.3.3), not as written.
        let decoded = if entry.is_coded() {
            let raw = str::from_utf8(raw).map_err(|_| (Fault::Utf8, at))?;
            Some(escape::decode_value(raw))
        } else {
            None
        };
        let uri = decoded.as_deref().map_or(raw, str::as_bytes);
        if let Some(id) = scope.id(uri) {
            return Ok(id);
        }
        let number = match self.find(data, uri) {
            Ok(number) => number,
            Err(_) if self.table.len() + usize::from(scope.end()) >= MAX_NAMESPACES => {
                return Err((Fault::TooManyNamespaces, at));
            }
            Err(place) => {
                let mut space = Entry::namespace(at as u32, entry.end, self.coded.len() as u32);
                if let Some(decoded) = decoded {
                    space.set_coded(true);
                    self.coded.push(decoded.into());
                }
                self.add(data, space, place)
            }
        };
        Ok(scope.end() + number as NsId)
    }

    /// The number of a namespace in the table; else its place in the order.
    fn find(&self, data: &[u8], uri: &[u8]) -> Result<usize, usize> {
        if self.table.len() <= FEW {
            return self.table.iter().position(|&other| self.name(data, other) == uri).ok_or(0);
        }
        let found = self.order.binary_search_by(|&number| self.numbered(data, number).cmp(uri))?;
        self.order.get(found).map(|&number| usize::from(number)).ok_or(found)
    }

    /// Takes a new namespace in; gives its number.
    fn add(&mut self, data: &[u8], space: Entry, place: usize) -> usize {
        let number = self.table.len();
        self.table.push(space);
        if number > FEW {
            self.order.insert(place.min(self.order.len()), number as NsId);
        } else if number == FEW {
            let mut order: Vec<NsId> = (0..=number as NsId).collect();
            order.sort_unstable_by_key(|&number| self.numbered(data, number));
            self.order = order;
        }
        number
    }

    fn numbered<'a>(&'a self, data: &'a [u8], number: NsId) -> &'a [u8] {
        let space = self.table.get(usize::from(number));
        space.map_or(&[], |&space| self.name(data, space))
    }

    fn name<'a>(&'a self, data: &'a [u8], space: Entry) -> &'a [u8] {
        if space.is_coded() {
            return self.coded.get(space.link as usize).map(|s| s.as_bytes()).unwrap_or_default();
        }
        data.get(space.start as usize..space.end as usize).unwrap_or_default()
    }
}

/// Whether a default declaration of the content namespace keeps the bytes from being copied to
/// another stream: on the root, or if it is not `jabber:client`.
pub(crate) fn is_explicit(id: NsId, uri: &[u8], root: bool) -> bool {
    id == CONTENT && (root || uri != crate::ns::CLIENT.as_bytes())
}
