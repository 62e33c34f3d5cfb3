use std::time::Duration;

use jabber_connection::{AlreadyConnected, NotReady, Purged, SendError};
use jabber_xml::Element;
use tokio::sync::oneshot;

use crate::{RequestError, watch::Watch};

/// What a [`Client`](crate::Client) asks of its session.
#[derive(Debug)]
pub(crate) enum Command {
    Connect(oneshot::Sender<Result<(), AlreadyConnected>>),
    Send(Element, oneshot::Sender<Result<(), SendError>>),
    Request {
        stanza: Element,
        timeout: Duration,
        ticket: Ticket,
        answer: oneshot::Sender<Result<Element, RequestError>>,
    },
    PurgeQueue(oneshot::Sender<Result<Purged, NotReady>>),
    TakeQueue(oneshot::Sender<Vec<Element>>),
    Watch(Watch),
    Shutdown,
    Halt,
}

/// Names a client's request before it has a `RequestId`, so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(pub(crate) u64);
