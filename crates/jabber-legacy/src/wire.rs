//! The elements that this dialect reads and writes.

use jabber_dialect::StanzaError;
use jabber_jid::Jid;
use jabber_security::{Secret, hex};
use jabber_xml::{Builder, Element, StreamHeader, XmlError, ns};
use sha1::{Digest as _, Sha1};

use crate::Method;

/// The header that opens the stream.
pub(crate) fn header(domain: &str, version: Option<&str>) -> StreamHeader {
    let header = StreamHeader::new(ns::CLIENT).with_to(domain);
    match version {
        Some(version) => header.with_version(version),
        None => header,
    }
}

/// Asks what a login consists of (XEP-0078 §3).
pub(crate) fn form_request(id: &str, domain: &str, username: &str) -> Result<Element, XmlError> {
    iq("get", id)
        .attribute("to", domain)
        .child("query", ns::IQ_AUTH, |query| {
            query.child("username", ns::IQ_AUTH, |it| it.text(username))
        })
        .build()
}

/// What the server's form lists (XEP-0078 §3).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) digest: bool,
    pub(crate) password: bool,
}

impl Form {
    /// `None` if there is none in the element.
    pub(crate) fn of(element: &Element) -> Option<Self> {
        let query = element.child("query", ns::IQ_AUTH)?;
        let lists = |name| query.child(name, ns::IQ_AUTH).is_some();
        Some(Self { digest: lists("digest"), password: lists("password") })
    }
}

/// What is sent to prove that we know the password.
pub(crate) enum Proof<'a> {
    Digest { stream_id: &'a str, secret: &'a Secret },
    Plaintext(&'a Secret),
}

impl Proof<'_> {
    pub(crate) const fn method(&self) -> Method {
        match self {
            Self::Digest { .. } => Method::Digest,
            Self::Plaintext(_) => Method::Plaintext,
        }
    }
}

/// The login (XEP-0078 §3).
pub(crate) fn login(
    id: &str,
    username: &str,
    proof: &Proof<'_>,
    resource: &str,
) -> Result<Element, XmlError> {
    iq("set", id)
        .child("query", ns::IQ_AUTH, |query| {
            let query = query.child("username", ns::IQ_AUTH, |it| it.text(username));
            let query = match proof {
                Proof::Digest { stream_id, secret } => {
                    query.child("digest", ns::IQ_AUTH, |it| it.text(&digest(stream_id, secret)))
                }
                Proof::Plaintext(secret) => {
                    query.child("password", ns::IQ_AUTH, |it| it.text(secret.expose()))
                }
            };
            query.child("resource", ns::IQ_AUTH, |it| it.text(resource))
        })
        .build()
}

/// SHA-1 over the stream's id and the password, each as the text that it is and not as XML writes
/// it, in lower-case hexadecimal (XEP-0078 §3.2).
fn digest(stream_id: &str, secret: &Secret) -> String {
    hex(Sha1::new().chain_update(stream_id).chain_update(secret.expose()).finalize())
}

fn iq(kind: &str, id: &str) -> Builder {
    Element::builder("iq", ns::CLIENT).attribute("type", kind).attribute("id", id)
}

/// What a request of ours came to.
pub(crate) enum Answer {
    Result,
    Error(StanzaError),
}

/// Reads the answer to the iq with that id. `None` if the element is something else: another id,
/// another type (RFC 6120 §8.2.3), or from somebody who was not asked, that is neither the server
/// nor one of our own JIDs.
pub(crate) fn answer(element: &Element, id: &str, own: &Jid) -> Option<Answer> {
    if !element.is("iq", ns::CLIENT) || element.attribute("id").as_deref() != Some(id) {
        return None;
    }
    if let Some(from) = element.attribute("from") {
        let from: Jid = from.parse().ok()?;
        if from != *own && from != own.to_bare() && from != own.to_domain() {
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

/// Whether a result holds what only a form has, whatever its namespace: it is no success then.
pub(crate) fn has_form(element: &Element) -> bool {
    element.children().any(|child| child.namespace() == ns::IQ_AUTH || child.name() == "query")
}

/// The full JID that the server addresses its answer to, where it does so.
pub(crate) fn addressee(element: &Element) -> Option<Jid> {
    element.attribute("to")?.parse::<Jid>().ok().filter(|jid| !jid.is_bare())
}
