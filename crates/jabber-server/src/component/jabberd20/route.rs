//! Routes that a component sends.

use jabber_jid::Jid;
use jabber_xml::Element;

use super::Routed;
use crate::{
    ending::Ending,
    peer::Dialect,
    router::Sender,
    stanza::{Kind, Stanza},
};

/// Why a route comes back, as the protocol numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bounced {
    /// To nobody, or without the stanza that the receiver needs.
    BadRequest,
    /// From a name that was not bound here.
    Unauthorized,
    /// To a name that nobody has.
    NotFound,
}

impl Bounced {
    const fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "400",
            Self::Unauthorized => "401",
            Self::NotFound => "404",
        }
    }
}

impl Routed<'_> {
    /// `<route/>`: to one, or to all.
    pub(super) async fn route(&mut self, route: Element) -> Result<(), Ending> {
        // An answer to an answer would go on for ever.
        if route.attribute("error").is_some() {
            return Ok(());
        }
        let sent = match route.attribute("type").as_deref() {
            None => self.unicast(&route).await,
            Some("broadcast") => self.broadcast(&route).await,
            // jabberd2 drops what it does not know.
            Some(_) => Ok(()),
        };
        if let Err(bounced) = sent {
            self.peer.route(&route.with_attribute("error", bounced.code())?).await?;
        }
        Ok(())
    }

    async fn unicast(&self, route: &Element) -> Result<(), Bounced> {
        let to = route.attribute("to").ok_or(Bounced::BadRequest)?;
        let from = self.sender(route)?;
        let to = Jid::new(&to).map_err(|_| Bounced::NotFound)?.to_domain();
        let sender = Sender::Component(&self.peer);
        let inner = stanza(route);
        if to == self.router.config.domain {
            let stanza = self.checked(inner, &from, &to)?;
            self.router.log(route, &self.router.names.logs()).await;
            let to = stanza.element.attribute("to").ok_or(Bounced::BadRequest)?;
            self.router.route(&stanza, &to, sender).await;
            return Ok(());
        }
        let user = inner.as_ref().and_then(|stanza| Jid::new(&stanza.attribute("to")?).ok());
        let local = user.as_ref().and_then(Jid::local);
        let peer = self.router.component(&to, local, sender).ok_or(Bounced::NotFound)?;
        let sent = match peer.dialect() {
            Dialect::Router => {
                self.router.log(route, &self.router.names.logs()).await;
                peer.route(route).await
            }
            Dialect::Accept => {
                let stanza = self.checked(inner, &from, &to)?;
                self.router.log(route, &self.router.names.logs()).await;
                peer.outbox().send(&stanza.element).await
            }
        };
        sent.map_err(|_| Bounced::NotFound)
    }

    async fn broadcast(&self, route: &Element) -> Result<(), Bounced> {
        self.sender(route)?;
        for other in self.router.names.others(&self.peer) {
            // Whoever is gone misses nothing.
            let _ = other.route(route).await;
        }
        Ok(())
    }

    /// The name that a route comes from: one that was bound on this connection.
    fn sender(&self, route: &Element) -> Result<Jid, Bounced> {
        let from = route.attribute("from").and_then(|from| Jid::new(&from).ok());
        let from = from.filter(|from| self.names.contains(&from.to_domain()));
        from.ok_or(Bounced::Unauthorized)
    }

    /// A stanza that leaves the router: with both addresses, and from whom the component may speak
    /// for.
    fn checked(&self, inner: Option<Element>, from: &Jid, to: &Jid) -> Result<Stanza, Bounced> {
        let stanza = inner.ok_or(Bounced::BadRequest)?;
        let kind = Kind::of(&stanza).ok_or(Bounced::BadRequest)?;
        let complete = |stanza: Element, name: &str, address: &Jid| match stanza.attribute(name) {
            Some(_) => Ok(stanza),
            None => stanza.with_attribute(name, address.as_str()).map_err(|_| Bounced::BadRequest),
        };
        let stanza = complete(complete(stanza, "from", from)?, "to", to)?;
        let from = stanza.attribute("from").and_then(|from| Jid::new(&from).ok());
        let from = from.filter(|from| self.speaks_for(&from.to_domain()));
        Ok(Stanza { kind, from: from.ok_or(Bounced::Unauthorized)?, element: stanza })
    }

    /// Its own names; and the one that takes what is for all the rest speaks for the rest.
    fn speaks_for(&self, domain: &Jid) -> bool {
        let is_default = || {
            let default = self.router.names.default();
            default.is_some_and(|default| std::sync::Arc::ptr_eq(&default, &self.peer))
        };
        self.names.contains(domain) || (!self.router.names.is_bound(domain) && is_default())
    }
}

/// The one stanza in a route.
fn stanza(route: &Element) -> Option<Element> {
    let mut children = route.children();
    let stanza = children.next()?.to_element();
    (children.next().is_none() && Kind::of(&stanza).is_some()).then_some(stanza)
}
