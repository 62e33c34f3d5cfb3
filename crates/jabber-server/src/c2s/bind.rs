//! Resource binding (RFC 6120 §7).

use std::sync::Arc;

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition, XmlError, ns};

use crate::{
    ending::Ending,
    outbox::Outbox,
    random,
    router::Router,
    stanza::{Kind, Refused, Stanza},
    stream::Stream,
};

/// A client that may send stanzas.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) jid: Jid,
    pub(super) outbox: Arc<Outbox>,
}

/// Waits until the client has bound a resource, and enters it in the table.
pub(super) async fn bind(
    stream: &mut Stream,
    account: &Jid,
    router: &Router,
) -> Result<Bound, Ending> {
    loop {
        let element = stream.element().await?;
        let request = Stanza { kind: Kind::Iq, from: account.clone(), element };
        let bind = request.element.child("bind", ns::BIND);
        let is_bind = request.element.is("iq", ns::CLIENT) && request.is_type("set");
        let Some(bind) = bind.filter(|_| is_bind) else {
            // RFC 6120 §7.1.
            let text = "bind a resource first";
            return Err(Ending::because(StreamCondition::NotAuthorized, text));
        };
        let wanted = bind.child("resource", ns::BIND).map(|resource| resource.text());
        let jid = match wanted.filter(|wanted| !wanted.is_empty()) {
            Some(wanted) => account.with_resource(&wanted),
            None => account.with_resource(&random::token::<8>()?),
        };
        let Ok(jid) = jid else {
            stream.send_built(request.refusal(Refused::BadRequest)).await?;
            continue;
        };
        stream.send_built(result(&request, &jid)).await?;
        return Ok(enter(jid, router));
    }
}

/// Enters a client in the table: last, so that nothing is routed to it before it knows its address.
pub(super) fn enter(jid: Jid, router: &Router) -> Bound {
    let outbox = Arc::new(Outbox::new(ns::CLIENT, router.config.patience));
    router.table.bind(&jid, &outbox);
    Bound { jid, outbox }
}

fn result(request: &Stanza, jid: &Jid) -> Result<Element, XmlError> {
    Element::builder("iq", ns::CLIENT)
        .attribute("type", "result")
        .attribute_opt("id", request.element.attribute("id"))
        .child("bind", ns::BIND, |bind| bind.child("jid", ns::BIND, |text| text.text(jid.as_str())))
        .build()
}
