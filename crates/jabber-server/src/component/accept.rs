//! Components by XEP-0114.

use std::sync::Arc;

use jabber_jid::Jid;
use jabber_security::{Secret, hex};
use jabber_xml::{Element, StreamCondition, StreamHeader, ns};
use sha1::{Digest, Sha1};
use tokio::sync::watch;

use crate::{
    ending::Ending,
    outbox::Outbox,
    peer::{Dialect, Peer},
    random,
    router::{Router, Sender},
    session::{self, Handler},
    stanza::{Kind, Refused, Stanza},
    stream::Stream,
};

/// A component that has shaken hands, and the name it has.
pub(super) struct Accepted {
    domain: Jid,
    peer: Arc<Peer>,
}

/// Serves it until its end.
pub(super) async fn run(
    stream: Stream,
    accepted: Accepted,
    router: &Router,
    stopped: &mut watch::Receiver<bool>,
) {
    let Accepted { domain, peer } = accepted;
    router.names.change().await.announce_bound(&domain, &peer).await;
    let outbox = Arc::clone(peer.outbox());
    session::run(stream, &outbox, stopped, Component { domain, peer, router }).await;
}

/// The rest of a negotiation that began with that header.
pub(super) async fn negotiate(
    stream: &mut Stream,
    header: &StreamHeader,
    router: &Router,
) -> Result<Accepted, Ending> {
    let domain = header.to().and_then(|to| Jid::new(to).ok());
    let known = domain.and_then(|domain| {
        let secret = router.config.components.get(&domain)?;
        Some((domain, secret))
    });
    let Some((domain, secret)) = known else {
        let text = "this server has no component of that name";
        return Err(Ending::because(StreamCondition::HostUnknown, text));
    };
    let id = random::token::<16>()?;
    let answer = StreamHeader::new(ns::COMPONENT_ACCEPT).with_from(domain.as_str()).with_id(&id);
    stream.open(&answer, None).await?;

    let element = stream.element().await?;
    // XEP-0114 §3: nothing else comes before it.
    if !element.is("handshake", ns::CLIENT) || *element.text() != handshake(&id, secret) {
        let text = "the handshake has to be the SHA-1 of the stream's id and the secret";
        return Err(Ending::because(StreamCondition::NotAuthorized, text));
    }
    let reply = Element::builder("handshake", ns::CLIENT).build()?;
    let outbox = Outbox::new(ns::COMPONENT_ACCEPT, router.config.patience);
    let peer = Arc::new(Peer::new(Dialect::Accept, outbox));
    let mut change = router.names.change().await;
    if !change.is_free(&domain, false) {
        let text = "the component is already connected";
        return Err(Ending::because(StreamCondition::Conflict, text));
    }
    // Before anybody can find it; an outbox that is new has room.
    peer.outbox().send(&reply).await.map_err(|_| Ending::Lost)?;
    // Nothing waits after it: cut short there, the name would be taken for ever.
    change.insert(&domain, &peer, false);
    Ok(Accepted { domain, peer })
}

/// XEP-0114 §3: in lower-case hexadecimal.
fn handshake(id: &str, secret: &Secret) -> String {
    hex(Sha1::new().chain_update(id).chain_update(secret.expose()).finalize())
}

struct Component<'a> {
    domain: Jid,
    peer: Arc<Peer>,
    router: &'a Router,
}

impl Handler for Component<'_> {
    async fn stanza(&mut self, element: Element) -> Result<(), Ending> {
        let Some(kind) = Kind::of(&element) else {
            return Err(StreamCondition::UnsupportedStanzaType.into());
        };
        // XEP-0114 §3: a component says from whom, and speaks for nobody outside of its domain.
        let from = element.attribute("from").and_then(|from| Jid::new(&from).ok());
        let Some(from) = from.filter(|from| from.to_domain() == self.domain) else {
            let text = "'from' has to be within the component's domain";
            return Err(Ending::because(StreamCondition::InvalidFrom, text));
        };
        let stanza = Stanza { kind, from, element };
        let sender = Sender::Component(&self.peer);
        match stanza.element.attribute("to") {
            Some(to) => self.router.route(&stanza, &to, sender).await,
            None => self.router.refuse(&stanza, Refused::BadRequest, sender).await,
        }
        Ok(())
    }

    async fn ended(&mut self) {
        self.router.names.change().await.unbind(&self.domain, &self.peer).await;
    }
}

#[cfg(test)]
mod tests {
    use super::handshake;

    #[test]
    fn the_example_of_the_specification() {
        // Computed with coreutils: printf 3BF96D32test | sha1sum
        assert_eq!(
            handshake("3BF96D32", &"test".into()),
            "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e"
        );
    }
}
