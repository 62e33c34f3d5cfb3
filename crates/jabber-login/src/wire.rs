//! The elements that these steps read and write.

use std::borrow::Cow;

use base64::{DecodeError, Engine as _, engine::general_purpose::STANDARD};
use jabber_sasl::{FailureCondition, LoginRefused, Mechanism};
use jabber_xml::{Element, ElementRef, XmlError, ns};
use zeroize::Zeroizing;

/// RFC 6120 §4.7.5: `major.minor`, compared as numbers; a missing version is 0.9.
pub(crate) fn is_version_1(version: Option<&str>) -> bool {
    let numbers = version.and_then(|version| version.split_once('.'));
    numbers.is_some_and(|(major, minor)| {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        is_number(major) && is_number(minor) && major.bytes().any(|digit| digit != b'0')
    })
}

/// What the peer offers (RFC 6120 §4.3.2).
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

    /// The channel bindings that the peer says it has (XEP-0440 §3); `None` if it says nothing.
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

/// What a SASL `<failure/>` says (RFC 6120 §6.4.5). One without a condition gets the name that stanza
/// errors have for that.
pub(crate) fn refused(failure: &Element) -> LoginRefused {
    let mut conditions = failure.children().filter(|it| it.namespace() == ns::SASL);
    let condition =
        conditions.find(|it| it.name() != "text").map_or("undefined-condition", ElementRef::name);
    let text = failure.child("text", ns::SASL).map(|text| text.text().trim().to_owned());
    let refused = LoginRefused::new(FailureCondition::from(condition));
    match text.filter(|text| !text.is_empty()) {
        Some(text) => refused.with_text(text),
        None => refused,
    }
}
