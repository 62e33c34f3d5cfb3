//! Which elements carry what somebody logs in with, wherever they stand.

use jabber_xml::{Element, ElementRef, ns};

/// Extensible SASL Profile (XEP-0388 §3).
const SASL2: &str = "urn:xmpp:sasl:2";
/// Fast Authentication Streamlining Tokens (XEP-0484).
const FAST: &str = "urn:xmpp:fast:0";
/// Data forms (XEP-0004).
const DATA: &str = "jabber:x:data";

/// Where an element holds its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In character data of it or of a descendant.
    Texts,
    /// In an attribute of a descendant, too.
    Attributes,
}

/// Whether the element is one side's step of an authentication: its content is nothing else.
///
/// `<failure/>`, `<mechanisms/>` and `<authentication/>` are what one wants to read, and hold no
/// secret.
pub(crate) fn is_exchange(element: ElementRef<'_>) -> bool {
    match element.namespace() {
        ns::SASL => matches!(element.name(), "auth" | "challenge" | "response" | "success"),
        // `<next/>` and `<continue/>` hold tasks' data and the server's last word (XEP-0388 §3.5).
        SASL2 => matches!(
            element.name(),
            "authenticate" | "challenge" | "response" | "success" | "continue" | "next"
        ),
        ns::CLIENT | ns::COMPONENT_ACCEPT => element.name() == "handshake",
        _ => false,
    }
}

/// Looks through all of what is in the element.
///
/// What is in a message or a presence is walked only where a name that matters stands in its text,
/// since they are most of the traffic: a name, unlike a namespace, has but one spelling (XML 1.0
/// §2.3).
pub(crate) fn within(element: &Element) -> Option<Place> {
    let text = element.as_str();
    let stanza = matches!(element.name(), "message" | "presence");
    if stanza && !NAMES.iter().any(|name| text.contains(name)) {
        return None;
    }
    let mut place = None;
    let mut waiting: Vec<_> = element.children().collect();
    while let Some(next) = waiting.pop() {
        place = place.max(of(next));
        waiting.extend(next.children());
    }
    place
}

/// Parts of the names of all that [`of`] knows in a message or a presence.
const NAMES: [&str; 9] = [
    "password",
    "token",
    "auth",
    "response",
    "challenge",
    "success",
    "handshake",
    "query",
    "field",
];

fn of(element: ElementRef<'_>) -> Option<Place> {
    match (element.name(), element.namespace()) {
        ("token", FAST) => Some(Place::Attributes),
        // What is read of a form is as private as what is filled in (XEP-0004 §3.3).
        ("field", DATA) => {
            let private = element.attribute("type").as_deref() == Some("text-private");
            let named = element.attribute("var").as_deref() == Some("password");
            (private || named).then_some(Place::Texts)
        }
        // XEP-0077 and XEP-0078; rooms and bookmarks have passwords as well (XEP-0045, XEP-0402).
        (_, ns::IQ_AUTH | ns::IQ_REGISTER) | ("password", _) => Some(Place::Texts),
        _ => is_exchange(element).then_some(Place::Texts),
    }
}
