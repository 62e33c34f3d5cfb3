use jabber_xml::Element;

/// What an element is that came while the session is ready.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Inbound {
    /// A stanza for the user, or an answer for whoever asked.
    Stanza(Delivery),
    /// The router that we are connected to answers a request itself, whoever it was to: it brings
    /// a stanza of ours back that it could not deliver (an error), or confirms a bind. It is
    /// matched by its `id` alone, and a stanza like any other where nobody asked.
    Reply {
        /// The answer.
        delivery: Delivery,
        /// It says that the request failed.
        error: bool,
    },
    /// The dialect's own business (an acknowledgement, a throttle); nobody else sees it.
    Control,
}

/// A stanza as it is handed to the user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// The stanza itself.
    pub stanza: Element,
    /// What it came wrapped in, where the dialect wraps stanzas (the jabberd 2.0 router's
    /// `<route/>`). It shares the stanza's bytes.
    pub envelope: Option<Box<Element>>,
}

impl Delivery {
    /// A stanza that came as it is.
    #[must_use]
    pub const fn new(stanza: Element) -> Self {
        Self { stanza, envelope: None }
    }

    /// A stanza that came wrapped.
    #[must_use]
    pub fn wrapped(stanza: Element, envelope: Element) -> Self {
        Self { stanza, envelope: Some(Box::new(envelope)) }
    }
}
