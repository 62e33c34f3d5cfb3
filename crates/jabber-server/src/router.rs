//! What goes to whom.

use std::sync::Arc;

use jabber_jid::Jid;
use jabber_xml::Element;

use crate::{
    config::Config,
    names::Names,
    outbox::Outbox,
    peer::{Dialect, Peer, wrap},
    services,
    stanza::{Kind, Refused, Stanza},
    table::Table,
};

/// What all connections of a server share.
#[derive(Debug)]
pub(crate) struct Router {
    pub(crate) config: Config,
    pub(crate) table: Table,
    pub(crate) names: Names,
}

/// Where a stanza came from, and so where an answer to it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sender<'a> {
    Client(&'a Outbox),
    Component(&'a Arc<Peer>),
}

impl Router {
    pub(crate) fn new(config: Config) -> Self {
        let names = Names::new(&config.domain);
        Self { config, table: Table::default(), names }
    }

    /// Delivers a stanza, or answers it, or tells the sender why not. Waits while the receiver has
    /// no room.
    pub(crate) async fn route(&self, stanza: &Stanza, to: &str, sender: Sender<'_>) {
        let delivered = match Jid::new(to) {
            Ok(to) => self.deliver(stanza, &to, sender).await,
            Err(_) => Err(Refused::JidMalformed),
        };
        if let Err(refused) = delivered {
            self.refuse(stanza, refused, sender).await;
        }
    }

    async fn deliver(&self, stanza: &Stanza, to: &Jid, sender: Sender<'_>) -> Result<(), Refused> {
        let domain = to.to_domain();
        if domain != self.config.domain {
            return match self.component(&domain, to.local(), sender) {
                Some(component) => self.pass_on(&stanza.element, &component).await,
                None if self.config.components.contains_key(&domain) => {
                    Err(Refused::ServiceUnavailable)
                }
                None => Err(Refused::RemoteServerNotFound),
            };
        }
        if to.resource().is_some() && to.local().is_some() {
            // RFC 6121 §8.5.3.
            let client = self.table.resource(to).ok_or(Refused::ServiceUnavailable)?;
            return pass(stanza, &client).await;
        }
        match stanza.kind {
            // RFC 6121 §8.5.2.1.3: the server answers on behalf of the account.
            Kind::Iq => services::serve(self, stanza, to, sender).await,
            Kind::Message => self.message_to_account(stanza, to).await,
            Kind::Presence => self.presence_to_account(stanza, to).await,
        }
    }

    /// RFC 6121 §8.5.2.1.1: to every available resource that wants messages.
    async fn message_to_account(&self, stanza: &Stanza, bare: &Jid) -> Result<(), Refused> {
        // A room's messages are for occupants, never for an account as such.
        if stanza.is_type("groupchat") {
            return Err(Refused::ServiceUnavailable);
        }
        let mut delivered = Err(Refused::ServiceUnavailable);
        for (_, client, presence) in self.table.available(bare) {
            if presence.priority >= 0 && pass(stanza, &client).await.is_ok() {
                delivered = Ok(());
            }
        }
        // A headline that nobody reads is no failure.
        if stanza.is_type("headline") { Ok(()) } else { delivered }
    }

    /// RFC 6121 §8.5.2.1.2.
    async fn presence_to_account(&self, stanza: &Stanza, bare: &Jid) -> Result<(), Refused> {
        for (_, client, _) in self.table.available(bare) {
            pass(stanza, &client).await?;
        }
        Ok(())
    }

    /// Who gets what is for that name: whoever has bound it, or takes all that nobody has bound.
    pub(crate) fn component(
        &self,
        name: &Jid,
        local: Option<&str>,
        sender: Sender<'_>,
    ) -> Option<Arc<Peer>> {
        let itself =
            |peer: &Arc<Peer>| matches!(sender, Sender::Component(s) if Arc::ptr_eq(s, peer));
        self.names.find(name, local).or_else(|| self.names.default().filter(|peer| !itself(peer)))
    }

    /// Writes a stanza to a component, as that one wants it.
    pub(crate) async fn pass_on(&self, stanza: &Element, to: &Arc<Peer>) -> Result<(), Refused> {
        let logs = self.names.logs();
        if to.dialect() == Dialect::Accept && logs.is_empty() {
            return to.outbox().send(stanza).await.map_err(|_| Refused::ServiceUnavailable);
        }
        let route = wrap(stanza).map_err(|_| Refused::BadRequest)?;
        self.log(&route, &logs).await;
        let sent = match to.dialect() {
            Dialect::Accept => to.outbox().send(stanza).await,
            Dialect::Router => to.route(&route).await,
        };
        sent.map_err(|_| Refused::ServiceUnavailable)
    }

    /// Copies a route to those that log.
    pub(crate) async fn log(&self, route: &Element, logs: &[Arc<Peer>]) {
        if logs.is_empty() {
            return;
        }
        if let Ok(copy) = route.with_attribute("type", "log") {
            for peer in logs {
                // A log that is gone misses what it misses.
                let _ = peer.route(&copy).await;
            }
        }
    }

    /// Sends back what answers a stanza. A sender that is gone needs no answer.
    pub(crate) async fn answer(&self, sender: Sender<'_>, answer: &Element) {
        match sender {
            Sender::Client(outbox) => drop(outbox.send(answer).await),
            Sender::Component(peer) => drop(self.pass_on(answer, peer).await),
        }
    }

    /// Tells the sender, if the stanza is of a sort that wants it.
    pub(crate) async fn refuse(&self, stanza: &Stanza, refused: Refused, sender: Sender<'_>) {
        if stanza.wants_errors()
            && let Ok(refusal) = stanza.refusal(refused)
        {
            self.answer(sender, &refusal).await;
        }
    }
}

async fn pass(stanza: &Stanza, to: &Outbox) -> Result<(), Refused> {
    to.send(&stanza.element).await.map_err(|_| Refused::ServiceUnavailable)
}
