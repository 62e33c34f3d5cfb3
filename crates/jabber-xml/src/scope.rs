use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use crate::entry::{CONTENT, NONE, NsId, SCOPE, XML, XMLNS};
use crate::ns;

/// What a stream header declares for everything in its stream: the default namespace, the content
/// namespace and prefixes (RFC 6120 §4.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    content: Box<str>,
    default: NsId,
    uris: Vec<Box<str>>,
    prefixes: Vec<(Box<str>, NsId)>,
}

impl Scope {
    /// The scope of a stream whose header declares `default` and the prefix `stream`, as nearly
    /// every stream does.
    ///
    /// Where `default` is no namespace that stanzas can be in (as on a jabberd 2 router's stream),
    /// the content namespace is `jabber:client` and stanzas declare it.
    #[must_use]
    pub fn content(default: &str) -> Self {
        Self::declare(default, [("stream", ns::STREAM)])
    }

    /// The same, which all streams have in common where `default` is that of clients or components
    /// (XEP-0114): it takes no memory of their own.
    #[must_use]
    pub fn shared(default: &str) -> Arc<Self> {
        let usual = [(ns::CLIENT, &CLIENT), (ns::COMPONENT_ACCEPT, &COMPONENT)];
        match usual.into_iter().find(|(content, _)| *content == default) {
            Some((_, scope)) => Arc::clone(scope),
            None => Arc::new(Self::content(default)),
        }
    }

    pub(crate) fn declare<'a>(
        default: &str,
        prefixes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut scope =
            Self { content: Box::from(""), default: NONE, uris: Vec::new(), prefixes: Vec::new() };
        let prefixes: Vec<_> = prefixes.into_iter().collect();
        // RFC 6120 §4.8.3: the content namespace is the default one, or it has a prefix.
        let content = std::iter::once(default)
            .chain(prefixes.iter().map(|(_, uri)| *uri))
            .find(|uri| ns::is_content(uri));
        scope.content = Box::from(content.unwrap_or(ns::CLIENT));
        scope.default = scope.intern(default);
        for (prefix, uri) in prefixes {
            let id = scope.intern(uri);
            scope.prefixes.push((Box::from(prefix), id));
        }
        scope
    }

    /// The content namespace: the one that stanzas of the stream are in.
    #[must_use]
    pub fn content_namespace(&self) -> &str {
        &self.content
    }

    /// The default namespace; empty if there is none.
    #[must_use]
    pub fn default_namespace(&self) -> &str {
        match self.default {
            CONTENT => &self.content,
            id => self.uri(id).unwrap_or_default(),
        }
    }

    /// The namespace that a prefix is declared for, `xml` included.
    #[must_use]
    pub fn prefix(&self, prefix: &str) -> Option<&str> {
        match self.lookup(prefix.as_bytes())? {
            CONTENT => Some(&self.content),
            id => self.uri(id),
        }
    }

    /// Outside of every stream: nothing is declared.
    pub(crate) fn outside() -> &'static Self {
        static OUTSIDE: LazyLock<Scope> = LazyLock::new(|| Scope::declare("", []));
        &OUTSIDE
    }

    pub(crate) fn default_id(&self) -> NsId {
        self.default
    }

    /// The first id that is not the scope's.
    pub(crate) fn end(&self) -> NsId {
        SCOPE + self.uris.len() as NsId
    }

    /// The namespace with this id as the API reads it.
    pub(crate) fn uri(&self, id: NsId) -> Option<&str> {
        match id {
            NONE => Some(""),
            CONTENT => Some(ns::CLIENT),
            XML => Some(ns::XML),
            XMLNS => Some(ns::XMLNS),
            id => self.uris.get(usize::from(id - SCOPE)).map(|uri| &**uri),
        }
    }

    /// Whether stanzas here can be in `uri`: the stream's content namespace, `jabber:client` (jabberd 2
    /// declares it on the stanzas of its components) or another that is one with it.
    pub(crate) fn id(&self, uri: &[u8]) -> Option<NsId> {
        const FIXED: [(&str, NsId); 3] = [("", NONE), (ns::XML, XML), (ns::XMLNS, XMLNS)];
        let is = |known: &str| known.as_bytes() == uri;
        if let Some((_, id)) = FIXED.iter().find(|(known, _)| is(known)) {
            return Some(*id);
        }
        if is(&self.content) || ns::CONTENT.into_iter().any(is) {
            return Some(CONTENT);
        }
        self.uris.iter().position(|known| is(known)).map(|n| SCOPE + n as NsId)
    }

    pub(crate) fn lookup(&self, prefix: &[u8]) -> Option<NsId> {
        if prefix == b"xml" {
            return Some(XML);
        }
        self.prefixes.iter().rev().find(|(known, _)| known.as_bytes() == prefix).map(|(_, id)| *id)
    }

    fn intern(&mut self, uri: &str) -> NsId {
        self.id(uri.as_bytes()).unwrap_or_else(|| {
            self.uris.push(Box::from(uri));
            self.end() - 1
        })
    }
}

impl Default for Scope {
    /// A client's stream.
    fn default() -> Self {
        Self::content(ns::CLIENT)
    }
}

/// A scope as elements hold it. Nothing is counted for the usual ones, which are never freed.
#[derive(Clone, Debug)]
pub(crate) enum ScopeHandle {
    Usual(&'static Scope),
    Other(Arc<Scope>),
}

impl ScopeHandle {
    /// Of XML that is in no stream yet: content namespace by default, no prefix.
    pub(crate) fn bare() -> Self {
        static BARE: LazyLock<Scope> = LazyLock::new(|| Scope::declare(ns::CLIENT, []));
        Self::Usual(&BARE)
    }

    /// Of a client's stream, and of elements that were built with the prefix `stream`.
    pub(crate) fn client() -> Self {
        Self::Usual(&CLIENT)
    }

    pub(crate) fn of(scope: &Arc<Scope>) -> Self {
        let usual: [&'static Arc<Scope>; 2] = [&CLIENT, &COMPONENT];
        match usual.into_iter().find(|usual| Arc::ptr_eq(usual, scope)) {
            Some(usual) => Self::Usual(usual),
            None => Self::Other(Arc::clone(scope)),
        }
    }
}

static CLIENT: LazyLock<Arc<Scope>> = LazyLock::new(|| Arc::new(Scope::default()));
static COMPONENT: LazyLock<Arc<Scope>> =
    LazyLock::new(|| Arc::new(Scope::content(ns::COMPONENT_ACCEPT)));

impl Deref for ScopeHandle {
    type Target = Scope;

    #[inline]
    fn deref(&self) -> &Scope {
        match self {
            Self::Usual(scope) => scope,
            Self::Other(scope) => scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StreamHeader;

    #[test]
    fn the_usual_scopes_are_one_for_all_streams() {
        for (content, is_usual) in [(ns::CLIENT, true), (ns::COMPONENT_ACCEPT, true), ("u", false)]
        {
            let scope = StreamHeader::new(content).scope();
            assert_eq!(*scope, Scope::content(content));
            assert_eq!(Arc::ptr_eq(&scope, &StreamHeader::new(content).scope()), is_usual);
            assert_eq!(matches!(ScopeHandle::of(&scope), ScopeHandle::Usual(_)), is_usual);
        }
    }
}
