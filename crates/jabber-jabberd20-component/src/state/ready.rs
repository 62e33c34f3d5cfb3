//! The codec of a session: routes around stanzas, and what the router says itself.

use std::{
    collections::{BTreeSet, VecDeque},
    iter::once,
};

use jabber_dialect::{Delivery, Identity, Inbound};
use jabber_jid::Jid;
use jabber_xml::{Element, XmlError, ns};

use crate::{BindError, Route, RouteType, route};

/// A session on the bus.
#[derive(Debug)]
pub(super) struct Session {
    identity: Identity,
    /// Our names as they are now, in the order in which they were bound.
    bound: Vec<Jid>,
    others: Names,
    /// What the user has asked of the router and is not answered yet.
    asked: VecDeque<Asked>,
}

/// A `<bind/>` or `<unbind/>`. The router's answer has lost the name.
#[derive(Debug)]
struct Asked {
    what: String,
    id: Option<String>,
    name: Jid,
}

impl Session {
    pub(super) fn new(identity: Identity) -> Self {
        let bound = once(&identity.jid).chain(&identity.other_names).cloned().collect();
        Self { identity, bound, others: Names::default(), asked: VecDeque::new() }
    }

    pub(super) const fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn inbound(&mut self, element: Element) -> Inbound {
        if element.namespace() != ns::JABBERD20_COMPONENT {
            return Inbound::Stanza(Delivery::new(element));
        }
        match element.name() {
            "route" => unwrapped(element),
            "bind" | "unbind" => {
                let error = BindError::of(&element).is_some();
                self.answered(&element, error);
                Inbound::Reply { delivery: Delivery::new(element), error }
            }
            "throttle" => Inbound::Reply { delivery: Delivery::new(element), error: false },
            "presence" if !self.others.is_news(&element) => Inbound::Control,
            _ => Inbound::Stanza(Delivery::new(element)),
        }
    }

    pub(super) fn outbound(&mut self, stanza: Element) -> Result<Element, XmlError> {
        if stanza.namespace() == ns::JABBERD20_COMPONENT {
            self.ask(&stanza);
            return Ok(stanza);
        }
        let domain = |name| {
            let jid = stanza.attribute(name)?.parse::<Jid>().ok()?;
            Some(jid.to_domain())
        };
        // Without `from` or from elsewhere: a component may speak for others as long as the route is
        // from a name of ours.
        let own = domain("from").filter(|from| self.bound.contains(from));
        let from = own.as_ref().or(self.bound.first()).unwrap_or(&self.identity.jid);
        let mut route = Route::new(from.domain(), "");
        // What is to nobody the router brings back, with 400.
        route.to = domain("to").map(|to| to.domain().to_owned());
        route.wrap(&stanza)
    }

    /// Remembers a bind, to know the name when it is answered.
    fn ask(&mut self, element: &Element) {
        let name = element.attribute("name").and_then(|name| name.parse::<Jid>().ok());
        if let (Some(name), "bind" | "unbind") = (name, element.name()) {
            let id = element.attribute("id").map(|id| id.into_owned());
            self.asked.push_back(Asked { what: element.name().to_owned(), id, name });
        }
    }

    /// The answers come in order, and some without id.
    fn answered(&mut self, answer: &Element, error: bool) {
        let id = answer.attribute("id");
        let fits =
            |asked: &Asked| asked.what == answer.name() && asked.id.as_deref() == id.as_deref();
        let Some(asked) = self.asked.iter().position(fits).and_then(|at| self.asked.remove(at))
        else {
            return;
        };
        if error {
            return;
        }
        self.bound.retain(|name| *name != asked.name);
        if asked.what == "bind" {
            self.bound.push(asked.name);
        }
    }
}

/// Takes a stanza out of its route, if it is to us.
fn unwrapped(element: Element) -> Inbound {
    let (Some(route), Some(content)) = (Route::of(&element), Route::content(&element)) else {
        return Inbound::Stanza(Delivery::new(element));
    };
    // A copy is to somebody else: nothing may take it for an answer to us.
    if route.kind == RouteType::Log {
        return Inbound::Stanza(Delivery::new(element));
    }
    let Some(code) = route.error else {
        return Inbound::Stanza(Delivery::wrapped(content.to_element(), element));
    };
    match route::bounced(content, code) {
        Some(stanza) => {
            Inbound::Reply { delivery: Delivery::wrapped(stanza, element), error: true }
        }
        None => Inbound::Stanza(Delivery::new(element)),
    }
}

/// Stanzas, and what the router itself answers.
pub(super) fn is_request(element: &Element) -> bool {
    match element.namespace() {
        ns::CLIENT => matches!(element.name(), "iq" | "message" | "presence"),
        ns::JABBERD20_COMPONENT => matches!(element.name(), "bind" | "unbind" | "throttle"),
        _ => false,
    }
}

/// The names of others. The router says that one has come or gone to each of our names.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Takes in what a `<presence/>` of the router says; false where that is known.
    pub(super) fn is_news(&mut self, presence: &Element) -> bool {
        let Some(name) = presence.attribute("from") else { return true };
        match presence.attribute("type").as_deref() {
            None => self.0.insert(name.into_owned()),
            Some("unavailable") => self.0.remove(&*name),
            Some(_) => true,
        }
    }
}
