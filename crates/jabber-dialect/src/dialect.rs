use core::{any::Any, fmt::Debug};

use jabber_security::{DerivedKey, Security};
use jabber_xml::{Element, StreamError, StreamHeader, XmlError, ns};

use crate::{Actions, Delivery, Failure, Identity, Inbound, Redaction};

/// One attempt of a dialect: first its negotiation, then the session's codec.
///
/// The connection calls [`start`](Self::start) once and [`handle`](Self::handle) for every input
/// until one of them returns [`Step::Ready`] or a [`Failure`]; from `Ready` on it calls
/// [`inbound`](Self::inbound) and [`outbound`](Self::outbound). After a failure it calls nothing
/// more.
pub trait Dialect: Debug + Send {
    /// The pipe is there. Usually opens a stream; on [`Security::TlsNext`] a dialect whose shape
    /// has TLS starts the handshake (for the others the connection has it done before).
    ///
    /// # Errors
    /// When nothing may be sent on a pipe of this security.
    fn start(&mut self, security: &Security, actions: &mut dyn Actions) -> Result<Step, Failure>;

    /// Something happened that the negotiation waits for, or should know.
    ///
    /// # Errors
    /// When the step has failed; the attempt ends.
    fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure>;

    /// What the negotiation waits for, for people: "the stream features".
    fn awaiting(&self) -> &'static str;

    /// How an element's text is shown to observers, whichever way it goes. The default knows the
    /// elements of SASL, XEP-0078, XEP-0077 and XEP-0114 that carry secrets.
    fn redaction(&self, element: &Element) -> Redaction {
        Redaction::of(element)
    }

    /// True where [`inbound`](Self::inbound) and [`outbound`](Self::outbound) change nothing; they
    /// are then not called, and the codec costs nothing.
    fn is_transparent(&self) -> bool {
        true
    }

    /// Says what an element is that came while ready, and unwraps it. Stream management counts and
    /// answers acknowledgements here.
    ///
    /// # Errors
    /// When the element breaks the dialect's rules so that the session cannot go on.
    fn inbound(&mut self, element: Element, actions: &mut dyn Actions) -> Result<Inbound, Failure> {
        let _ = actions;
        Ok(Inbound::Stanza(Delivery::new(element)))
    }

    /// Gives a stanza the form it has on the wire, at the moment it is written. What is sent
    /// through `actions` goes before it.
    ///
    /// # Errors
    /// When the stanza cannot be sent in this dialect (no address to route it to). The stanza is
    /// not sent, and its sender is told; the session goes on.
    fn outbound(
        &mut self,
        stanza: Element,
        actions: &mut dyn Actions,
    ) -> Result<Element, XmlError> {
        let _ = actions;
        Ok(stanza)
    }

    /// True where an element can be sent as a request, that is, something answers it by its `id`.
    fn is_request(&self, element: &Element) -> bool {
        element.namespace() == ns::CLIENT && matches!(element.name(), "iq" | "message" | "presence")
    }

    /// A question with that `id` that is answered through the server whatever it knows (RFC 6120
    /// §8.2.3), to find out whether the connection still stands. The default is a ping (XEP-0199): of a
    /// client to its server; of a component, whose server has no address of its own, to itself, so that
    /// it comes back.
    ///
    /// # Errors
    /// When it cannot be written as XML.
    fn ping(&self, id: &str, own: &Identity) -> Result<Element, XmlError> {
        let jid = &own.jid;
        let iq = Element::builder("iq", ns::CLIENT).attribute("type", "get").attribute("id", id);
        let iq = match jid.local() {
            Some(_) => iq.attribute("to", jid.domain()),
            None => iq.attribute("from", jid.domain()).attribute("to", jid.domain()),
        };
        iq.child("ping", ns::PING, |ping| ping).build()
    }

    /// What a later attempt can take up where this one ends: how strong a login was, or stream
    /// management's session with its unacknowledged stanzas (XEP-0198). Most dialects have none.
    fn memory(self: Box<Self>) -> Option<Memory> {
        None
    }
}

/// What one attempt of a dialect leaves to the next; only the dialect knows its type.
pub type Memory = Box<dyn Any + Send>;

/// What a negotiation is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The peer's stream header has come. Its content namespace was checked to be ours.
    StreamOpened(StreamHeader),
    /// A top-level element has come.
    Element(Element),
    /// The TLS handshake is complete; what came before it is discarded.
    TlsEstablished(Security),
    /// A key is derived, see [`Actions::derive`].
    KeyDerived(DerivedKey),
    /// The peer has sent a stream error; the attempt ends. The dialect returns the step's own
    /// failure where the condition is about that step (`not-authorized`: AUTHFAIL), else
    /// [`Step::Continue`], and it counts as a disconnect.
    StreamError(StreamError),
}

/// What a negotiation comes to with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// It waits for more.
    Continue,
    /// It is complete; INIT_FINISHED follows.
    Ready(Identity),
}
