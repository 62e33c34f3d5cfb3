//! Names that a component gets, and gives back.

use jabber_jid::Jid;
use jabber_xml::{Element, ns};

use super::Routed;
use crate::ending::Ending;

/// A connection may have so many names.
const NAMES: usize = 256;

/// Why a name is not bound, as the protocol numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// No name, or none that could be one.
    BadRequest,
    /// The user may not.
    Forbidden,
    /// It was not bound here.
    NotFound,
    /// Somebody else has it.
    Conflict,
}

impl Refused {
    const fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "400",
            Self::Forbidden => "403",
            Self::NotFound => "404",
            Self::Conflict => "409",
        }
    }
}

impl Routed<'_> {
    /// `<bind/>`: comes back without the name, or with an error code.
    pub(super) async fn bind(&mut self, element: Element) -> Result<(), Ending> {
        let mut change = self.router.names.change().await;
        let [log, default] =
            ["log", "default"].map(|name| element.child(name, ns::JABBERD20_COMPONENT).is_some());
        let shared = element.attribute("multi").is_some();
        let name = self.permitted(&element, log || default).and_then(|name| {
            let free = change.is_free(&name, shared) && !self.names.contains(&name);
            let taken = default && self.router.names.default().is_some();
            if free && !taken { Ok(name) } else { Err(Refused::Conflict) }
        });
        let name = match name {
            Ok(name) => name,
            Err(refused) => return self.refuse(&element, refused).await,
        };
        // First, so that no route comes before it.
        self.peer.outbox().send(&element.without_attribute("name")).await?;
        self.names.insert(name.clone());
        if log {
            change.add_log(&self.peer);
        }
        if default {
            change.set_default(&self.peer);
        }
        let first = change.insert(&name, &self.peer, shared);
        change.tell_names(&self.peer).await;
        if first {
            change.announce_bound(&name, &self.peer).await;
        }
        Ok(())
    }

    /// The name, if the user may have it.
    fn permitted(&self, element: &Element, special: bool) -> Result<Jid, Refused> {
        let name = element.attribute("name").and_then(|name| Jid::new(&name).ok());
        let name = name.filter(|name| name.local().is_none() && name.resource().is_none());
        let name = name.ok_or(Refused::BadRequest)?;
        let user = &self.user;
        let own = !special && name.as_str() == user.name;
        let permitted = (own || user.binds_anything) && self.names.len() < NAMES;
        if permitted { Ok(name) } else { Err(Refused::Forbidden) }
    }

    /// `<unbind/>`: the same.
    pub(super) async fn unbind(&mut self, element: Element) -> Result<(), Ending> {
        let name = element.attribute("name").and_then(|name| Jid::new(&name).ok());
        let Some(name) = name.filter(|name| self.names.contains(name)) else {
            return self.refuse(&element, Refused::NotFound).await;
        };
        self.router.names.change().await.unbind(&name, &self.peer).await;
        // After that, so that a connection that ends in the middle gives the name back all the same.
        self.names.remove(&name);
        Ok(self.peer.outbox().send(&element.without_attribute("name")).await?)
    }

    async fn refuse(&self, element: &Element, refused: Refused) -> Result<(), Ending> {
        let answer = element.with_attribute("error", refused.code())?;
        Ok(self.peer.outbox().send(&answer).await?)
    }
}
