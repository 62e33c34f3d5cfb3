use std::{any::Any, error::Error, fmt, sync::Arc, time::Duration};

use jabber_dialect::{Identity, Redacted, Redaction, Retry};
use jabber_security::Security;
use jabber_status::{Kind, Phase, Stamp, StatusEvent, debug_len};
use jabber_xml::{Element, StreamHeader};

use crate::{Error as ConnectionError, RequestEndKind, RequestId, SharedError, Stopped};

/// A status that the connection itself fires; the dialect's steps have event types of their own.
#[derive(Clone, Debug)]
pub struct Event {
    stamp: Stamp,
    kind: Kind,
    detail: Detail,
}

/// What an [`Event`] tells beside its kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Detail {
    /// Nothing more.
    None,
    /// The stream header that we sent (STREAMSTART, NODESENT).
    Header(StreamHeader),
    /// A node (NODESENT, NODERECEIVED, NODEQUEUED); its `Display` is redacted.
    Node(Node),
    /// How the pipe is protected (CONNECTED, TLS_ESTABLISHED).
    Security(Security),
    /// Who we are (INIT_FINISHED).
    Ready(Identity),
    /// A request's node or answer (RTS_START, RTS_FINISH).
    Request(RequestId, Node),
    /// How a request ended without an answer (REQUEST_ENDED).
    RequestEnded(RequestId, RequestEndKind),
    /// How long the pause is before the next attempt, and what ended the last one (RECONNECT_WAIT).
    Pause(Pause),
    /// Where the server has sent us, in its words (REDIRECT).
    Redirect(Elsewhere),
    /// Why there is no further attempt, and what ended the last one (RECONNECT_STOPPED).
    Stopped(Stopped, SharedError),
    /// What went wrong, and whether another attempt can succeed (every error).
    Failed(SharedError, Retry),
}

/// A pause before the next attempt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pause {
    /// How long it is.
    pub length: Duration,
    /// The attempts that have failed in a row, this one among them.
    pub failures: u32,
    /// What ended the last one.
    pub why: SharedError,
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s, because {}", self.length.as_secs_f32(), self.why)
    }
}

/// Where a server sends its client: `host`, `host:port` or `[address]:port` (RFC 6120 §4.9.3.19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere(pub(crate) Arc<str>);

impl Elsewhere {
    /// In the server's words, unchecked.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// With what would command a terminal escaped.
impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to {}", self.0.escape_debug())
    }
}

/// A node as an event shows it.
#[derive(Clone, Debug)]
pub struct Node {
    element: Element,
    redaction: Redaction,
}

impl Node {
    pub(crate) const fn new(element: Element, redaction: Redaction) -> Self {
        Self { element, redaction }
    }

    /// The element itself, **with its secrets**: what an observer does with them is its own
    /// responsibility.
    #[must_use]
    pub const fn dangerous_element(&self) -> &Element {
        &self.element
    }
}

/// The node's text on the wire, secrets redacted.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Redacted::new(&self.element, self.redaction).fmt(f)
    }
}

impl Event {
    pub(crate) const fn new(stamp: Stamp, kind: Kind, detail: Detail) -> Self {
        Self { stamp, kind, detail }
    }

    /// An owned copy that does not keep a read buffer alive: for who keeps it.
    #[must_use]
    pub fn to_compact(&self) -> Self {
        let compact = |node: &Node| Node::new(node.element.clone().compact(), node.redaction);
        let detail = match &self.detail {
            Detail::Node(node) => Detail::Node(compact(node)),
            Detail::Request(request, node) => Detail::Request(*request, compact(node)),
            detail => detail.clone(),
        };
        Self { detail, ..*self }
    }

    /// What it tells beside its kind.
    #[must_use]
    pub const fn typed(&self) -> &Detail {
        &self.detail
    }
}

impl StatusEvent for Event {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn phase(&self) -> Phase {
        self.stamp.phase
    }

    fn attempt(&self) -> u32 {
        self.stamp.attempt
    }

    fn dialect(&self) -> &'static str {
        self.stamp.dialect
    }

    fn node(&self) -> Option<&dyn fmt::Display> {
        match &self.detail {
            Detail::Node(node) | Detail::Request(_, node) => Some(node),
            // A STREAMSTART only tells that there is a stream; its node is the NODESENT's.
            Detail::Header(header) if self.kind == jabber_status::Status::NodeSent.into() => {
                Some(header)
            }
            _ => None,
        }
    }

    fn detail(&self) -> Option<&dyn fmt::Display> {
        match &self.detail {
            Detail::Security(security) => Some(security),
            Detail::Ready(identity) => Some(identity),
            Detail::RequestEnded(_, end) => Some(end),
            Detail::Failed(error, _) => Some(error),
            Detail::Pause(pause) => Some(pause),
            Detail::Redirect(elsewhere) => Some(elsewhere),
            Detail::Stopped(why, _) => Some(why),
            Detail::None | Detail::Header(_) | Detail::Node(_) | Detail::Request(..) => None,
        }
    }

    fn error(&self) -> Option<&(dyn Error + 'static)> {
        match &self.detail {
            Detail::Failed(error, _) | Detail::Stopped(_, error) => Some(&**error),
            _ => None,
        }
    }

    fn memory(&self) -> usize {
        match &self.detail {
            Detail::Node(node) | Detail::Request(_, node) => node.element.memory(),
            // These few may tell at length what a peer has said, each in a type of its own.
            Detail::Failed(error, _) | Detail::Stopped(_, error) => error_memory(&**error),
            Detail::Pause(pause) => error_memory(&*pause.why),
            Detail::Ready(identity) => identity.memory(),
            Detail::Redirect(elsewhere) => elsewhere.as_str().len(),
            Detail::None | Detail::Header(_) | Detail::Security(_) | Detail::RequestEnded(..) => 0,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}

fn error_memory(error: &(dyn Error + 'static)) -> usize {
    let nodes = match error.downcast_ref::<ConnectionError>() {
        Some(ConnectionError::Stream { error, .. }) => {
            error.application().map_or(0, Element::memory)
        }
        _ => 0,
    };
    nodes.saturating_add(debug_len(error))
}
