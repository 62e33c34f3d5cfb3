use jabber_xml::{Fault, ns};

use super::tags::Tag;
use super::tree::Header;

/// The stream header that the root's start tag is (RFC 6120 §4.7, §4.8).
pub(super) fn header(tag: &Tag) -> Result<Header, Fault> {
    // RFC 6120 §4.8.1, §4.9.3.10: it is the namespace that counts, not the prefix.
    if tag.tree.namespace != ns::STREAM {
        return Err(Fault::StreamNamespace);
    }
    if tag.tree.name != "stream" {
        return Err(Fault::NotAStream);
    }
    let value = |name: &str| {
        tag.written.iter().find(|(written, _)| written == name).map(|(_, value)| value.clone())
    };
    // RFC 6120 §4.8.3: the content namespace is the default, or that has a prefix.
    let mut content = value("xmlns").unwrap_or_default();
    if content.is_empty() || content == ns::STREAM {
        let prefixed = tag.written.iter().filter(|(name, _)| name.starts_with("xmlns:"));
        let mut uris = prefixed.map(|(_, uri)| uri);
        content = uris.find(|uri| ns::is_content(uri)).cloned().unwrap_or_default();
    }
    Ok(Header {
        content,
        to: value("to"),
        from: value("from"),
        id: value("id"),
        version: value("version"),
        lang: value("xml:lang"),
    })
}
