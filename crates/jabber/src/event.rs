use jabber_connection::{RequestEnd, RequestId};
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
}

impl Event {
    /// An estimate of the memory it holds, in bytes.
    pub(crate) fn size(&self) -> usize {
        const OVERHEAD: usize = 128;
        OVERHEAD
            + match self {
                Self::Stanza(delivery) => delivery.stanza.byte_len(),
                Self::RequestEnded(_, RequestEnd::Answer(stanza) | RequestEnd::Error(stanza)) => {
                    stanza.byte_len()
                }
                Self::Wire(tapped) => tapped.text.len(),
                Self::Status(_) | Self::RequestEnded(..) => 0,
            }
    }
}
