//! What goes to whom.

use jabber_jid::Jid;

use crate::{
    config::Config,
    outbox::Outbox,
    services,
    stanza::{Kind, Refused, Stanza},
    table::Table,
};

/// What all connections of a server share.
#[derive(Debug)]
pub(crate) struct Router {
    pub(crate) config: Config,
    pub(crate) table: Table,
}

impl Router {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, table: Table::default() }
    }

    /// Delivers a stanza, or answers it, or tells the sender why not. Waits while the receiver has
    /// no room.
    pub(crate) async fn route(&self, stanza: &Stanza, to: &str, sender: &Outbox) {
        let delivered = match Jid::new(to) {
            Ok(to) => self.deliver(stanza, &to, sender).await,
            Err(_) => Err(Refused::JidMalformed),
        };
        if let Err(refused) = delivered {
            refuse(stanza, refused, sender).await;
        }
    }

    async fn deliver(&self, stanza: &Stanza, to: &Jid, sender: &Outbox) -> Result<(), Refused> {
        let domain = to.to_domain();
        if self.config.components.contains_key(&domain) {
            let component = self.table.component(&domain).ok_or(Refused::ServiceUnavailable)?;
            return pass(stanza, &component).await;
        }
        if domain != self.config.domain {
            return Err(Refused::RemoteServerNotFound);
        }
        if to.resource().is_some() && to.local().is_some() {
            // RFC 6121 §8.5.3.
            let client = self.table.resource(to).ok_or(Refused::ServiceUnavailable)?;
            return pass(stanza, &client).await;
        }
        match stanza.kind {
            // RFC 6121 §8.5.2.1.3: the server answers on behalf of the account.
            Kind::Iq => services::serve(self, stanza, to, sender).await,
            Kind::Message => self.message_to_account(stanza, to).await,
            Kind::Presence => self.presence_to_account(stanza, to).await,
        }
    }

    /// RFC 6121 §8.5.2.1.1: to every available resource that wants messages.
    async fn message_to_account(&self, stanza: &Stanza, bare: &Jid) -> Result<(), Refused> {
        // A room's messages are for occupants, never for an account as such.
        if stanza.is_type("groupchat") {
            return Err(Refused::ServiceUnavailable);
        }
        let mut delivered = Err(Refused::ServiceUnavailable);
        for (_, client, presence) in self.table.available(bare) {
            if presence.priority >= 0 && pass(stanza, &client).await.is_ok() {
                delivered = Ok(());
            }
        }
        // A headline that nobody reads is no failure.
        if stanza.is_type("headline") { Ok(()) } else { delivered }
    }

    /// RFC 6121 §8.5.2.1.2.
    async fn presence_to_account(&self, stanza: &Stanza, bare: &Jid) -> Result<(), Refused> {
        for (_, client, _) in self.table.available(bare) {
            pass(stanza, &client).await?;
        }
        Ok(())
    }
}

async fn pass(stanza: &Stanza, to: &Outbox) -> Result<(), Refused> {
    to.send(&stanza.element).await.map_err(|_| Refused::ServiceUnavailable)
}

/// Tells the sender, if the stanza is of a sort that wants it.
pub(crate) async fn refuse(stanza: &Stanza, refused: Refused, sender: &Outbox) {
    if stanza.wants_errors()
        && let Ok(refusal) = stanza.refusal(refused)
    {
        // A sender that is gone needs no answer.
        let _ = sender.send(&refusal).await;
    }
}
