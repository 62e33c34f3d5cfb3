//! Until a client is logged in: STARTTLS (RFC 6120 §5), SASL (RFC 6120 §6), `jabber:iq:auth`
//! (XEP-0078).

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition, ns};

use super::{
    bind::{self, Bound},
    features::Offer,
    header::{Opened, Version},
    legacy::{self, Answered},
    sasl,
};
use crate::{
    ending::Ending,
    router::Router,
    sasl::{Refused, TRIES, exhausted, failure},
    stream::Stream,
};

pub(super) enum Step {
    /// The client expects our handshake.
    StartTls,
    /// Logged in to this account.
    Done(Jid),
    /// Logged in, and a resource bound with it.
    Bound(Bound),
}

pub(super) async fn login(
    stream: &mut Stream,
    router: &Router,
    offer: Offer,
    opened: &Opened,
) -> Result<Step, Ending> {
    let mut failures = 0;
    while failures < TRIES {
        let element = stream.element().await?;
        if let Some(query) = legacy::query(&element) {
            match legacy::answer(&router.config, offer, &opened.id, &element, query) {
                Answered::Form(form) => stream.send_built(form).await?,
                Answered::Refused(error) => {
                    failures += 1;
                    stream.send_built(error).await?;
                }
                Answered::Accepted(jid, success) => {
                    stream.send_built(success).await?;
                    return Ok(Step::Bound(bind::enter(jid, router)));
                }
            }
            continue;
        }
        // What was not offered is not there: it needs version 1.0 (RFC 6120 §4.7.5).
        let xmpp = opened.version == Version::Xmpp;
        if xmpp && element.is("starttls", ns::TLS) {
            return starttls(stream, offer).await;
        }
        if !xmpp || !element.is("auth", ns::SASL) {
            // RFC 6120 §4.9.3.12.
            let text = "log in first";
            return Err(Ending::because(StreamCondition::NotAuthorized, text));
        }
        match sasl::exchange(stream, &router.config, offer, &element).await {
            Ok((account, success)) => {
                stream.send(&success).await?;
                return Ok(Step::Done(account));
            }
            Err(Refused::Stream(ending)) => return Err(ending),
            Err(Refused::Login(condition)) => {
                failures += 1;
                stream.send_built(failure(&condition)).await?;
            }
        }
    }
    Err(exhausted())
}

async fn starttls(stream: &mut Stream, offer: Offer) -> Result<Step, Ending> {
    if offer.starttls {
        stream.send_built(Element::builder("proceed", ns::TLS).build()).await?;
        return Ok(Step::StartTls);
    }
    // RFC 6120 §5.4.2.2: the stream ends with the refusal.
    stream.send_built(Element::builder("failure", ns::TLS).build()).await?;
    Err(Ending::Closed)
}
