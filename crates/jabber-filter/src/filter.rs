use jabber_jid::Jid;
use jabber_xml::Element;

use crate::sender::Asked;
use crate::stanza::Stanza;
use crate::xpath::{Needs, ROOT, View, as_read};
use crate::{Selection, XPath};

/// What a stanza must be like; every condition must hold. Without any, every stanza matches.
///
/// # Examples
///
/// ```
/// use jabber_filter::Filter;
/// use jabber_xml::{Element, ns};
///
/// let ping = Filter::new().name("iq").kind("get").child("ping", ns::PING);
/// let stanza: Element = "<iq type='get' id='1' from='a@b/c'><ping xmlns='urn:xmpp:ping'/></iq>".parse()?;
/// assert!(ping.matches(&stanza));
///
/// let friends = Filter::new().name("message").from_domain(&"b".parse()?).and("body".parse()?);
/// assert!(!friends.matches(&stanza));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Filter {
    name: Option<Box<str>>,
    namespace: Option<Box<str>>,
    kind: Option<Box<str>>,
    from: Option<Asked>,
    children: Vec<(Box<str>, Box<str>)>,
    paths: Vec<XPath>,
}

impl Filter {
    /// No condition.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            name: None,
            namespace: None,
            kind: None,
            from: None,
            children: Vec::new(),
            paths: Vec::new(),
        }
    }

    /// The stanza's name, without prefix.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The stanza's namespace; the content namespaces are one.
    #[must_use]
    pub fn namespace(self, uri: &str) -> Self {
        Self { namespace: Some(as_read(uri).into()), ..self }
    }

    /// The stanza's `type`. A message without one is `normal` (RFC 6121 §5.2.2).
    #[must_use]
    pub fn kind(self, kind: &str) -> Self {
        Self { kind: Some(kind.into()), ..self }
    }

    /// The sender, with the resource if there is one: `a@b` is not `a@b/c`. Whatever the stanza's
    /// `from` is, it is prepared before it is compared (RFC 7622). A stanza without `from`, as a
    /// server's own may be, does not match.
    #[must_use]
    pub fn from(self, jid: &Jid) -> Self {
        Self { from: Some(Asked::Full(jid.clone())), ..self }
    }

    /// The sender, whatever the resource. This and the other two take each other's place.
    #[must_use]
    pub fn from_bare(self, jid: &Jid) -> Self {
        Self { from: Some(Asked::Bare(jid.to_bare())), ..self }
    }

    /// The sender's domain: its server, and whoever is there.
    #[must_use]
    pub fn from_domain(self, jid: &Jid) -> Self {
        Self { from: Some(Asked::Domain(jid.to_domain())), ..self }
    }

    /// A child with that name and namespace. Asked for more than once, each must be there.
    #[must_use]
    pub fn child(mut self, name: &str, namespace: &str) -> Self {
        self.children.push((name.into(), as_read(namespace).into()));
        self
    }

    /// A path that must select something. Asked for more than once, each must.
    #[must_use]
    pub fn and(mut self, path: XPath) -> Self {
        self.paths.push(path);
        self
    }

    /// Whether every condition holds.
    #[must_use]
    pub fn matches(&self, stanza: &Element) -> bool {
        self.holds(&Stanza::new(stanza))
    }

    /// What matched: what its paths select, else the children that it asks for, else the stanza.
    /// Nothing, if a condition does not hold.
    #[must_use]
    pub fn select<'a>(&self, stanza: &'a Element) -> Selection<'a> {
        if self.matches(stanza) {
            self.nodes(stanza)
        } else {
            Selection::many(View::new(stanza), Vec::new())
        }
    }

    /// The same where it is known that every condition holds.
    pub(crate) fn nodes<'a>(&self, stanza: &'a Element) -> Selection<'a> {
        let view = View::new(stanza);
        if self.paths.is_empty() && self.children.is_empty() {
            return Selection::stanza(view);
        }
        let mut nodes: Vec<_> = self.paths.iter().flat_map(|path| path.nodes(view)).collect();
        if self.paths.is_empty() {
            nodes = view.children(ROOT).filter(|&id| self.asks_for(view, id)).collect();
        }
        if self.paths.len() > 1 {
            nodes.sort_unstable();
            nodes.dedup();
        }
        Selection::many(view, nodes)
    }

    fn asks_for(&self, view: View<'_>, id: u32) -> bool {
        let child = id.checked_sub(1).and_then(|number| view.tree.element(number));
        child.is_some_and(|child| self.children.iter().any(|(name, ns)| child.is(name, ns)))
    }

    pub(crate) fn holds(&self, stanza: &Stanza<'_>) -> bool {
        let element = stanza.element;
        let sender = |from: &Asked| stanza.sender().is_some_and(|sender| from.matches(sender));
        self.name.as_ref().is_none_or(|name| element.name() == &**name)
            && self.namespace.as_ref().is_none_or(|ns| element.namespace() == &**ns)
            && self.kind.as_ref().is_none_or(|kind| stanza.kind() == Some(kind))
            && self.from.as_ref().is_none_or(sender)
            && self.children.iter().all(|(name, ns)| element.child(name, ns).is_some())
            && self.paths.iter().all(|path| path.matches(element))
    }

    /// What it is found by: what it asks for itself, then what its paths need.
    pub(crate) fn needs(&self) -> (Needs<'_>, Option<&Asked>) {
        let mut needs = Needs {
            name: self.name.as_deref(),
            namespace: self.namespace.as_deref(),
            kind: self.kind.as_deref(),
            child: self.children.first().map(|(name, ns)| (&**name, &**ns)),
            ..Needs::default()
        };
        for path in &self.paths {
            let more = path.needs();
            needs = Needs {
                name: needs.name.or(more.name),
                namespace: needs.namespace.or(more.namespace),
                from: needs.from.or(more.from),
                to: needs.to.or(more.to),
                id: needs.id.or(more.id),
                kind: needs.kind.or(more.kind),
                child: needs.child.or(more.child),
            };
        }
        (needs, self.from.as_ref())
    }
}

impl From<XPath> for Filter {
    /// The path alone.
    fn from(path: XPath) -> Self {
        Self::new().and(path)
    }
}
