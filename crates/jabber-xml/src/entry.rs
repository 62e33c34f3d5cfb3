/// One entry of the index: 16 bytes, in document order.
///
/// | kind | start..end | link |
/// |---|---|---|
/// | element | from `<` to behind the last `>` | index of the entry behind its subtree |
/// | attribute, declaration | from the name to the end of the value, without quote | start of the value |
/// | text | the text | 1 for a CDATA section |
///
/// Behind the subtree of the root stand the namespaces that are not of the scope, one declaration
/// each, in the order of their ids.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) link: u32,
    // kind 2 bits, coded 1, prefix length 8, name length 10, namespace 11
    word: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Element,
    Attribute,
    Declaration,
    Text,
}

/// The id of a namespace within one element: the fixed ones, then the scope's, then its own.
pub(crate) type NsId = u16;
pub(crate) const NONE: NsId = 0;
pub(crate) const CONTENT: NsId = 1;
pub(crate) const XML: NsId = 2;
pub(crate) const XMLNS: NsId = 3;
/// The first id of the scope's namespaces.
pub(crate) const SCOPE: NsId = 4;

pub(crate) const MAX_NAME: usize = 1023;
pub(crate) const MAX_PREFIX: usize = 255;
pub(crate) const MAX_NAMESPACES: usize = 2000;

const ATTRIBUTE: u32 = 1;
const DECLARATION: u32 = 2;
const TEXT: u32 = 3;
const CODED: u32 = 4;

impl Entry {
    /// A name is an element's or attribute's: lengths of the qualified name and of its prefix.
    #[inline]
    pub(crate) fn element(start: u32, name: u32, prefix: u32) -> Self {
        Self { start, end: 0, link: 0, word: prefix << 3 | name << 11 }
    }

    #[inline]
    pub(crate) fn attribute(start: u32, name: u32, prefix: u32) -> Self {
        Self { start, end: 0, link: 0, word: ATTRIBUTE | prefix << 3 | name << 11 }
    }

    #[inline]
    pub(crate) fn text(start: u32, end: u32, coded: bool, cdata: bool) -> Self {
        Self { start, end, link: u32::from(cdata), word: TEXT | u32::from(coded) << 2 }
    }

    /// A namespace of the table at the end; `link` is the place of its unescaped form, if it has one.
    pub(crate) fn namespace(start: u32, end: u32, link: u32) -> Self {
        Self { start, end, link, word: DECLARATION }
    }

    #[inline]
    pub(crate) fn kind(self) -> EntryKind {
        match self.word & 3 {
            0 => EntryKind::Element,
            ATTRIBUTE => EntryKind::Attribute,
            DECLARATION => EntryKind::Declaration,
            _ => EntryKind::Text,
        }
    }

    #[inline]
    pub(crate) fn make_declaration(&mut self) {
        self.word = self.word & !3 | DECLARATION;
    }

    /// Whether the raw bytes differ from what they mean: references, line ends.
    #[inline]
    pub(crate) fn is_coded(self) -> bool {
        self.word & CODED != 0
    }

    #[inline]
    pub(crate) fn set_coded(&mut self, coded: bool) {
        self.word |= u32::from(coded) << 2;
    }

    /// Gives an attribute its value: where that stands, without quotes.
    #[inline]
    pub(crate) fn set_value(&mut self, start: usize, end: usize, coded: bool) {
        self.link = start as u32;
        self.end = end as u32;
        self.set_coded(coded);
    }

    #[inline]
    pub(crate) fn prefix_len(self) -> usize {
        (self.word >> 3 & 0xff) as usize
    }

    /// Where in the qualified name the local name begins.
    #[inline]
    pub(crate) fn local_offset(self) -> usize {
        let prefix = self.prefix_len();
        prefix + usize::from(prefix > 0)
    }

    /// The length of the qualified name.
    #[inline]
    pub(crate) fn name_len(self) -> usize {
        (self.word >> 11 & 0x3ff) as usize
    }

    #[inline]
    pub(crate) fn ns(self) -> NsId {
        (self.word >> 21) as NsId
    }

    #[inline]
    pub(crate) fn set_ns(&mut self, ns: NsId) {
        self.word = self.word & 0x1f_ffff | u32::from(ns) << 21;
    }
}
