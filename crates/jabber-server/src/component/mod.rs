//! A component's connection. Which of two protocols it speaks is in the namespace of its header, as
//! jabberd2's router has it: XEP-0114, or the jabberd 2.0 component protocol.

mod accept;
mod jabberd20;

use std::sync::Arc;

use jabber_xml::{StreamCondition, ns};
use tokio::{net::TcpStream, sync::watch, time::timeout};

use crate::{ending::Ending, router::Router, stream::Stream};

/// Serves a component from its first byte to the end.
pub(crate) async fn serve(tcp: TcpStream, router: Arc<Router>, mut stopped: watch::Receiver<bool>) {
    let config = &router.config;
    let mut stream = Stream::new(Box::new(tcp), ns::COMPONENT_ACCEPT, config.domain.as_str());
    let connected = tokio::select! {
        result = timeout(config.negotiation, negotiate(&mut stream, &router)) => {
            let late = "the stream was not negotiated in time";
            let late = |_| Err(Ending::because(StreamCondition::ConnectionTimeout, late));
            result.unwrap_or_else(late)
        }
        _ = stopped.wait_for(|stop| *stop) => Err(StreamCondition::SystemShutdown.into()),
    };
    match connected {
        Ok(Component::Accepted(component)) => {
            accept::run(stream, component, &router, &mut stopped).await;
        }
        Ok(Component::LoggedIn(user)) => {
            jabberd20::run(stream, user, &router, &mut stopped).await;
        }
        Err(ending) => stream.finish(ending).await,
    }
}

/// Who has got in.
enum Component {
    Accepted(accept::Accepted),
    LoggedIn(jabberd20::User),
}

async fn negotiate(stream: &mut Stream, router: &Router) -> Result<Component, Ending> {
    let header = stream.header().await?;
    match header.content() {
        ns::COMPONENT_ACCEPT => {
            accept::negotiate(stream, &header, router).await.map(Component::Accepted)
        }
        ns::JABBERD20_COMPONENT => {
            stream.speak(ns::JABBERD20_COMPONENT, router.config.domain.as_str());
            jabberd20::negotiate(stream, header, &router.config).await.map(Component::LoggedIn)
        }
        _ => {
            let text = "this port is for components: the default namespace has to be \
                        jabber:component:accept, or that of jabberd 2.0";
            Err(Ending::because(StreamCondition::InvalidNamespace, text))
        }
    }
}
