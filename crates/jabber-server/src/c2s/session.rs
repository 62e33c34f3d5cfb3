//! Stanzas of a client that is bound.

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition};
use tokio::sync::watch;

use super::{bind::Bound, presence};
use crate::{
    ending::Ending,
    router::{Router, Sender},
    session::{self, Handler},
    stanza::{Kind, Stanza},
    stream::Stream,
};

pub(super) async fn run(
    stream: Stream,
    bound: Bound,
    router: &Router,
    stopped: &mut watch::Receiver<bool>,
) {
    let outbox = bound.outbox.clone();
    session::run(stream, &outbox, stopped, Client { bound, router }).await;
}

struct Client<'a> {
    bound: Bound,
    router: &'a Router,
}

impl Handler for Client<'_> {
    async fn stanza(&mut self, element: Element) -> Result<(), Ending> {
        let Some(kind) = Kind::of(&element) else {
            return Err(StreamCondition::UnsupportedStanzaType.into());
        };
        let element = self.stamp(element)?;
        let sender = Sender::Client(&self.bound.outbox);
        let stanza = Stanza { kind, from: self.bound.jid.clone(), element };
        match (stanza.element.attribute("to"), kind) {
            (None, Kind::Presence) => {
                presence::broadcast(self.router, &self.bound, &stanza).await;
            }
            // RFC 6120 §10.3: without `to` it is for the own account.
            (None, _) => {
                let own = self.bound.jid.to_bare();
                self.router.route(&stanza, own.as_str(), sender).await;
            }
            (Some(to), _) => self.router.route(&stanza, &to, sender).await,
        }
        Ok(())
    }

    async fn ended(&mut self) {
        presence::ended(self.router, &self.bound).await;
    }
}

impl Client<'_> {
    /// RFC 6120 §8.1.2.1: `from` is the full JID; a client that says otherwise forges.
    fn stamp(&self, element: Element) -> Result<Element, Ending> {
        let jid = &self.bound.jid;
        if let Some(from) = element.attribute("from") {
            if from == jid.as_str() {
                return Ok(element.clone());
            }
            let own = Jid::new(&from).is_ok_and(|from| from == *jid || from == jid.to_bare());
            if !own {
                let text = "'from' is not yours";
                return Err(Ending::because(StreamCondition::InvalidFrom, text));
            }
        }
        Ok(element.with_attribute("from", jid.as_str())?)
    }
}
