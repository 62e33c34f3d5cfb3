use bytes::BytesMut;
use jabber_dialect::Delivery;
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{KindSet, StatusEvent};

use crate::{Receipt, RequestEnd, RequestId, Returned, Tap};

/// Where a [`Connection`](crate::Connection) puts what it wants done. Its methods are called in
/// the order in which things happen, so nothing can be left undrained or come out of order:
/// INIT_FINISHED is always told before the first stanza.
pub trait Effects {
    /// Which kinds of status anybody wants. Nothing is computed for the others.
    fn interests(&self) -> KindSet;

    /// A status; borrowed for the time of the call.
    fn status(&mut self, event: &dyn StatusEvent);

    /// Who is shown all that is on the wire, if anybody is. Nothing is computed for nobody.
    fn tap(&mut self) -> Option<&mut dyn Tap> {
        None
    }

    /// The one write buffer. What is appended goes out in order; the driver writes it when it can
    /// calls [`Connection::wrote`](crate::Connection::wrote) with what the pipe has taken, and
    /// [`Connection::flushed`](crate::Connection::flushed) once it is empty and flushed.
    fn transmit(&mut self) -> &mut BytesMut;

    /// What was appended to the write buffer last is a step of a login: it is to be overwritten once it
    /// is written, or of no use any more. [`WriteBuffer`](crate::WriteBuffer) does it.
    fn secret(&mut self) {}

    /// A stanza for the user.
    fn stanza(&mut self, delivery: Delivery);

    /// The one and only end of a request.
    fn request_ended(&mut self, request: RequestId, end: RequestEnd);

    /// All bytes of a stanza were given to the pipe. Not for requests: their end says more.
    fn written(&mut self, receipt: Receipt) {
        let _ = receipt;
    }

    /// A stanza that was accepted for sending was not written, and never will be: it comes back.
    fn returned(&mut self, receipt: Receipt, returned: Returned);

    /// True while no more stanzas can be taken; the connection then leaves the rest of its input
    /// alone, and so backpressure reaches the socket. Nor does an attempt begin by itself: see
    /// [`Connection::waits_for_room`](crate::Connection::waits_for_room).
    fn is_full(&self) -> bool {
        false
    }

    /// True while what has happened is enough for now: the connection then leaves the rest of its input
    /// alone, and the peer's silence proves nothing. By default that is when it
    /// [is full](Self::is_full).
    fn has_enough(&self) -> bool {
        self.is_full()
    }

    /// A new attempt has begun: connect the pipe, and call
    /// [`Connection::connected`](crate::Connection::connected) or
    /// [`Connection::connect_failed`](crate::Connection::connect_failed). With `elsewhere` to that host
    /// (`host`, `host:port` or `[address]:port`, the server's words), under the same rules for TLS and
    /// for the same name as before.
    fn connect(&mut self, elsewhere: Option<&str>);

    /// Flush what was transmitted, then start a TLS handshake on the pipe, and call
    /// [`Connection::tls_established`](crate::Connection::tls_established) or
    /// [`Connection::tls_failed`](crate::Connection::tls_failed).
    fn start_tls(&mut self);

    /// Run this off the threads that serve connections and call
    /// [`Connection::derived`](crate::Connection::derived).
    fn derive(&mut self, job: KeyDerivation);

    /// Close the pipe, or give up connecting. Unwritten bytes are of no use any more.
    fn close(&mut self);

    /// The source of random bytes.
    fn entropy(&mut self) -> &mut dyn Entropy;
}
