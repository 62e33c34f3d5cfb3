//! A client's connection (RFC 6120).
//!
//! Negotiation is a sequence of steps on one [`Stream`], each in its file: header, login, binding.
//! What comes after that is in `session`. A login by `jabber:iq:auth` (XEP-0078) takes the place of
//! SASL and of the binding, with any version in the header.

mod bind;
mod features;
mod header;
mod legacy;
mod login;
mod presence;
mod sasl;
mod session;

use std::sync::Arc;

use jabber_security::ChannelBinding;
use jabber_xml::{StreamCondition, ns};
use tokio::{net::TcpStream, sync::watch, time::timeout};

use self::{bind::Bound, features::Offer, header::Version};
use crate::{StartTls, ending::Ending, router::Router, stream::Stream};

/// Serves a client from its first byte to the end.
pub(crate) async fn serve(
    tcp: TcpStream,
    direct_tls: bool,
    router: Arc<Router>,
    mut stopped: watch::Receiver<bool>,
) {
    let loopback = tcp.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
    let mut stream = Stream::new(Box::new(tcp), ns::CLIENT, router.config.domain.as_str());
    let negotiation = negotiate(&mut stream, direct_tls, loopback, &router);
    let bound = tokio::select! {
        result = timeout(router.config.negotiation, negotiation) => {
            let late = "the stream was not negotiated in time";
            let late = |_| Err(Ending::because(StreamCondition::ConnectionTimeout, late));
            result.unwrap_or_else(late)
        }
        _ = stopped.wait_for(|stop| *stop) => Err(StreamCondition::SystemShutdown.into()),
    };
    match bound {
        Ok(bound) => session::run(stream, bound, &router, &mut stopped).await,
        Err(ending) => stream.finish(ending).await,
    }
}

async fn negotiate(
    stream: &mut Stream,
    direct_tls: bool,
    loopback: bool,
    router: &Router,
) -> Result<Bound, Ending> {
    let config = &router.config;
    if direct_tls {
        stream.start_tls(&config.tls).await?;
    }
    let offer = |encrypted: bool, binding: &ChannelBinding| Offer {
        starttls: config.starttls != StartTls::Off && !encrypted,
        login: encrypted || config.starttls != StartTls::Required,
        plain: encrypted || loopback,
        bindings: features::bindings(binding),
    };
    let mut encrypted = direct_tls;
    let account = loop {
        let offer = offer(encrypted, &stream.binding);
        let opened = header::open(stream, config, &features::before_login(offer)).await?;
        match login::login(stream, router, offer, &opened).await? {
            login::Step::StartTls => {
                stream.start_tls(&config.tls).await?;
                encrypted = true;
                stream.restart();
            }
            login::Step::Done(account) => break account,
            login::Step::Bound(bound) => return Ok(bound),
        }
    };
    stream.restart();
    let opened = header::open(stream, config, &features::after_login()).await?;
    if opened.version == Version::Before {
        // RFC 6120 §4.7.5: what SASL began goes on as 1.0.
        let text = "the version was 1.0 before the login";
        return Err(Ending::because(StreamCondition::UnsupportedVersion, text));
    }
    bind::bind(stream, &account, router).await
}
