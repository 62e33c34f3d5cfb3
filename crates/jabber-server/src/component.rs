//! A component's connection (XEP-0114).

use std::sync::Arc;

use jabber_jid::Jid;
use jabber_security::Secret;
use jabber_xml::{Element, StreamCondition, StreamHeader, ns};
use sha1::{Digest, Sha1};
use tokio::{net::TcpStream, sync::watch, time::timeout};

use crate::{
    ending::Ending,
    outbox::Outbox,
    random,
    router::{Router, refuse},
    session::{self, Handler},
    stanza::{Kind, Refused, Stanza},
    stream::Stream,
};

/// Serves a component from its first byte to the end.
pub(crate) async fn serve(tcp: TcpStream, router: Arc<Router>, mut stopped: watch::Receiver<bool>) {
    let config = &router.config;
    let mut stream = Stream::new(Box::new(tcp), ns::COMPONENT_ACCEPT, config.domain.as_str());
    let connected = tokio::select! {
        result = timeout(config.negotiation, negotiate(&mut stream, &router)) => {
            let late = "the handshake did not come in time";
            let late = |_| Err(Ending::because(StreamCondition::ConnectionTimeout, late));
            result.unwrap_or_else(late)
        }
        _ = stopped.wait_for(|stop| *stop) => Err(StreamCondition::SystemShutdown.into()),
    };
    match connected {
        Ok((domain, outbox)) => {
            let component = Component { domain, outbox: Arc::clone(&outbox), router: &router };
            session::run(stream, &outbox, &mut stopped, component).await;
        }
        Err(ending) => stream.finish(ending).await,
    }
}

async fn negotiate(stream: &mut Stream, router: &Router) -> Result<(Jid, Arc<Outbox>), Ending> {
    let header = stream.header().await?;
    if header.content() != ns::COMPONENT_ACCEPT {
        let text = "this port is for components: the default namespace has to be \
                    jabber:component:accept";
        return Err(Ending::because(StreamCondition::InvalidNamespace, text));
    }
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
    let outbox = Arc::new(Outbox::new(ns::COMPONENT_ACCEPT, router.config.patience));
    let reply = Element::builder("handshake", ns::CLIENT).build()?;
    if !router.table.connect(&domain, &outbox, &reply) {
        let text = "the component is already connected";
        return Err(Ending::because(StreamCondition::Conflict, text));
    }
    Ok((domain, outbox))
}

/// XEP-0114 §3: in lower-case hexadecimal.
fn handshake(id: &str, secret: &Secret) -> String {
    random::hex(&Sha1::new().chain_update(id).chain_update(secret.expose()).finalize())
}

struct Component<'a> {
    domain: Jid,
    outbox: Arc<Outbox>,
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
        match stanza.element.attribute("to") {
            Some(to) => self.router.route(&stanza, &to, &self.outbox).await,
            None => refuse(&stanza, Refused::BadRequest, &self.outbox).await,
        }
        Ok(())
    }

    async fn ended(&mut self) {
        self.router.table.disconnect(&self.domain);
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
