//! Until a client is logged in: STARTTLS (RFC 6120 §5) and SASL (RFC 6120 §6).

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition, ns};

use super::{
    features::Offer,
    sasl::{self, Refused},
};
use crate::{config::Config, ending::Ending, stream::Stream};

/// RFC 6120 §6.4.5 asks for at least two tries, and for a bound.
const TRIES: u32 = 5;

pub(super) enum Step {
    /// The client expects our handshake.
    StartTls,
    /// Logged in to this account.
    Done(Jid),
}

pub(super) async fn login(
    stream: &mut Stream,
    config: &Config,
    offer: Offer,
) -> Result<Step, Ending> {
    for _ in 0..TRIES {
        let element = stream.element().await?;
        if element.is("starttls", ns::TLS) {
            return starttls(stream, offer).await;
        }
        if !element.is("auth", ns::SASL) {
            // RFC 6120 §4.9.3.12.
            let text = "log in first";
            return Err(Ending::because(StreamCondition::NotAuthorized, text));
        }
        match sasl::exchange(stream, config, offer, &element).await {
            Ok((account, success)) => {
                stream.send(&success).await?;
                return Ok(Step::Done(account));
            }
            Err(Refused::Stream(ending)) => return Err(ending),
            Err(Refused::Login(condition)) => {
                let failure = Element::builder("failure", ns::SASL)
                    .child(condition.as_str(), ns::SASL, |condition| condition)
                    .build();
                stream.send_built(failure).await?;
            }
        }
    }
    Err(Ending::because(StreamCondition::PolicyViolation, "too many failed logins"))
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
