//! Presence that a client sends to nobody in particular (RFC 6121 §4).
//!
//! There are no subscriptions, so it goes to the account's own resources.

use jabber_xml::{Element, ns};

use super::bind::Bound;
use crate::{outbox::Outbox, router::Router, stanza::Stanza, table::Presence};

pub(super) async fn broadcast(router: &Router, client: &Bound, stanza: &Stanza) {
    let Bound { jid, outbox } = client;
    let own = jid.to_bare();
    if stanza.is_type("unavailable") {
        if router.table.set_presence(jid, outbox, None).is_some() {
            to_account(router, client, &stanza.element).await;
        }
        return;
    }
    if stanza.element.attribute("type").is_some() {
        // Subscriptions and probes without an address have no meaning.
        return;
    }
    let priority = stanza.element.child("priority", ns::CLIENT);
    // RFC 6121 §4.7.2.3: 0 if there is none; what is no number is as good as none.
    let priority = priority.and_then(|text| text.text().trim().parse().ok()).unwrap_or(0);
    let element = stanza.element.clone().compact();
    let before = router.table.set_presence(jid, outbox, Some(Presence { priority, element }));
    if before.is_none() {
        // RFC 6121 §4.3.2: who comes learns who is there.
        for (_, _, other) in router.table.available(&own).into_iter().filter(|o| o.0 != *jid) {
            send(outbox, &other.element, jid.as_str()).await;
        }
    }
    // RFC 6121 §4.2.2: to all, the one that sent it included.
    to_account(router, client, &stanza.element).await;
}

/// RFC 6121 §4.5.2: the server says so for a client that is gone.
pub(super) async fn ended(router: &Router, client: &Bound) {
    let Bound { jid, outbox } = client;
    if !router.table.unbind(jid, outbox) {
        return;
    }
    let gone = Element::builder("presence", ns::CLIENT)
        .attribute("from", jid.as_str())
        .attribute("type", "unavailable");
    if let Ok(gone) = gone.build() {
        to_account(router, client, &gone).await;
    }
}

async fn to_account(router: &Router, client: &Bound, presence: &Element) {
    let own = client.jid.to_bare();
    for (_, outbox, _) in router.table.available(&own) {
        send(&outbox, presence, own.as_str()).await;
    }
}

async fn send(outbox: &Outbox, presence: &Element, to: &str) {
    if let Ok(presence) = presence.with_attribute("to", to) {
        // Whoever is gone misses nothing.
        let _ = outbox.send(&presence).await;
    }
}
