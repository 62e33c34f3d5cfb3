//! What logins by SASL have in common (RFC 6120 §6.4), whoever logs in.

use base64::{Engine, engine::general_purpose::STANDARD};
use jabber_sasl::{FailureCondition, server::ServerError};
use jabber_xml::{Element, ElementRef, StreamCondition, XmlError, ns};

use crate::{ending::Ending, stream::Stream};

/// RFC 6120 §6.4.5 asks for at least two tries, and for a bound.
pub(crate) const TRIES: u32 = 5;

/// Why a try did not succeed.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The client may try again.
    Login(FailureCondition),
    /// The stream ends.
    Stream(Ending),
}

impl From<FailureCondition> for Refused {
    fn from(condition: FailureCondition) -> Self {
        Self::Login(condition)
    }
}

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self::Login(error.condition())
    }
}

impl From<Ending> for Refused {
    fn from(ending: Ending) -> Self {
        Self::Stream(ending)
    }
}

/// Sends a challenge and waits for the response.
pub(crate) async fn ask(stream: &mut Stream, challenge: &[u8]) -> Result<Vec<u8>, Refused> {
    let challenge = Element::builder("challenge", ns::SASL).text(&STANDARD.encode(challenge));
    stream.send_built(challenge.build()).await?;
    let response = stream.element().await?;
    if response.is("response", ns::SASL) {
        return decode(response.root());
    }
    if response.is("abort", ns::SASL) {
        return Err(FailureCondition::Aborted.into());
    }
    let text = "a response to the challenge was to come";
    Err(Ending::because(StreamCondition::NotAuthorized, text).into())
}

pub(crate) fn decode(element: ElementRef<'_>) -> Result<Vec<u8>, Refused> {
    match &*element.text() {
        // RFC 6120 §6.4.2: a response of no length.
        "=" => Ok(Vec::new()),
        text => Ok(STANDARD.decode(text).map_err(|_| FailureCondition::IncorrectEncoding)?),
    }
}

/// RFC 6120 §6.4.6, with the mechanism's last word.
pub(crate) fn success(data: &[u8]) -> Result<Element, XmlError> {
    Element::builder("success", ns::SASL).text(&STANDARD.encode(data)).build()
}

/// RFC 6120 §6.4.5.
pub(crate) fn failure(condition: &FailureCondition) -> Result<Element, XmlError> {
    Element::builder("failure", ns::SASL)
        .child(condition.as_str(), ns::SASL, |condition| condition)
        .build()
}

/// After [`TRIES`] failures.
pub(crate) fn exhausted() -> Ending {
    Ending::because(StreamCondition::PolicyViolation, "too many failed logins")
}
