use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    hash::BuildHasher as _,
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

/// The requests that have not ended.
///
/// Tickets and deadlines grow, and most answers come in the order of their questions: so the trees are
/// touched at their ends, and of a hundred thousand requests most need not be in the processor's caches.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    pending: BTreeMap<RequestId, Pending>,
    /// By the hash of their `id`, of which no two are the same.
    by_id: HashMap<u64, RequestId, FixedState>,
    deadlines: BTreeSet<(Duration, RequestId)>,
}

#[derive(Debug)]
struct Pending {
    /// What it goes out with.
    id: Box<str>,
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
    Other(Box<(Box<str>, Box<str>)>),
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
        if self.by_id.capacity() == 0 {
            self.seed(entropy);
        }
        let own = stanza.attribute("id").filter(|id| !id.is_empty() && !self.is_in_use(id));
        let (id, stanza) = match own.map(|id| Box::from(&*id)) {
            Some(own) => (own, stanza),
            None => {
                let id = self.fresh(entropy);
                match stanza.with_attribute("id", &id) {
                    Ok(stanza) => (id, stanza),
                    Err(error) => return Err((stanza, SendErrorReason::Xml(error))),
                }
            }
        };
        self.by_id.insert(self.hash(&id), request);
        self.pending.insert(request, Pending { id, kind, asked, deadline, sent: false });
        self.deadlines.insert((deadline, request));
        Ok(stanza)
    }

    /// An id that is not in use, even where what is drawn is.
    fn fresh(&self, entropy: &mut dyn Entropy) -> Box<str> {
        let drawn = fresh_id(entropy);
        if !self.is_in_use(&drawn) {
            return drawn.into_boxed_str();
        }
        // One more than there are requests: one of them is free.
        let mut numbered = (0..=self.len()).map(|number| format!("{drawn}-{number}"));
        numbered.find(|id| !self.is_in_use(id)).unwrap_or(drawn).into_boxed_str()
    }

    /// The user's own ids may be what strangers have chosen, to make their hashes meet.
    fn seed(&mut self, entropy: &mut dyn Entropy) {
        let mut seed = [0; 8];
        entropy.fill(&mut seed);
        self.by_id = HashMap::with_hasher(FixedState::with_seed(u64::from_le_bytes(seed)));
    }

    fn hash(&self, id: &str) -> u64 {
        self.by_id.hasher().hash_one(id)
    }

    /// An id whose hash another one has counts as in use too, so that each hash is one request's.
    fn is_in_use(&self, id: &str) -> bool {
        self.by_id.contains_key(&self.hash(id))
    }

    pub(crate) fn sent(&mut self, request: RequestId) {
        if let Some(pending) = self.pending.get_mut(&request) {
            pending.sent = true;
        }
    }

    pub(crate) fn id_of(&self, request: RequestId) -> Option<&str> {
        self.pending.get(&request).map(|pending| &*pending.id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// The request that a stanza answers, which ends with it: its `id`, its kind and who it comes
    /// from all have to fit (RFC 6120 §8.1.2.1, §8.2.3).
    pub(crate) fn answered(&mut self, stanza: &Element, own: &Identity) -> Option<RequestId> {
        let (request, pending) = self.asked_by(stanza)?;
        let fits = pending.is_kind(stanza) && pending.is_from(stanza, own);
        fits.then(|| self.end(request)).flatten()
    }

    /// The request that the router answers itself (see `Inbound::Reply`): what comes back is
    /// addressed as what went out, so only `id` and kind can be checked.
    pub(crate) fn replied(&mut self, stanza: &Element) -> Option<RequestId> {
        let (request, pending) = self.asked_by(stanza)?;
        let fits = pending.kind == Kind::of(stanza);
        fits.then(|| self.end(request)).flatten()
    }

    /// The request on the wire that has the stanza's `id`.
    fn asked_by(&self, stanza: &Element) -> Option<(RequestId, &Pending)> {
        let id = stanza.attribute("id")?;
        let request = *self.by_id.get(&self.hash(&id))?;
        let pending = self.pending.get(&request)?;
        (pending.sent && *pending.id == *id).then_some((request, pending))
    }

    /// Ends a request; `None` where it has ended before.
    pub(crate) fn end(&mut self, request: RequestId) -> Option<RequestId> {
        let pending = self.pending.remove(&request)?;
        self.by_id.remove(&self.hash(&pending.id));
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
        let sent = self.pending.iter().filter(|(_, pending)| pending.sent);
        sent.map(|(request, _)| *request).collect()
    }
}

impl Kind {
    fn of(stanza: &Element) -> Self {
        let (name, namespace) = (stanza.name(), stanza.namespace());
        match (name, namespace == ns::CLIENT) {
            ("iq", true) => Self::Iq,
            ("message", true) => Self::Message,
            ("presence", true) => Self::Presence,
            _ => Self::Other(Box::new((name.into(), namespace.into()))),
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
                Kind::Other(_) => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// One that draws the same again and again.
    struct Stuck;

    impl Entropy for Stuck {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn ping(id: Option<&str>) -> Element {
        let ping = Element::builder("iq", ns::CLIENT).attribute("type", "get");
        ping.attribute("to", "b@c").attribute_opt("id", id).build().unwrap()
    }

    #[test]
    fn each_has_an_id_of_its_own_and_gets_its_own_answer() {
        let own = Identity::new("a@b/c".parse().unwrap());
        let mut requests = Requests::default();
        let ids: Vec<_> = (0..100)
            .map(|number| {
                // The user's own is in use from the second on, and what is drawn from the third.
                let request = RequestId(Ticket(number));
                let id = (number % 2 == 0).then_some("mine");
                let sent = requests.begin(ping(id), request, Duration::MAX, &mut Stuck).unwrap();
                requests.sent(request);
                sent.attribute("id").unwrap().into_owned()
            })
            .collect();
        assert_eq!(ids[0], "mine");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 100);
        for (number, id) in ids.iter().enumerate().rev() {
            let answer = format!("<iq type='result' from='b@c' id='{id}'/>").parse().unwrap();
            let answered = requests.answered(&answer, &own);
            assert_eq!(answered, Some(RequestId(Ticket(number as u64))), "{id}");
            assert_eq!(requests.answered(&answer, &own), None, "a second time");
        }
        assert!(requests.is_empty() && requests.by_id.is_empty() && requests.deadlines.is_empty());
    }
}
