use crate::entry::{Entry, MAX_NAMESPACES};

/// How much of one stream item is taken before it is refused with `policy-violation`.
///
/// Bytes alone do not bound the work: `<a/>` a thousand times is few bytes and many nodes. An
/// element holds its bytes, 16 bytes for each node and each namespace, and the namespaces that are
/// written with references once more: with the defaults about 3 MiB. While it is read, the index is
/// there twice at its end and the buffers have some room to grow: 6 MiB at most, beside what the
/// caller reads at once. After an error nothing is held (RFC 6120 §13.12).
///
/// Not to be changed: a qualified name has at most 1023 bytes and its prefix at most 255, an
/// element uses at most 2000 namespaces and has at most 256 prefixes declared at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) element_bytes: usize,
    pub(crate) header_bytes: usize,
    pub(crate) depth: usize,
    pub(crate) attributes: usize,
    pub(crate) nodes: usize,
}

impl Default for Limits {
    /// 1 MiB, a header of 16 KiB, depth 256, 256 attributes a tag, 131,072 nodes.
    fn default() -> Self {
        Self {
            element_bytes: 1 << 20,
            header_bytes: 16 << 10,
            depth: 256,
            attributes: 256,
            nodes: 1 << 17,
        }
    }
}

impl Limits {
    /// For XML that is our own.
    pub(crate) const OWN: Self = Self {
        element_bytes: u32::MAX as usize - 1,
        header_bytes: u32::MAX as usize - 1,
        depth: usize::MAX,
        attributes: usize::MAX,
        nodes: u32::MAX as usize - 1,
    };

    /// The greatest size of one top-level element in bytes, its tags included; below 4 GiB.
    ///
    /// RFC 6120 §13.12 forbids less than 10,000 for a server.
    #[must_use]
    pub fn with_element_bytes(mut self, bytes: usize) -> Self {
        self.element_bytes = bytes.min(Self::OWN.element_bytes);
        self
    }

    /// The greatest size of a stream header in bytes. The XML declaration and the white space
    /// before the header have the same bound of their own.
    #[must_use]
    pub fn with_header_bytes(mut self, bytes: usize) -> Self {
        self.header_bytes = bytes.min(Self::OWN.header_bytes);
        self
    }

    /// How deep elements may nest; the top-level element has depth 1.
    #[must_use]
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// How many attributes, namespace declarations included, one tag may have.
    #[must_use]
    pub fn with_attributes(mut self, attributes: usize) -> Self {
        self.attributes = attributes;
        self
    }

    /// How many elements, attributes and runs of text one top-level element may have.
    #[must_use]
    pub fn with_nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes.min(Self::OWN.nodes);
        self
    }

    /// The greatest size of one top-level element in bytes.
    #[must_use]
    pub fn element_bytes(&self) -> usize {
        self.element_bytes
    }

    /// The most memory that one element within these limits takes, in bytes: its text, and 16 for
    /// each node and each namespace. See [`Element::memory`](crate::Element::memory).
    #[must_use]
    pub fn element_memory(&self) -> usize {
        let index = self.nodes.saturating_add(MAX_NAMESPACES).saturating_mul(size_of::<Entry>());
        self.element_bytes.saturating_add(index).saturating_add(size_of::<crate::Element>())
    }
}
