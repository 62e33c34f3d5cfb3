use std::{task::Context, time::Duration};

use jabber_connection::{Accepted, AlreadyConnected, NotReady, Purged, Returned, SendError};
use jabber_xml::Element;
use tokio::sync::oneshot;

use crate::{RequestError, watch::Watch};

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
    Watch(Watch),
    Shutdown,
    Halt,
}

impl Command {
    /// True where there has to be room for it.
    pub(crate) const fn sends(&self) -> bool {
        matches!(self, Self::Send { .. } | Self::Request { .. } | Self::PurgeQueue(_))
    }

    /// True where nobody waits for it any more; else the task is woken once that is so.
    pub(crate) fn is_given_up(&mut self, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Send { reply, .. } => reply.poll_closed(cx).is_ready(),
            Self::Request { answer, .. } => answer.poll_closed(cx).is_ready(),
            Self::PurgeQueue(reply) => reply.poll_closed(cx).is_ready(),
            _ => false,
        }
    }
}

/// Names a client's request before it has a `RequestId`, so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(pub(crate) u64);
