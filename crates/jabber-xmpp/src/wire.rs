//! The elements that this dialect reads and writes.

use std::borrow::Cow;

use base64::{DecodeError, Engine as _, engine::general_purpose::STANDARD};
use jabber_dialect::StanzaError;
use jabber_jid::Jid;
use jabber_sasl::{FailureCondition, Mechanism};
use jabber_xml::{Element, ElementRef, StreamHeader, XmlError, ns};
use zeroize::Zeroizing;

/// The header that opens a stream (RFC 6120 §4.7). `from` is for encrypted pipes alone: before TLS
/// anybody on the way would learn who connects (§4.7.1).
pub(crate) fn header(to: &Jid, from: Option<&Jid>, lang: Option<&str>) -> StreamHeader {
    let mut header = StreamHeader::new(ns::CLIENT).with_to(to.domain()).with_version("1.0");
    if let Some(from) = from {
        header = header.with_from(from.to_bare().as_str());
    }
    match lang {
        Some(lang) => header.with_lang(lang),
        None => header,
    }
}

/// RFC 6120 §4.7.5: `major.minor`, compared as numbers; a missing version is 0.9.
pub(crate) fn is_version_1(version: Option<&str>) -> bool {
    let numbers = version.and_then(|version| version.split_once('.'));
    numbers.is_some_and(|(major, minor)| {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        is_number(major) && is_number(minor) && major.bytes().any(|digit| digit != b'0')
    })
}

/// What the server offers (RFC 6120 §4.3.2).
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

    /// The channel bindings that the server says it has (XEP-0440 §3); `None` if it says nothing.
    pub(crate) fn channel_bindings(self) -> Option<Vec<Cow<'a, str>>> {
        let list = self.0.child("sasl-channel-binding", ns::CHANNEL_BINDING)?;
        let bindings = list.children().filter(|it| it.is("channel-binding", ns::CHANNEL_BINDING));
        Some(bindings.filter_map(|binding| binding.attribute("type")).collect())
    }

    pub(crate) fn has_bind(self) -> bool {
        self.0.child("bind", ns::BIND).is_some()
    }

    /// RFC 3921 §3; that it may be skipped is said as draft-cridland-xmpp-session does.
    pub(crate) fn session(self) -> SessionOffer {
        match self.0.child("session", ns::SESSION) {
            None => SessionOffer::None,
            Some(session) if session.child("optional", ns::SESSION).is_some() => {
                SessionOffer::Optional
            }
            Some(_) => SessionOffer::Mandatory,
        }
    }
}

/// Whether the server offers a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionOffer {
    None,
    Optional,
    Mandatory,
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

/// Condition and text of a SASL `<failure/>` (RFC 6120 §6.4.5). One without a condition gets the name
/// that stanza errors have for that.
pub(crate) fn sasl_failure(failure: &Element) -> (FailureCondition, Option<String>) {
    let mut conditions = failure.children().filter(|it| it.namespace() == ns::SASL);
    let condition =
        conditions.find(|it| it.name() != "text").map_or("undefined-condition", ElementRef::name);
    let text = failure.child("text", ns::SASL).map(|text| text.text().trim().to_owned());
    (FailureCondition::from(condition), text.filter(|text| !text.is_empty()))
}

/// RFC 6120 §7.6.1, §7.7.1.
pub(crate) fn bind(id: &str, resource: Option<&str>) -> Result<Element, XmlError> {
    request(id)
        .child("bind", ns::BIND, |bind| match resource {
            Some(resource) => bind.child("resource", ns::BIND, |it| it.text(resource)),
            None => bind.into(),
        })
        .build()
}

/// RFC 3921 §3.
pub(crate) fn session(id: &str) -> Result<Element, XmlError> {
    request(id).child("session", ns::SESSION, |session| session).build()
}

fn request(id: &str) -> jabber_xml::Builder {
    Element::builder("iq", ns::CLIENT).attribute("type", "set").attribute("id", id)
}

/// The JID in the answer to a bind; `None` if it is no full one.
pub(crate) fn bound_jid(answer: &Element) -> Option<Jid> {
    let jid = answer.child("bind", ns::BIND)?.child("jid", ns::BIND)?.text();
    jid.trim().parse::<Jid>().ok().filter(|jid| !jid.is_bare())
}

/// True for message, presence and iq.
pub(crate) fn is_stanza(element: &Element) -> bool {
    element.namespace() == ns::CLIENT && matches!(element.name(), "iq" | "message" | "presence")
}

/// What a request of ours came to.
pub(crate) enum Answer {
    Result,
    Error(StanzaError),
}

/// Reads the answer to the iq with that id. `None` if the element is something else: another id,
/// another type (RFC 6120 §8.2.3), or from somebody who was not asked (§8.1.2.1), that is neither
/// the server nor one of our own JIDs.
pub(crate) fn answer<'a>(
    element: &Element,
    id: &str,
    own: impl IntoIterator<Item = &'a Jid>,
) -> Option<Answer> {
    if !element.is("iq", ns::CLIENT) || element.attribute("id").as_deref() != Some(id) {
        return None;
    }
    if let Some(from) = element.attribute("from") {
        let from: Jid = from.parse().ok()?;
        let is_own = |own: &Jid| from == *own || from == own.to_bare() || from == own.to_domain();
        if !own.into_iter().any(is_own) {
            return None;
        }
    }
    match element.attribute("type").as_deref() {
        Some("result") => Some(Answer::Result),
        Some("error") => {
            let error = StanzaError::of(element.root());
            Some(Answer::Error(error.unwrap_or_else(StanzaError::undefined)))
        }
        _ => None,
    }
}
