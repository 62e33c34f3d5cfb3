//! Which clients are connected.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jabber_jid::Jid;
use jabber_xml::{Element, StreamCondition};

use crate::{ending::Ending, outbox::Outbox};

/// All bound resources. It is asked and changed in moments; nothing waits within.
#[derive(Debug, Default)]
pub(crate) struct Table(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    /// Resources, by the bare JID of their account.
    clients: HashMap<Jid, Vec<Client>>,
}

#[derive(Debug)]
struct Client {
    full: Jid,
    outbox: Arc<Outbox>,
    /// While it is available (RFC 6121 §4.2).
    presence: Option<Presence>,
}

/// What a resource says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Presence {
    pub(crate) priority: i8,
    pub(crate) element: Element,
}

impl Table {
    /// Enters a resource. An older connection with the same one ends (RFC 6120 §7.7.2.2).
    pub(crate) fn bind(&self, full: &Jid, outbox: &Arc<Outbox>) {
        let mut entries = self.lock();
        let clients = entries.clients.entry(full.to_bare()).or_default();
        if let Some(at) = clients.iter().position(|client| client.full == *full) {
            let text = "the resource was bound by a newer connection";
            let older = clients.swap_remove(at);
            older.outbox.end(Ending::because(StreamCondition::Conflict, text));
        }
        let (full, outbox) = (full.clone(), Arc::clone(outbox));
        clients.push(Client { full, outbox, presence: None });
    }

    /// Removes this connection's resource; whether it was available.
    pub(crate) fn unbind(&self, full: &Jid, outbox: &Arc<Outbox>) -> bool {
        let mut entries = self.lock();
        let bare = full.to_bare();
        let Some(clients) = entries.clients.get_mut(&bare) else { return false };
        let own = clients.iter().position(|client| Arc::ptr_eq(&client.outbox, outbox));
        let removed = own.map(|at| clients.swap_remove(at));
        if clients.is_empty() {
            entries.clients.remove(&bare);
        }
        removed.is_some_and(|client| client.presence.is_some())
    }

    /// Sets or removes a resource's presence; returns the one before.
    pub(crate) fn set_presence(
        &self,
        full: &Jid,
        outbox: &Arc<Outbox>,
        presence: Option<Presence>,
    ) -> Option<Presence> {
        let mut entries = self.lock();
        let clients = entries.clients.get_mut(&full.to_bare())?;
        let own = clients.iter_mut().find(|client| Arc::ptr_eq(&client.outbox, outbox))?;
        std::mem::replace(&mut own.presence, presence)
    }

    /// The connection with exactly that JID.
    pub(crate) fn resource(&self, full: &Jid) -> Option<Arc<Outbox>> {
        let entries = self.lock();
        let clients = entries.clients.get(&full.to_bare())?;
        let client = clients.iter().find(|client| client.full == *full)?;
        Some(Arc::clone(&client.outbox))
    }

    /// The available resources of an account, with their presences.
    pub(crate) fn available(&self, bare: &Jid) -> Vec<(Jid, Arc<Outbox>, Presence)> {
        let entries = self.lock();
        let clients = entries.clients.get(bare).into_iter().flatten();
        let available = clients.filter_map(|client| {
            let presence = client.presence.clone()?;
            Some((client.full.clone(), Arc::clone(&client.outbox), presence))
        });
        available.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
