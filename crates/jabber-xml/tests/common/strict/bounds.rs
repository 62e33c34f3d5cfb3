use jabber_xml::Limits;

/// [`Limits`], whose numbers can be read, and those that cannot be changed.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) element_bytes: usize,
    pub(crate) header_bytes: usize,
    pub(crate) depth: usize,
    pub(crate) attributes: usize,
    pub(crate) nodes: usize,
}

/// Bytes of a qualified name, and of its prefix.
pub(super) const NAME: usize = 1023;
pub(super) const PREFIX: usize = 255;
/// Namespaces in one top-level element: those of the header, none, the content namespace and those
/// of `xml` and `xmlns` count always.
pub(super) const NAMESPACES: usize = 2000;
/// Prefixes declared at one place, behind the header.
pub(super) const PREFIXES: usize = 256;

impl Default for Bounds {
    /// What [`Limits`] says of its defaults.
    fn default() -> Self {
        Self {
            element_bytes: 1 << 20,
            header_bytes: 16 << 10,
            depth: 256,
            attributes: 256,
            nodes: 131_072,
        }
    }
}

impl Bounds {
    /// A header is bounded by its bytes alone.
    pub(super) const NONE: Self = Self {
        element_bytes: usize::MAX,
        header_bytes: usize::MAX,
        depth: usize::MAX,
        attributes: usize::MAX,
        nodes: usize::MAX,
    };

    /// What a small input can reach.
    pub(crate) fn small() -> Self {
        Self { element_bytes: 96, header_bytes: 512, depth: 3, attributes: 3, nodes: 10 }
    }

    /// The same for the scanner.
    pub(crate) fn limits(&self) -> Limits {
        Limits::default()
            .with_element_bytes(self.element_bytes)
            .with_header_bytes(self.header_bytes)
            .with_depth(self.depth)
            .with_attributes(self.attributes)
            .with_nodes(self.nodes)
    }
}
