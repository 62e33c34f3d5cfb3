use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
    time::Duration,
};

use foldhash::fast::FixedState;
use jabber_dialect::{Identity, fresh_id};
use jabber_jid::Jid;
use jabber_security::Entropy;
use jabber_xml::{Element, ns};

use crate::{SendErrorReason, queue::Ticket};

/// Names one request of a connection; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub(crate) Ticket);

/// How a request ends; it ends exactly once.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RequestEnd {
    /// With its answer.
    Answer(Element),
    /// With an answer of type `error`: read it with
    /// [`StanzaError::of`](jabber_dialect::StanzaError::of).
    Error(Element),
    /// Without an answer.
    Unanswered(RequestEndKind),
}

/// How a request ends that gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestEndKind {
    /// Its time ran out; an answer that comes later is a stanza like any other.
    TimedOut,
    /// The connection it was sent on is gone. Whether the peer acted on it is not known.
    Disconnected,
    /// Nobody waits for it any more, or it was taken out of the queue.
    Cancelled,
}

impl fmt::Display for RequestEndKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "timeout",
            Self::Disconnected => "disconnected",
            Self::Cancelled => "cancelled",
        })
    }
}

/// Seeded before the first request: the user's own ids may be what strangers have chosen.
type Map<K, V> = HashMap<K, V, FixedState>;

/// The requests that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    by_id: Map<Arc<str>, Pending>,
    ids: Map<RequestId, Arc<str>>,
    deadlines: BTreeSet<(Duration, RequestId)>,
}

#[derive(Debug)]
struct Pending {
    request: RequestId,
    kind: Kind,
    /// Who was asked; `None` where `to` was empty.
    asked: Option<Jid>,
    deadline: Duration,
    sent: bool,
}

/// What was sent, by its expanded name.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Iq,
    Message,
    Presence,
    /// Something else that the dialect can ask.
    Other(Box<str>, Box<str>),
}

impl Requests {
    /// Takes a request in and gives it the `id` it goes out with: the user's, unless it is in use.
    pub(crate) fn begin(
        &mut self,
        stanza: Element,
        request: RequestId,
        deadline: Duration,
        entropy: &mut dyn Entropy,
    ) -> Result<Element, (Element, SendErrorReason)> {
        let asked = match stanza.attribute("to").map(|to| to.parse::<Jid>()).transpose() {
            Ok(asked) => asked,
            Err(error) => return Err((stanza, SendErrorReason::To(error))),
        };
        // Before it gets its `id`: the copy would have to be read anew.
        let kind = Kind::of(&stanza);
        let own = stanza.attribute("id").filter(|id| !id.is_empty()).map(|id| Arc::from(&*id));
        let (id, stanza) = match own {
            Some(id) if !self.by_id.contains_key(&id) => (id, stanza),
            _ => {
                let id: Arc<str> = fresh_id(entropy).into();
                match stanza.with_attribute("id", &id) {
                    Ok(stanza) => (id, stanza),
                    Err(error) => return Err((stanza, SendErrorReason::Xml(error))),
                }
            }
        };
        let pending = Pending { request, kind, asked, deadline, sent: false };
        if self.by_id.capacity() == 0 {
            self.seed(entropy);
        }
        self.by_id.insert(Arc::clone(&id), pending);
        self.ids.insert(request, id);
        self.deadlines.insert((deadline, request));
        Ok(stanza)
    }

    fn seed(&mut self, entropy: &mut dyn Entropy) {
        let mut seed = [0; 8];
        entropy.fill(&mut seed);
        let state = FixedState::with_seed(u64::from_le_bytes(seed));
        self.by_id = Map::with_hasher(state.clone());
        self.ids = Map::with_hasher(state);
    }

    pub(crate) fn sent(&mut self, request: RequestId) {
        if let Some(pending) = self.ids.get(&request).and_then(|id| self.by_id.get_mut(id)) {
            pending.sent = true;
        }
    }

    pub(crate) fn id_of(&self, request: RequestId) -> Option<&str> {
        self.ids.get(&request).map(|id| &**id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The request that a stanza answers, which ends with it: its `id`, its kind and who it comes
    /// from all have to fit (RFC 6120 §8.1.2.1, §8.2.3).
    pub(crate) fn answered(&mut self, stanza: &Element, own: &Identity) -> Option<RequestId> {
        let id = stanza.attribute("id")?;
        let pending = self.by_id.get(&*id)?;
        let fits = pending.sent && pending.is_kind(stanza) && pending.is_from(stanza, own);
        let request = pending.request;
        fits.then(|| self.end(request)).flatten()
    }

    /// The request that the router answers itself (see `Inbound::Reply`): what comes back is
    /// addressed as what went out, so only `id` and kind can be checked.
    pub(crate) fn replied(&mut self, stanza: &Element) -> Option<RequestId> {
        let id = stanza.attribute("id")?;
        let pending = self.by_id.get(&*id)?;
        let fits = pending.sent && pending.kind == Kind::of(stanza);
        let request = pending.request;
        fits.then(|| self.end(request)).flatten()
    }

    /// Ends a request; `None` where it has ended before.
    pub(crate) fn end(&mut self, request: RequestId) -> Option<RequestId> {
        let pending = self.by_id.remove(&self.ids.remove(&request)?)?;
        self.deadlines.remove(&(pending.deadline, request));
        Some(request)
    }

    /// Ends one request whose time has run out.
    pub(crate) fn timed_out(&mut self, now: Duration) -> Option<RequestId> {
        let &(deadline, request) = self.deadlines.first()?;
        (deadline <= now).then(|| self.end(request)).flatten()
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.deadlines.first().map(|&(deadline, _)| deadline)
    }

    /// The requests that are on the wire, the oldest first.
    pub(crate) fn on_the_wire(&self) -> Vec<RequestId> {
        let sent = self.by_id.values().filter(|pending| pending.sent);
        let mut requests: Vec<_> = sent.map(|pending| pending.request).collect();
        requests.sort_unstable();
        requests
    }
}

impl Kind {
    fn of(stanza: &Element) -> Self {
        let (name, namespace) = (stanza.name(), stanza.namespace());
        match (name, namespace == ns::CLIENT) {
            ("iq", true) => Self::Iq,
            ("message", true) => Self::Message,
            ("presence", true) => Self::Presence,
            _ => Self::Other(name.into(), namespace.into()),
        }
    }
}

impl Pending {
    fn is_kind(&self, stanza: &Element) -> bool {
        self.kind == Kind::of(stanza)
            && match self.kind {
                Kind::Iq => {
                    matches!(stanza.attribute("type").as_deref(), Some("result" | "error"))
                }
                Kind::Message | Kind::Presence => true,
                Kind::Other(..) => false,
            }
    }

    fn is_from(&self, stanza: &Element, own: &Identity) -> bool {
        let from = stanza.attribute("from");
        // Mostly it is written as we have asked it.
        if let (Some(from), Some(asked)) = (&from, &self.asked)
            && *from == *asked.as_str()
        {
            return true;
        }
        let from = match from.map(|from| from.parse::<Jid>()).transpose() {
            Ok(from) => from,
            // An address that is none is nobody's.
            Err(_) => return false,
        };
        let bare = own.jid.to_bare();
        // RFC 6120 §8.1.2.1: who asks its own account gets the answer without `from`, or from the
        // account, or from the server.
        if self.asked.as_ref().is_none_or(|asked| *asked == bare) {
            return from.is_none_or(|from| from == bare || from == bare.to_domain());
        }
        from.is_some() && from == self.asked
    }
}
