//! Routes: what every stanza on the bus travels in.

use jabber_dialect::{Redaction, StanzaCondition, StanzaErrorType};
use jabber_xml::{Element, ElementRef, XmlError, ns};

/// A `<route/>` of jabberd 2's router: from which name on the bus to which, around one stanza.
///
/// Names on the bus are mostly domains; `sm` and `c2s` are names too.
///
/// # Examples
/// ```
/// use jabber_jabberd20_component::{Route, RouteType};
/// use jabber_xml::Element;
///
/// let message: Element = "<message to='alice@localhost' from='echo.localhost'/>".parse()?;
/// let route = Route::new("echo.localhost", "localhost").wrap(&message)?;
/// assert_eq!(Route::content(&route).map(|it| it.to_element()), Some(message));
///
/// let route = Route::of(&route).ok_or("a route")?;
/// assert_eq!((route.to.as_deref(), route.kind), (Some("localhost"), RouteType::Unicast));
/// assert_eq!(route.error, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Route {
    /// The name that it comes from: one that is bound by whoever sends it.
    pub from: Option<String>,
    /// The name that it goes to; a broadcast has none.
    pub to: Option<String>,
    /// Which kind of route it is.
    pub kind: RouteType,
    /// Why the router brings it back: 400 without `to`, 401 where `from` is not bound by the sender,
    /// 404 where nobody has bound `to`. It is addressed as it was sent.
    pub error: Option<u16>,
    /// An id of the route itself. The router passes it on; no answer repeats it.
    pub id: Option<String>,
}

/// The kind of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RouteType {
    /// From one name to another.
    #[default]
    Unicast,
    /// A copy of a route between others, for those who asked for copies.
    Log,
    /// To every connection but the sender's.
    Broadcast,
}

impl Route {
    /// A route from a name of ours to another name.
    #[must_use]
    pub fn new(from: impl Into<String>, to: impl Into<String>) -> Self {
        let kind = RouteType::Unicast;
        Self { from: Some(from.into()), to: Some(to.into()), kind, error: None, id: None }
    }

    /// A route from a name of ours to every other connection.
    #[must_use]
    pub fn broadcast(from: impl Into<String>) -> Self {
        let kind = RouteType::Broadcast;
        Self { from: Some(from.into()), to: None, kind, error: None, id: None }
    }

    /// Gives it an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Reads a route. `None` where the element is something else, or a route of a type that nobody
    /// knows.
    #[must_use]
    pub fn of(element: &Element) -> Option<Self> {
        if !element.is("route", ns::JABBERD20_COMPONENT) {
            return None;
        }
        let kind = match element.attribute("type").as_deref() {
            None => RouteType::Unicast,
            Some("log") => RouteType::Log,
            Some("broadcast") => RouteType::Broadcast,
            Some(_) => return None,
        };
        let value = |name| element.attribute(name).map(|value| value.into_owned());
        // An error that is no number is an error all the same.
        let error = element.attribute("error").map(|code| code.parse().unwrap_or(0));
        Some(Self { from: value("from"), to: value("to"), kind, error, id: value("id") })
    }

    /// The one element that a route holds. `None` where it holds none, or several.
    #[must_use]
    pub fn content(route: &Element) -> Option<ElementRef<'_>> {
        let mut children = route.children();
        let first = children.next()?;
        children.next().is_none().then_some(first)
    }

    /// The route on the wire, around a copy of that element.
    ///
    /// # Errors
    /// When a name or the id has a character that XML does not allow.
    pub fn wrap(&self, content: &Element) -> Result<Element, XmlError> {
        let kind = match self.kind {
            RouteType::Unicast => None,
            RouteType::Log => Some("log"),
            RouteType::Broadcast => Some("broadcast"),
        };
        Element::builder("route", ns::JABBERD20_COMPONENT)
            .attribute_opt("to", self.to.as_ref())
            .attribute_opt("from", self.from.as_ref())
            .attribute_opt("type", kind)
            .attribute_opt("error", self.error.map(|code| code.to_string()))
            .attribute_opt("id", self.id.as_ref())
            .element(content)
            .build()
    }
}

/// What the stanza in a bounced route amounts to: an error from whom it was sent to. `None` where
/// it is one that nothing answers (RFC 6120 §8.2.3, §8.3.1), so that nobody waits for it.
pub(crate) fn bounced(stanza: ElementRef<'_>, code: u16) -> Option<Element> {
    let kind = stanza.attribute("type");
    let answerable = match (stanza.name(), kind.as_deref()) {
        ("iq", Some("get" | "set")) => true,
        ("message" | "presence", kind) => kind != Some("error"),
        _ => false,
    };
    if !answerable || stanza.namespace() != ns::CLIENT {
        return None;
    }
    // XEP-0086 §3, with the more telling of the conditions that 404 stands for.
    let (condition, kind) = match code {
        400 => (StanzaCondition::BadRequest, StanzaErrorType::Modify),
        401 => (StanzaCondition::NotAuthorized, StanzaErrorType::Auth),
        404 => (StanzaCondition::RemoteServerNotFound, StanzaErrorType::Cancel),
        other => (StanzaCondition::from_code(other), StanzaErrorType::Cancel),
    };
    Element::builder(stanza.name(), ns::CLIENT)
        .attribute("type", "error")
        .attribute_opt("from", stanza.attribute("to"))
        .attribute_opt("to", stanza.attribute("from"))
        .attribute_opt("id", stanza.attribute("id"))
        .child("error", ns::CLIENT, |error| {
            error.attribute("type", kind.as_str()).attribute("code", code.to_string()).child(
                condition.as_str(),
                ns::STANZA_ERRORS,
                |condition| condition,
            )
        })
        .build()
        .ok()
}

/// The rule by kind of element, looked up through the route around it.
pub(crate) fn redaction(element: &Element) -> Redaction {
    let hides = |child: ElementRef<'_>| Redaction::of(&child.to_element()) != Redaction::Nothing;
    if element.is("route", ns::JABBERD20_COMPONENT) && element.children().any(hides) {
        return Redaction::Texts;
    }
    Redaction::of(element)
}
