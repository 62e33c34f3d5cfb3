use jabber_connection::{Receipt, RequestEnd, RequestId, Returned};
use jabber_dialect::Delivery;
use jabber_status::StatusEvent;

use crate::Tapped;

/// What a session tells, in the order in which it happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A status of the kinds that were subscribed to.
    Status(Box<dyn StatusEvent>),
    /// Something on the wire, where [`SessionBuilder::wire`](crate::SessionBuilder::wire) asks for
    /// it.
    Wire(Tapped),
    /// A stanza that is no answer to a request.
    Stanza(Delivery),
    /// The end of a request that was begun with
    /// [`Session::begin_request`](crate::Session::begin_request).
    RequestEnded(RequestId, RequestEnd),
    /// All bytes of a stanza were given to the pipe. Told where
    /// [`SessionBuilder::receipts`](crate::SessionBuilder::receipts) asks for it.
    Written(Receipt),
    /// A stanza that was accepted for sending was not written and never will be. It is always told,
    /// unless [`send_written`](crate::Session::send_written) waits for it, or it was handed back by
    /// [`take_queue`](crate::Session::take_queue).
    Returned(Receipt, Returned),
}

impl Event {
    /// An estimate of the memory it holds, in bytes.
    pub(crate) fn size(&self) -> usize {
        const OVERHEAD: usize = 128;
        OVERHEAD
            + match self {
                Self::Stanza(delivery) => delivery.stanza.memory(),
                Self::RequestEnded(_, RequestEnd::Answer(stanza) | RequestEnd::Error(stanza)) => {
                    stanza.memory()
                }
                Self::Wire(tapped) => tapped.text.len(),
                Self::Returned(_, returned) => returned.stanza.memory(),
                Self::Status(status) => status.memory(),
                Self::RequestEnded(..) | Self::Written(_) => 0,
            }
    }
}
