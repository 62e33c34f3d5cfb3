use crate::element::{Around, Element, Traits};
use crate::entry::MAX_NAME;
use crate::scope::ScopeHandle;
use crate::write::{Target, push_declaration, serialize};
use crate::{Fault, XmlError, chars, escape, ns};

/// A start tag being written: attributes first, then [`Content`].
///
/// The element is written in wire form at once, into one buffer. The first fault is kept and given
/// by [`build`](Self::build).
#[derive(Debug)]
#[must_use = "an element is made by `build`"]
pub struct Builder(Writer);

/// The inside of an element being written.
#[derive(Debug)]
#[must_use = "an element is made by `build`"]
pub struct Content(Writer);

#[derive(Debug)]
struct Writer {
    out: String,
    /// Where the element that is being written begins.
    start: usize,
    /// The namespace that a name without prefix is in.
    space: Space,
    /// The start tag still lacks its `>`.
    in_tag: bool,
    traits: Traits,
    prefixes: u32,
    /// Bits of the attribute names of this tag: while they differ, the names do.
    names: u64,
    fault: Option<XmlError>,
}

#[derive(Clone, Copy, Debug)]
enum Space {
    Content,
    /// The escaped namespace name stands there in the output.
    Written(usize, usize),
}

impl Builder {
    pub(crate) fn root(name: &str, ns: &str) -> Self {
        let mut writer = Writer {
            out: String::with_capacity(256),
            start: 0,
            space: Space::Content,
            in_tag: true,
            traits: Traits::default(),
            prefixes: 0,
            names: 0,
            fault: None,
        };
        // RFC 6120 §4.8.5: peers look for the literal `stream:error` and `stream:features`.
        writer.traits.inherits = ns == ns::STREAM;
        writer.open(name, ns);
        Self(writer)
    }

    /// Adds an attribute without namespace, or `xml:lang` and its kin.
    pub fn attribute(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.attribute(name, value.as_ref());
        self
    }

    /// Adds an attribute if there is a value.
    pub fn attribute_opt(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// Adds an attribute in a namespace, with a prefix that is declared for it.
    pub fn attribute_ns(mut self, name: &str, ns: &str, value: impl AsRef<str>) -> Self {
        self.0.attribute_ns(name, ns, value.as_ref());
        self
    }

    /// Adds text.
    pub fn text(self, text: &str) -> Content {
        Content(self.0).text(text)
    }

    /// Adds a child that the function fills.
    pub fn child<F: Into<Content>>(
        self,
        name: &str,
        ns: &str,
        fill: impl FnOnce(Builder) -> F,
    ) -> Content {
        Content(self.0).child(name, ns, fill)
    }

    /// Adds a copy of an element.
    pub fn element(self, element: &Element) -> Content {
        Content(self.0).element(element)
    }

    /// The element.
    ///
    /// # Errors
    ///
    /// The first name, namespace, character or attribute that XML does not allow.
    pub fn build(self) -> Result<Element, XmlError> {
        Content(self.0).build()
    }
}

impl Content {
    /// Adds text.
    pub fn text(mut self, text: &str) -> Self {
        let writer = &mut self.0;
        writer.close_tag();
        if let Err(fault) = escape::push_text(&mut writer.out, text) {
            writer.fail(fault);
        }
        self
    }

    /// Adds a child that the function fills.
    pub fn child<F: Into<Self>>(
        mut self,
        name: &str,
        ns: &str,
        fill: impl FnOnce(Builder) -> F,
    ) -> Self {
        self.0.close_tag();
        let (outer, start) = (self.0.start, self.0.out.len());
        let space = self.0.space;
        self.0.start = start;
        self.0.in_tag = true;
        self.0.names = 0;
        let prefixed = self.0.open(name, ns);
        let Self(mut writer) = fill(Builder(self.0)).into();
        if writer.start != start {
            writer.fail(Fault::ForeignBuilder);
        }
        if writer.in_tag {
            writer.out.push_str("/>");
        } else {
            writer.out.push_str(if prefixed { "</stream:" } else { "</" });
            writer.out.push_str(name);
            writer.out.push('>');
        }
        writer.start = outer;
        writer.in_tag = false;
        writer.space = space;
        Self(writer)
    }

    /// Adds a copy of an element.
    pub fn element(mut self, element: &Element) -> Self {
        let writer = &mut self.0;
        writer.close_tag();
        let default = match writer.space {
            Space::Content => ns::CLIENT.to_owned(),
            Space::Written(from, to) => {
                escape::decode_value(writer.out.get(from..to).unwrap_or_default())
            }
        };
        let target = Target { default: &default, ..Target::BARE };
        serialize(element.root(), &mut writer.out, target);
        self
    }

