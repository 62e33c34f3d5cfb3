//! Stanzas, and the answers to them that the server makes itself.

use jabber_jid::Jid;
use jabber_xml::{Builder, Element, XmlError, ns};

/// The three sorts of stanzas (RFC 6120 §8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Message,
    Presence,
    Iq,
}

impl Kind {
    pub(crate) fn of(element: &Element) -> Option<Self> {
        if element.namespace() != ns::CLIENT {
            return None;
        }
        match element.name() {
            "message" => Some(Self::Message),
            "presence" => Some(Self::Presence),
            "iq" => Some(Self::Iq),
            _ => None,
        }
    }
}

/// A stanza whose `from` is known to be right.
#[derive(Clone, Debug)]
pub(crate) struct Stanza {
    pub(crate) kind: Kind,
    pub(crate) from: Jid,
    pub(crate) element: Element,
}

impl Stanza {
    /// Whether `type` is that.
    pub(crate) fn is_type(&self, name: &str) -> bool {
        self.element.attribute("type").is_some_and(|value| value == name)
    }

    /// Whether a failure is told to the sender: never in answer to an answer (RFC 6120 §8.3.1).
    pub(crate) fn wants_errors(&self) -> bool {
        match self.kind {
            Kind::Message => !self.is_type("error"),
            Kind::Presence => false,
            Kind::Iq => !self.is_type("error") && !self.is_type("result"),
        }
    }

    /// The stanza that says why it was refused.
    pub(crate) fn refusal(&self, refused: Refused) -> Result<Element, XmlError> {
        self.reply("error")
            .child("error", ns::CLIENT, |error| {
                error.attribute("type", refused.kind()).child(
                    refused.name(),
                    ns::STANZA_ERRORS,
                    |condition| condition,
                )
            })
            .build()
    }

    /// The result of a query, empty if it has no payload.
    pub(crate) fn result(&self, payload: Option<&Element>) -> Result<Element, XmlError> {
        match payload {
            Some(payload) => self.reply("result").element(payload).build(),
            None => self.reply("result").build(),
        }
    }

    fn reply(&self, kind: &str) -> Builder {
        let element = &self.element;
        // RFC 6120 §8.1.2.1: without `from` it comes from the client's own account, which is whom
        // a stanza without `to` was for.
        Element::builder(element.name(), ns::CLIENT)
            .attribute("type", kind)
            .attribute_opt("id", element.attribute("id"))
            .attribute_opt("from", element.attribute("to"))
            .attribute("to", self.from.as_str())
    }
}

/// Why a stanza is refused (RFC 6120 §8.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    BadRequest,
    ItemNotFound,
    JidMalformed,
    RemoteServerNotFound,
    ServiceUnavailable,
}

impl Refused {
    const fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::ItemNotFound => "item-not-found",
            Self::JidMalformed => "jid-malformed",
            Self::RemoteServerNotFound => "remote-server-not-found",
            Self::ServiceUnavailable => "service-unavailable",
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::BadRequest | Self::JidMalformed => "modify",
            Self::ItemNotFound | Self::RemoteServerNotFound | Self::ServiceUnavailable => "cancel",
        }
    }
}
