//! The elements that this dialect reads and writes.

use jabber_jid::Jid;
use jabber_xml::{Content, Element, StreamHeader, XmlError, ns};

use crate::config::BindOptions;

/// The header that opens a stream. Without the version there are no features; `to` is not checked.
pub(crate) fn header(domain: &str) -> StreamHeader {
    StreamHeader::new(ns::JABBERD20_COMPONENT).with_to(domain).with_version("1.0")
}

/// True for stream features (RFC 6120 §4.3.2).
pub(crate) fn is_features(element: &Element) -> bool {
    element.is("features", ns::STREAM)
}

/// Asks for a name on the bus. Where several connections share a name, all of them say `multi`;
/// its value means nothing.
pub(crate) fn bind(id: &str, name: &Jid, options: BindOptions) -> Result<Element, XmlError> {
    let bind = Element::builder("bind", ns::JABBERD20_COMPONENT)
        .attribute("name", name.domain())
        .attribute("id", id)
        .attribute_opt("multi", options.multi.then_some("to"));
    let flags = [("log", options.log), ("default", options.default)];
    flags
        .into_iter()
        .filter(|(_, wanted)| *wanted)
        .fold(Content::from(bind), |bind, (flag, _)| {
            bind.child(flag, ns::JABBERD20_COMPONENT, |flag| flag)
        })
        .build()
}

/// True for the router's own element of that name.
pub(crate) fn is_router(element: &Element, name: &str) -> bool {
    element.is(name, ns::JABBERD20_COMPONENT)
}

/// True for what is the user's, whenever it comes: stanzas, routes, and names that come and go.
pub(crate) fn is_for_user(element: &Element) -> bool {
    match element.namespace() {
        ns::CLIENT => matches!(element.name(), "iq" | "message" | "presence"),
        ns::JABBERD20_COMPONENT => matches!(element.name(), "route" | "presence"),
        _ => false,
    }
}