    /// The element.
    ///
    /// # Errors
    ///
    /// The first name, namespace, character or attribute that XML does not allow.
    pub fn build(self) -> Result<Element, XmlError> {
        let Self(mut writer) = self;
        if let Some(fault) = writer.fault {
            return Err(fault);
        }
        if writer.in_tag {
            writer.out.push_str("/>");
        } else {
            let name = writer.out.bytes().position(|b| matches!(b, b' ' | b'>' | b'/'));
            writer.out.push_str("</");
            writer.out.extend_from_within(1..name.unwrap_or(1));
            writer.out.push('>');
        }
        // Beyond this size it could have more namespaces than an index can hold: find out now.
        let check = writer.out.len() > 8192;
        let scope =
            if writer.traits.inherits { ScopeHandle::client() } else { ScopeHandle::bare() };
        let index = check.then(|| crate::scanner::index(&writer.out, &scope)).transpose()?;
        Ok(Element::built(writer.out, Around { scope, traits: writer.traits }, index))
    }
}

impl From<Builder> for Content {
    fn from(builder: Builder) -> Self {
        Self(builder.0)
    }
}

impl Writer {
    fn fail(&mut self, fault: Fault) {
        if self.fault.is_none() {
            self.fault = Some(XmlError::new(fault, self.out.len() as u64));
        }
    }

    #[inline]
    fn close_tag(&mut self) {
        if self.in_tag {
            self.out.push('>');
            self.in_tag = false;
        }
    }

    /// Writes `<name` and the declaration it needs; says whether it has the stream's prefix.
    fn open(&mut self, name: &str, ns: &str) -> bool {
        let prefixed = self.traits.inherits && ns == ns::STREAM;
        self.out.push_str(if prefixed { "<stream:" } else { "<" });
        self.push_name(name);
        if prefixed {
            return true;
        }
        if ns::is_content(ns) {
            if !matches!(self.space, Space::Content) {
                push_declaration(&mut self.out, "", ns::CLIENT);
                self.space = Space::Content;
            }
            return false;
        }
        let same = match self.space {
            Space::Content => false,
            Space::Written(from, to) => self.out.get(from..to) == Some(ns),
        };
        // `&` would be written otherwise than it reads; declaring it again is right as well.
        if !same || ns.contains('&') {
            self.declare(" xmlns='", ns);
        }
        false
    }

    fn declare(&mut self, lead: &str, ns: &str) {
        if matches!(ns, ns::XML | ns::XMLNS) {
            self.fail(Fault::Declaration);
        }
        self.out.push_str(lead);
        let from = self.out.len();
        if let Err(fault) = escape::push_value(&mut self.out, ns) {
            self.fail(fault);
        }
        self.space = Space::Written(from, self.out.len());
        self.out.push('\'');
    }

    #[inline]
    fn push_name(&mut self, name: &str) {
        if !chars::is_ncname(name) || name.len() > MAX_NAME - 8 {
            self.fail(Fault::Name);
        }
        self.out.push_str(name);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let ncname = name.strip_prefix("xml:").unwrap_or(name);
        if !chars::is_ncname(ncname) || name == "xmlns" || name.len() > MAX_NAME {
            self.fail(Fault::Name);
        }
        self.distinct(name);
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("='");
        if let Err(fault) = escape::push_value(&mut self.out, value) {
            self.fail(fault);
        }
        self.out.push('\'');
    }

    fn attribute_ns(&mut self, name: &str, ns: &str, value: &str) {
        match ns {
            "" => return self.attribute(name, value),
            ns::XML => return self.attribute(&format!("xml:{name}"), value),
            _ => {}
        }
        if !chars::is_ncname(name) || name.len() > MAX_NAME - 16 {
            self.fail(Fault::Name);
        }
        if self.declared_here(ns, name) {
            self.fail(Fault::DuplicateAttribute);
        }
        let prefix = format!("a{}", self.prefixes);
        self.prefixes += 1;
        let space = self.space;
        self.declare(&format!(" xmlns:{prefix}='"), ns);
        self.space = space;
        self.out.push_str(&format!(" {prefix}:{name}='"));
        if let Err(fault) = escape::push_value(&mut self.out, value) {
            self.fail(fault);
        }
        self.out.push('\'');
    }

    /// Whether this tag has an attribute of that expanded name; each has a declaration of its own.
    fn declared_here(&self, ns: &str, name: &str) -> bool {
        let mut escaped = String::new();
        let _ = escape::push_value(&mut escaped, ns);
        let tag = self.out.get(self.start..).unwrap_or_default();
        (0..self.prefixes).any(|n| tag.contains(&format!(" xmlns:a{n}='{escaped}' a{n}:{name}='")))
    }

    /// Refuses a second attribute of that name. Values hold no `'`: the search meets names alone.
    #[inline]
    fn distinct(&mut self, name: &str) {
        let first = name.bytes().next().unwrap_or(0);
        let bit = 1 << ((usize::from(first) + name.len() * 8) % 64);
        if self.names & bit != 0 {
            let tag = self.out.get(self.start..).unwrap_or_default();
            if tag.contains(&format!(" {name}='")) {
                self.fail(Fault::DuplicateAttribute);
            }
        }
        self.names |= bit;
    }
}
