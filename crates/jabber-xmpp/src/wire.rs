//! The elements that this dialect reads and writes.

use jabber_dialect::StanzaError;
use jabber_jid::Jid;
use jabber_xml::{Element, ElementRef, StreamHeader, XmlError, ns};

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

/// What the server offers after the login (RFC 6120 §4.3.2).
#[derive(Clone, Copy)]
pub(crate) struct Features<'a>(ElementRef<'a>);

impl<'a> Features<'a> {
    /// `None` if the element is something else.
    pub(crate) fn of(element: &'a Element) -> Option<Self> {
        element.is("features", ns::STREAM).then(|| Self(element.root()))
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

/// The JID in the answer to a bind; `None` if it is no full one. RFC 6120 §7.6.1: there is one.
/// Of several nobody could say who we are.
pub(crate) fn bound_jid(answer: &Element) -> Option<Jid> {
    let bind = only(answer.root(), "bind")?;
    let jid = only(bind, "jid")?.text();
    jid.trim().parse::<Jid>().ok().filter(|jid| !jid.is_bare())
}

/// The one child of that name in the namespace of binding; `None` if there are several.
fn only<'a>(parent: ElementRef<'a>, name: &str) -> Option<ElementRef<'a>> {
    let mut found = parent.children().filter(|child| child.is(name, ns::BIND));
    let first = found.next()?;
    found.next().is_none().then_some(first)
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
