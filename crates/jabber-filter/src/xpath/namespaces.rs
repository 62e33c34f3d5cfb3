use std::collections::BTreeMap;

use jabber_xml::ns;

/// The prefixes that an expression may use, and the namespaces that they stand for.
///
/// `xml` is always there. The content namespaces are one, as everywhere in this workspace: a prefix
/// for `jabber:component:accept` stands for that of `jabber:client`, too.
///
/// # Examples
///
/// ```
/// use jabber_filter::{Namespaces, XPath};
/// use jabber_xml::Element;
///
/// let prefixes = Namespaces::new().with("ps", "http://jabber.org/protocol/pubsub#event")?;
/// let items = XPath::new("/message/ps:event/ps:items[@node='urn:x']", &prefixes)?;
/// let message: Element = "<message><event xmlns='http://jabber.org/protocol/pubsub#event'>\
///     <items node='urn:x'/></event></message>".parse()?;
/// assert!(items.matches(&message));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespaces(BTreeMap<Box<str>, Box<str>>);

/// A prefix was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrefixError {
    /// It is no name without colon (Namespaces in XML 1.0 §4).
    #[error("the prefix '{0}' is not a name")]
    Name(Box<str>),
    /// `xml` and `xmlns` mean what they mean, and no other prefix means the same (Namespaces in XML
    /// 1.0 §3).
    #[error("the prefixes 'xml' and 'xmlns', and what they stand for, are reserved")]
    Reserved,
    /// A prefix needs a namespace; a name without prefix is in the content namespace.
    #[error("the prefix '{0}' has no namespace")]
    Empty(Box<str>),
    /// The prefix stands for another namespace already.
    #[error("the prefix '{0}' stands for two namespaces")]
    Twice(Box<str>),
}

impl Namespaces {
    /// No prefix but `xml`.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The same with one prefix more.
    ///
    /// # Errors
    ///
    /// When Namespaces in XML 1.0 does not allow it, or the prefix has another namespace already.
    pub fn with(mut self, prefix: &str, uri: &str) -> Result<Self, PrefixError> {
        if !jabber_xml::is_ncname(prefix) {
            return Err(PrefixError::Name(prefix.into()));
        }
        let is_xml = (prefix == "xml", uri == ns::XML);
        if prefix == "xmlns" || uri == ns::XMLNS || is_xml.0 != is_xml.1 {
            return Err(PrefixError::Reserved);
        }
        if uri.is_empty() {
            return Err(PrefixError::Empty(prefix.into()));
        }
        match self.0.insert(prefix.into(), uri.into()) {
            Some(known) if *known != *uri => Err(PrefixError::Twice(prefix.into())),
            _ => Ok(self),
        }
    }

    /// What a prefix stands for, as elements read it.
    pub(crate) fn find(&self, prefix: &str) -> Option<&str> {
        match self.0.get(prefix) {
            Some(uri) => Some(as_read(uri)),
            None => (prefix == "xml").then_some(ns::XML),
        }
    }
}

/// A namespace name as elements read it: the content namespaces are one.
pub(crate) fn as_read(uri: &str) -> &str {
    if ns::is_content(uri) { ns::CLIENT } else { uri }
}
