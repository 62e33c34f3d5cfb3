use std::fmt;

use jabber_security::Untrusted;

use crate::{Element, ElementRef, StreamCondition, ns};

/// A stream error: the stream ends with it (RFC 6120 §4.9).
#[derive(Clone, Debug)]
pub struct StreamError {
    condition: StreamCondition,
    text: Option<String>,
    see_other_host: Option<String>,
    application: Option<Element>,
}

impl StreamError {
    /// An error with this condition.
    #[must_use]
    pub fn new(condition: StreamCondition) -> Self {
        Self { condition, text: None, see_other_host: None, application: None }
    }

    /// Adds a text for people.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Adds a condition of an application (RFC 6120 §4.9.4).
    #[must_use]
    pub fn with_application(mut self, condition: Element) -> Self {
        self.application = Some(condition);
        self
    }

    /// Sets `see-other-host` and the host with it (RFC 6120 §4.9.3.19).
    #[must_use]
    pub fn with_see_other_host(mut self, host: impl Into<String>) -> Self {
        self.condition = StreamCondition::SeeOtherHost;
        self.see_other_host = Some(host.into());
        self
    }

    /// The condition; `undefined-condition` if the peer named none or one that is unknown.
    #[must_use]
    pub const fn condition(&self) -> StreamCondition {
        self.condition
    }

    /// The text for people.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The condition of an application.
    #[must_use]
    pub fn application(&self) -> Option<&Element> {
        self.application.as_ref()
    }

    /// Where `see-other-host` points to: `host`, `host:port` or `[address]:port`.
    #[must_use]
    pub fn see_other_host(&self) -> Option<&str> {
        self.see_other_host.as_deref()
    }

    /// Reads `<stream:error/>`; `None` if the element is something else.
    ///
    /// A text directly in the element, as servers before RFC 3920 sent it, is taken as the text.
    #[must_use]
    pub fn from_element(element: ElementRef<'_>) -> Option<Self> {
        if !element.is("error", ns::STREAM) {
            return None;
        }
        let mut error = Self::new(StreamCondition::UndefinedCondition);
        for child in element.children() {
            if child.namespace() != ns::STREAM_ERRORS {
                error.application.get_or_insert_with(|| Element::from(child));
            } else if child.name() == "text" {
                error.text.get_or_insert_with(|| child.text().into_owned());
            } else if let Ok(condition) = child.name().parse() {
                error.condition = condition;
                if condition == StreamCondition::SeeOtherHost {
                    let host = child.text();
                    error.see_other_host = Some(host.trim().to_owned()).filter(|h| !h.is_empty());
                }
            }
        }
        let direct = element.text();
        if error.text.is_none() && !direct.trim().is_empty() {
            error.text = Some(direct.trim().to_owned());
        }
        Some(error)
    }

    /// The element to send.
    #[must_use]
    pub fn to_element(&self) -> Element {
        let text = self.text.as_deref().map(legal);
        let host = self.see_other_host.as_deref().map(legal);
        let mut error = Element::builder("error", ns::STREAM).child(
            self.condition.as_str(),
            ns::STREAM_ERRORS,
            |condition| match &host {
                Some(host) => condition.text(host),
                None => condition.into(),
            },
        );
        if let Some(text) = text {
            error = error.child("text", ns::STREAM_ERRORS, |e| e.text(&text));
        }
        if let Some(application) = &self.application {
            error = error.element(application);
        }
        // Its names are ours and its texts were made legal: it cannot fail.
        error.build().unwrap_or_else(|_| Element::minimal_error())
    }
}

/// The text without characters that XML does not allow.
fn legal(text: &str) -> String {
    text.chars().map(|c| if crate::chars::is_char(c) { c } else { '\u{fffd}' }).collect()
}

impl Element {
    fn minimal_error() -> Self {
        let text = "<error xmlns='http://etherx.jabber.org/streams'/>".to_owned();
        Self::built(text, crate::element::Around::bare(), None)
    }
}

impl From<StreamCondition> for StreamError {
    fn from(condition: StreamCondition) -> Self {
        Self::new(condition)
    }
}

/// Shows the peer's words with control characters escaped: they would command a terminal.
impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stream error {}", self.condition)?;
        if let Some(host) = &self.see_other_host {
            write!(f, " ({})", Untrusted::new(host))?;
        }
        if let Some(text) = &self.text {
            write!(f, ": {}", Untrusted::new(text))?;
        }
        if let Some(application) = &self.application {
            write!(f, " [{}]", Untrusted::new(application.name()))?;
        }
        Ok(())
    }
}

impl std::error::Error for StreamError {}
