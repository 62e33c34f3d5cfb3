use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{Stamp, StatusEvent};
use jabber_xml::{Element, StreamHeader};

/// What a dialect can have done. Each call takes effect at once and in order, so that a status
/// stands exactly where its transition happened.
pub trait Actions {
    /// What every event made now carries: the phase, the attempt's number, the dialect's name.
    fn stamp(&self) -> Stamp;

    /// Fires a status. The event is borrowed for the time of the call.
    ///
    /// A dialect fires what it alone knows: the TLS, authentication, bind and session statuses.
    /// Streams and nodes are told by the connection, failures by returning a
    /// [`Failure`](crate::Failure).
    fn status(&mut self, event: &dyn StatusEvent);

    /// Sends a stream header and expects the peer's. Fires STREAMSTART and NODESENT.
    fn open_stream(&mut self, header: StreamHeader);

    /// Sends one top-level element. Fires NODESENT.
    fn send(&mut self, element: Element);

    /// Starts a TLS handshake on the pipe as soon as what was sent is flushed. The outcome comes
    /// back as [`Input::TlsEstablished`](crate::Input::TlsEstablished) or ends the attempt.
    fn start_tls(&mut self);

    /// Has a key derived where that blocks nobody. The key comes back as
    /// [`Input::KeyDerived`](crate::Input::KeyDerived).
    fn derive(&mut self, job: KeyDerivation);

    /// Keeps a stanza that came before the session is ready; it is delivered after INIT_FINISHED.
    ///
    /// Only for what an authenticated server sent. The connection bounds how much it keeps.
    fn hold(&mut self, stanza: Element);

    /// The source of random bytes.
    fn entropy(&mut self) -> &mut dyn Entropy;
}
