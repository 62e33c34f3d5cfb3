//! Namespace names of the protocols that the workspace speaks.

/// Stanzas between client and server (RFC 6120 §4.8.2); the content namespace of this API.
pub const CLIENT: &str = "jabber:client";
/// Stanzas between servers (RFC 6120 §4.8.2).
pub const SERVER: &str = "jabber:server";
/// Stanzas of an external component (XEP-0114).
pub const COMPONENT_ACCEPT: &str = "jabber:component:accept";
/// Stanzas of a component that the server connects to (XEP-0114, historic).
pub const COMPONENT_CONNECT: &str = "jabber:component:connect";
/// The component protocol of jabberd 2's router. Not a content namespace: the router wraps stanzas
/// of `jabber:client` in its own `<route/>`.
pub const JABBERD20_COMPONENT: &str = "http://jabberd.jabberstudio.org/ns/component/1.0";
/// The stream element, its features and its errors (RFC 6120 §4.8.1).
pub const STREAM: &str = "http://etherx.jabber.org/streams";
/// Conditions of a stream error (RFC 6120 §4.9.2).
pub const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
/// Conditions of a stanza error (RFC 6120 §8.3.2).
pub const STANZA_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
/// STARTTLS (RFC 6120 §5).
pub const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
/// SASL (RFC 6120 §6).
pub const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// Resource binding (RFC 6120 §7).
pub const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
/// Session establishment (RFC 3921 §3).
pub const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
/// The stream feature of stream compression (XEP-0138).
pub const COMPRESS: &str = "http://jabber.org/features/compress";
/// Authentication before SASL (XEP-0078).
pub const IQ_AUTH: &str = "jabber:iq:auth";
/// In-band registration (XEP-0077).
pub const IQ_REGISTER: &str = "jabber:iq:register";
/// Software version (XEP-0092).
pub const VERSION: &str = "jabber:iq:version";
/// Ping (XEP-0199).
pub const PING: &str = "urn:xmpp:ping";
/// Service discovery, information (XEP-0030).
pub const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
/// Service discovery, items (XEP-0030).
pub const DISCO_ITEMS: &str = "http://jabber.org/protocol/disco#items";
/// Delayed delivery (XEP-0203).
pub const DELAY: &str = "urn:xmpp:delay";
/// Stream management (XEP-0198).
pub const SM: &str = "urn:xmpp:sm:3";
/// Which channel bindings a server has (XEP-0440).
pub const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";
/// The prefix `xml` (Namespaces in XML 1.0 §3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The prefix `xmlns` (Namespaces in XML 1.0 §3).
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// Whether stanzas may be in this namespace: the namespaces that are one in this API.
///
/// RFC 6120 §4.8.2, XEP-0114 §3.
#[must_use]
pub fn is_content(uri: &str) -> bool {
    CONTENT.contains(&uri)
}

/// The content namespaces.
pub(crate) const CONTENT: [&str; 4] = [CLIENT, COMPONENT_ACCEPT, SERVER, COMPONENT_CONNECT];
