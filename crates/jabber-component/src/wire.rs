//! The elements that this dialect reads and writes.

use jabber_jid::Jid;
use jabber_security::{Secret, hex};
use jabber_xml::{Element, StreamHeader, XmlError, ns};
use sha1::{Digest as _, Sha1};

/// The header that opens the stream: `to` is the domain that is served (XEP-0114 §3).
pub(crate) fn header(domain: &Jid, version: Option<&str>) -> StreamHeader {
    let header = StreamHeader::new(ns::COMPONENT_ACCEPT).with_to(domain.domain());
    match version {
        Some(version) => header.with_version(version),
        None => header,
    }
}

/// The proof that we know the secret: SHA-1 over the stream's id and the secret, each as the text
/// that it is and not as XML writes it, in lower-case hexadecimal (XEP-0114 §3).
pub(crate) fn handshake(stream_id: &str, secret: &Secret) -> Result<Element, XmlError> {
    let digest = Sha1::new().chain_update(stream_id).chain_update(secret.expose()).finalize();
    Element::builder("handshake", ns::COMPONENT_ACCEPT).text(&hex(digest)).build()
}

/// The server's acceptance. Its content namespace reads as `jabber:client`.
pub(crate) fn is_handshake(element: &Element) -> bool {
    element.is("handshake", ns::CLIENT)
}

/// A stanza that the server brings back because nobody takes it: an error that is to somebody else
/// than us. jabberd2 leaves it addressed as we sent it; where it is from us it is turned round, so
/// that it reads as an error of whom it was to (RFC 6120 §8.3.1).
pub(crate) fn bounced(stanza: &Element, domain: &Jid) -> Option<Element> {
    if stanza.attribute("type").as_deref() != Some("error") {
        return None;
    }
    let (from, to) = (stanza.attribute("from")?, stanza.attribute("to")?);
    let is_ours = |jid: &str| jid.parse::<Jid>().is_ok_and(|jid| jid.to_domain() == *domain);
    if is_ours(&to) {
        return None;
    }
    if !is_ours(&from) {
        return Some(stanza.clone());
    }
    stanza.with_attribute("from", &to).and_then(|it| it.with_attribute("to", &from)).ok()
}
