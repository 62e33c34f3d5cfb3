//! Components by the protocol of jabberd 2.0's router. No standard describes it; what is done here
//! is what jabberd2 2.7 does on the wire.

mod bind;
mod login;
mod route;

use std::{collections::HashSet, sync::Arc};

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition, ns};
use tokio::sync::watch;

pub(super) use self::login::{User, negotiate};
use crate::{
    ending::Ending,
    outbox::{Gone, Outbox},
    peer::{Dialect, Peer},
    router::Router,
    session::{self, Handler},
    stream::Stream,
};

/// Serves a component that is logged in until its end.
pub(super) async fn run(
    stream: Stream,
    user: User,
    router: &Router,
    stopped: &mut watch::Receiver<bool>,
) {
    let outbox = Outbox::new(ns::JABBERD20_COMPONENT, router.config.patience);
    let peer = Arc::new(Peer::new(Dialect::Router, outbox));
    router.names.join(&peer);
    let outbox = Arc::clone(peer.outbox());
    let routed = Routed { peer, user, names: HashSet::new(), router };
    session::run(stream, &outbox, stopped, routed).await;
}

/// A component on the router.
struct Routed<'a> {
    peer: Arc<Peer>,
    user: User,
    /// Those it has bound.
    names: HashSet<Jid>,
    router: &'a Router,
}

impl Handler for Routed<'_> {
    async fn stanza(&mut self, element: Element) -> Result<(), Ending> {
        let name = match element.namespace() {
            ns::JABBERD20_COMPONENT => element.name(),
            _ => "",
        };
        match name {
            "bind" => self.bind(element).await,
            "unbind" => self.unbind(element).await,
            "route" => self.route(element).await,
            "throttle" => Ok(self.peer.throttle(&element).await?),
            _ => {
                let text = "stanzas have to be in a <route/>";
                Err(Ending::because(StreamCondition::UnsupportedStanzaType, text))
            }
        }
    }

    async fn ended(&mut self) {
        let mut change = self.router.names.change().await;
        change.leave(&self.peer);
        for name in self.names.drain() {
            change.unbind(&name, &self.peer).await;
        }
    }
}

impl From<Gone> for Ending {
    fn from(_: Gone) -> Self {
        Self::Lost
    }
}
