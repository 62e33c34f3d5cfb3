//! Which component has which name.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jabber_jid::Jid;
use jabber_xml::{Element, ns};

use crate::{
    peer::{Dialect, Peer},
    random,
};

/// All names that are bound. It is asked in moments; changes come one after another.
#[derive(Debug)]
pub(crate) struct Names {
    entries: Mutex<Entries>,
    /// Held through a change and what is said about it, so that all hear of changes in their order.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Entries {
    bound: HashMap<Jid, Name>,
    /// Gets what is for names that nobody has bound.
    default: Option<Arc<Peer>>,
    /// Get a copy of every route.
    logs: Vec<Arc<Peer>>,
    /// Those that speak the router's protocol, with names or without.
    routed: Vec<Arc<Peer>>,
}

#[derive(Debug, Default)]
struct Name {
    /// Several connections may have it (`multi`).
    shared: bool,
    /// Empty for the server's own.
    peers: Vec<Arc<Peer>>,
}

impl Names {
    /// The server's own domain is bound from the start.
    pub(crate) fn new(domain: &Jid) -> Self {
        let bound = HashMap::from([(domain.clone(), Name::default())]);
        let entries = Entries { bound, ..Entries::default() };
        Self { entries: Mutex::new(entries), changing: tokio::sync::Mutex::default() }
    }

    /// A connection that has that name. Of several, the same user's stanzas always go to the same
    /// one, and those that are for no user to any.
    pub(crate) fn find(&self, name: &Jid, local: Option<&str>) -> Option<Arc<Peer>> {
        let entries = self.lock();
        let peers = &entries.bound.get(name)?.peers;
        let [_, _, ..] = peers.as_slice() else { return peers.first().map(Arc::clone) };
        let at = match local {
            Some(local) => {
                let mut hasher = DefaultHasher::new();
                local.hash(&mut hasher);
                hasher.finish()
            }
            // Without random numbers one is as good as another.
            None => random::bytes().map(u64::from_ne_bytes).unwrap_or_default(),
        };
        let at = usize::try_from(at % peers.len() as u64).unwrap_or_default();
        peers.get(at).map(Arc::clone)
    }

    pub(crate) fn is_bound(&self, name: &Jid) -> bool {
        self.lock().bound.contains_key(name)
    }

    pub(crate) fn default(&self) -> Option<Arc<Peer>> {
        self.lock().default.clone()
    }

    pub(crate) fn logs(&self) -> Vec<Arc<Peer>> {
        self.lock().logs.clone()
    }

    /// All others on the router, each once.
    pub(crate) fn others(&self, than: &Arc<Peer>) -> Vec<Arc<Peer>> {
        let entries = self.lock();
        entries.routed.iter().filter(|peer| !Arc::ptr_eq(peer, than)).map(Arc::clone).collect()
    }

    /// Enters a connection that has no names yet.
    pub(crate) fn join(&self, peer: &Arc<Peer>) {
        self.lock().routed.push(Arc::clone(peer));
    }

    /// Waits for the right to change something.
    pub(crate) async fn change(&self) -> Change<'_> {
        Change { names: self, _changing: self.changing.lock().await }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing panics while it is held.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to change names. Nobody else changes any while it lives.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    names: &'a Names,
    _changing: tokio::sync::MutexGuard<'a, ()>,
}

impl Change<'_> {
    /// Whether a connection that does not have that name may bind it.
    pub(crate) fn is_free(&self, name: &Jid, shared: bool) -> bool {
        let entries = self.names.lock();
        entries.bound.get(name).is_none_or(|bound| shared && bound.shared)
    }

    /// Enters a name that is free; whether nobody had it. Nothing waits within, so that whoever is
    /// cancelled has entered it wholly or not at all.
    pub(crate) fn insert(&mut self, name: &Jid, peer: &Arc<Peer>, shared: bool) -> bool {
        let mut entries = self.names.lock();
        let bound = entries.bound.entry(name.clone()).or_default();
        bound.shared = shared;
        bound.peers.push(Arc::clone(peer));
        bound.peers.len() == 1
    }

    /// Tells the connection of all names that others have, each time again: jabberd2 does so.
    pub(crate) async fn tell_names(&self, peer: &Arc<Peer>) {
        let others: Vec<_> = {
            let entries = self.names.lock();
            let others = entries.bound.iter().filter(|(_, bound)| !bound.is_of(peer));
            others.map(|(name, _)| name.clone()).collect()
        };
        for other in others {
            tell(peer, &other, None).await;
        }
    }

    /// Tells the others of a name that was entered.
    pub(crate) async fn announce_bound(&self, name: &Jid, peer: &Arc<Peer>) {
        self.announce(name, peer, None).await;
    }

    /// Removes a name from a connection, and tells the others if nobody else has it.
    pub(crate) async fn unbind(&mut self, name: &Jid, peer: &Arc<Peer>) {
        let last = {
            let mut entries = self.names.lock();
            let Some(bound) = entries.bound.get_mut(name) else { return };
            bound.peers.retain(|other| !Arc::ptr_eq(other, peer));
            let last = bound.peers.is_empty();
            if last {
                entries.bound.remove(name);
            }
            last
        };
        if last {
            self.announce(name, peer, Some("unavailable")).await;
        }
    }

    /// Makes it the one that gets what nobody has bound; there is one at most.
    pub(crate) fn set_default(&mut self, peer: &Arc<Peer>) {
        self.names.lock().default = Some(Arc::clone(peer));
    }

    pub(crate) fn add_log(&mut self, peer: &Arc<Peer>) {
        let logs = &mut self.names.lock().logs;
        if !logs.iter().any(|log| Arc::ptr_eq(log, peer)) {
            logs.push(Arc::clone(peer));
        }
    }

    /// Removes what a connection is besides its names.
    pub(crate) fn leave(&mut self, peer: &Arc<Peer>) {
        let mut entries = self.names.lock();
        entries.default.take_if(|default| Arc::ptr_eq(default, peer));
        entries.logs.retain(|log| !Arc::ptr_eq(log, peer));
        entries.routed.retain(|other| !Arc::ptr_eq(other, peer));
    }

    /// Once for each name that the other has: so does jabberd2.
    async fn announce(&self, name: &Jid, of: &Arc<Peer>, kind: Option<&str>) {
        let others: Vec<_> = {
            let entries = self.names.lock();
            let peers = entries.bound.values().flat_map(|bound| &bound.peers);
            let others = peers.filter(|peer| !Arc::ptr_eq(peer, of));
            others.filter(|peer| peer.dialect() == Dialect::Router).map(Arc::clone).collect()
        };
        for other in others {
            tell(&other, name, kind).await;
        }
    }
}

impl Name {
    fn is_of(&self, peer: &Arc<Peer>) -> bool {
        self.peers.iter().any(|other| Arc::ptr_eq(other, peer))
    }
}

async fn tell(peer: &Peer, name: &Jid, kind: Option<&str>) {
    let presence = Element::builder("presence", ns::JABBERD20_COMPONENT)
        .attribute("from", name.as_str())
        .attribute_opt("type", kind);
    if let Ok(presence) = presence.build() {
        // Whoever is gone misses nothing.
        let _ = peer.outbox().send(&presence).await;
    }
}
