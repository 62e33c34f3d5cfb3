//! A component that is connected.

use std::{collections::VecDeque, sync::Arc};

use jabber_jid::Jid;
use jabber_xml::{Element, XmlError, ns};
use tokio::sync::Mutex;

use crate::outbox::{Gone, Outbox};

/// So many bytes of routes are kept for a component that holds them back.
const HELD: usize = 1 << 20;

/// How a component wants its stanzas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As they are (XEP-0114).
    Accept,
    /// In routes (the jabberd 2.0 component protocol).
    Router,
}

#[derive(Debug)]
pub(crate) struct Peer {
    dialect: Dialect,
    outbox: Arc<Outbox>,
    /// While it wants no routes: those that came in the meantime.
    held: Mutex<Option<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    routes: VecDeque<Element>,
    bytes: usize,
}

impl Peer {
    pub(crate) fn new(dialect: Dialect, outbox: Outbox) -> Self {
        Self { dialect, outbox: Arc::new(outbox), held: Mutex::default() }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// For what is no route.
    pub(crate) const fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Writes a route, now or when it is wanted. Waits while there is no room, in the order of the
    /// calls.
    pub(crate) async fn route(&self, route: &Element) -> Result<(), Gone> {
        match &mut *self.held.lock().await {
            None => self.outbox.send(route).await,
            Some(held) if held.bytes + route.byte_len() > HELD => Err(Gone),
            Some(held) => {
                held.bytes += route.byte_len();
                // What is kept must not keep the buffer it was read from.
                held.routes.push_back(route.clone().compact());
                Ok(())
            }
        }
    }

    /// Holds routes back from now on, or writes those that were held back. The answer comes first.
    pub(crate) async fn throttle(&self, answer: &Element) -> Result<(), Gone> {
        let mut held = self.held.lock().await;
        self.outbox.send(answer).await?;
        match held.take() {
            None => *held = Some(Held::default()),
            Some(before) => {
                for route in before.routes {
                    self.outbox.send(&route).await?;
                }
            }
        }
        Ok(())
    }
}

/// A route around a stanza, between the domains of its addresses.
pub(crate) fn wrap(stanza: &Element) -> Result<Element, XmlError> {
    let domain = |name| {
        let address = stanza.attribute(name)?;
        Some(Jid::new(&address).ok()?.to_domain())
    };
    Element::builder("route", ns::JABBERD20_COMPONENT)
        .attribute_opt("to", domain("to").as_ref().map(Jid::as_str))
        .attribute_opt("from", domain("from").as_ref().map(Jid::as_str))
        .element(stanza)
        .build()
}
