//! The elements that this dialect reads and writes.

use std::borrow::Cow;

use base64::{DecodeError, Engine as _, engine::general_purpose::STANDARD};
use jabber_jid::Jid;
use jabber_sasl::{FailureCondition, Mechanism};
use jabber_xml::{Content, Element, ElementRef, StreamHeader, XmlError, ns};
use zeroize::Zeroizing;

use crate::config::BindOptions;

/// The header that opens a stream. Without the version there are no features; `to` is not checked.
pub(crate) fn header(domain: &str) -> StreamHeader {
    StreamHeader::new(ns::JABBERD20_COMPONENT).with_to(domain).with_version("1.0")
}

/// RFC 6120 §4.7.5: `major.minor`, compared as numbers; a missing version is 0.9.
pub(crate) fn is_version_1(version: Option<&str>) -> bool {
    let numbers = version.and_then(|version| version.split_once('.'));
    numbers.is_some_and(|(major, minor)| {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        is_number(major) && is_number(minor) && major.bytes().any(|digit| digit != b'0')
    })
}

/// What the router offers (RFC 6120 §4.3.2).
#[derive(Clone, Copy)]
pub(crate) struct Features<'a>(ElementRef<'a>);

impl<'a> Features<'a> {
    /// `None` if the element is something else.
    pub(crate) fn of(element: &'a Element) -> Option<Self> {
        element.is("features", ns::STREAM).then(|| Self(element.root()))
    }

    pub(crate) fn has_starttls(self) -> bool {
        self.0.child("starttls", ns::TLS).is_some()
    }

    /// The names of the mechanisms, as they stand; none if there is no list.
    pub(crate) fn mechanisms(self) -> Vec<Cow<'a, str>> {
        let list = self.0.child("mechanisms", ns::SASL);
        let names = list.into_iter().flat_map(ElementRef::children);
        names.filter(|name| name.is("mechanism", ns::SASL)).map(ElementRef::text).collect()
    }

    /// The channel bindings that the router says it has (XEP-0440 §3); `None` if it says nothing.
    pub(crate) fn channel_bindings(self) -> Option<Vec<Cow<'a, str>>> {
        let list = self.0.child("sasl-channel-binding", ns::CHANNEL_BINDING)?;
        let bindings = list.children().filter(|it| it.is("channel-binding", ns::CHANNEL_BINDING));
        Some(bindings.filter_map(|binding| binding.attribute("type")).collect())
    }
}

pub(crate) fn starttls() -> Result<Element, XmlError> {
    Element::builder("starttls", ns::TLS).build()
}

/// RFC 6120 §6.4.2: an empty initial response is written `=`, none at all as no text.
pub(crate) fn auth(mechanism: Mechanism, initial: Option<&[u8]>) -> Result<Element, XmlError> {
    let auth = Element::builder("auth", ns::SASL).attribute("mechanism", mechanism.name());
    match initial {
        None => auth.build(),
        Some([]) => auth.text("=").build(),
        Some(data) => auth.text(&encode(data)).build(),
    }
}

/// RFC 6120 §6.4.3. Empty data is an empty element here; some servers refuse `=`.
pub(crate) fn response(data: &[u8]) -> Result<Element, XmlError> {
    let response = Element::builder("response", ns::SASL);
    if data.is_empty() { response.build() } else { response.text(&encode(data)).build() }
}

/// It may be a password.
fn encode(data: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(data))
}

/// The data of a `<challenge/>` or `<success/>`: `None` if there is none, empty for `=`
/// (RFC 6120 §6.4.6).
pub(crate) fn sasl_data(element: &Element) -> Result<Option<Vec<u8>>, DecodeError> {
    match &*element.text() {
        "" => Ok(None),
        "=" => Ok(Some(Vec::new())),
        // RFC 6120 §13.9.1: nothing that is outside of the alphabet is skipped.
        text => STANDARD.decode(text).map(Some),
    }
}

/// Condition and text of a SASL `<failure/>` (RFC 6120 §6.4.5).
pub(crate) fn sasl_failure(failure: &Element) -> (FailureCondition, Option<String>) {
    let mut conditions = failure.children().filter(|it| it.namespace() == ns::SASL);
    let condition = conditions.find(|it| it.name() != "text").map_or("", ElementRef::name);
    let text = failure.child("text", ns::SASL).map(|text| text.text().trim().to_owned());
    (FailureCondition::from(condition), text.filter(|text| !text.is_empty()))
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
