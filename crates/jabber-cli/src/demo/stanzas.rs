//! What the actors write.

use jabber::{Element, XmlError, ns};

pub(super) fn chat(to: &str, text: &str) -> Result<Element, XmlError> {
    Element::builder("message", ns::CLIENT)
        .attribute("to", to)
        .attribute("type", "chat")
        .child("body", ns::CLIENT, |body| body.text(text))
        .build()
}

/// The answer to a question for our version (XEP-0092).
pub(super) fn version(question: &Element) -> Result<Element, XmlError> {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", "result")
        .attribute_opt("id", question.attribute("id"))
        .attribute_opt("to", question.attribute("from"))
        .attribute_opt("from", question.attribute("to"))
        .child("query", ns::VERSION, |query| {
            query.child("name", ns::VERSION, |name| name.text("jabber demo")).child(
                "version",
                ns::VERSION,
                |it| it.text(env!("CARGO_PKG_VERSION")),
            )
        })
        .build()
}

/// The question for somebody's version (XEP-0092).
pub(super) fn version_request(to: &str) -> Result<Element, XmlError> {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", "get")
        .attribute("to", to)
        .child("query", ns::VERSION, |query| query)
        .build()
}
