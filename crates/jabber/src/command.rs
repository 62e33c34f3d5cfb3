use std::time::Duration;

use jabber_connection::{Accepted, AlreadyConnected, NotReady, Purged, Returned, SendError};
use jabber_xml::Element;
use tokio::sync::oneshot;

use crate::RequestError;

/// What a [`Client`](crate::Client) asks of its session.
#[derive(Debug)]
pub(crate) enum Command {
    Connect(oneshot::Sender<Result<(), AlreadyConnected>>),
    Reconnect,
    Send {
        stanza: Element,
        /// In the queue; `None`: as configured.
        time_to_live: Option<Duration>,
        reply: oneshot::Sender<Result<Accepted, SendError>>,
        /// Told what became of it.
        fate: Option<oneshot::Sender<Result<(), Returned>>>,
    },
    Request {
        stanza: Element,
        timeout: Duration,
        ticket: Ticket,
        answer: oneshot::Sender<Result<Element, RequestError>>,
    },
    PurgeQueue(oneshot::Sender<Result<Purged, NotReady>>),
    TakeQueue(oneshot::Sender<Vec<Element>>),
    Shutdown,
    Halt,
}

/// Names a client's request before it has a `RequestId`, so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(pub(crate) u64);
