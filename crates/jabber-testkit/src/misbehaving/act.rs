use std::time::Duration;

use bytes::Bytes;

/// What a [`Conversation`](super::Conversation) wants done on the wire, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// Send this. The client reads it by itself, not together with what comes before or after.
    Send(Bytes),
    /// Let that much time pass before anything else is done.
    Wait(Duration),
    /// Close the connection in good order: FIN, on an encrypted one after `close_notify`.
    Close,
    /// Close the encrypted connection without `close_notify`.
    Truncate,
    /// Read nothing more, and do nothing more. The connection stands until it is dropped.
    StopReading,
    /// Tear the connection down.
    Reset,
}
