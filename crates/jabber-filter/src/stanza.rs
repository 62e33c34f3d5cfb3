//! A stanza as filters see it: what many of them ask for, read once.

use std::{borrow::Cow, cell::OnceCell};

use jabber_xml::{Element, ns};

use crate::sender::Sender;

#[derive(Debug)]
pub(crate) struct Stanza<'a> {
    pub(crate) element: &'a Element,
    sender: OnceCell<Option<Sender<'a>>>,
    kind: OnceCell<Option<Cow<'a, str>>>,
}

impl<'a> Stanza<'a> {
    pub(crate) const fn new(element: &'a Element) -> Self {
        Self { element, sender: OnceCell::new(), kind: OnceCell::new() }
    }

    /// Who it is from; `None` if it does not say, or says what is no JID.
    pub(crate) fn sender(&self) -> Option<&Sender<'a>> {
        self.sender.get_or_init(|| Sender::of(self.element.attribute("from")?)).as_ref()
    }

    /// Its type.
    pub(crate) fn kind(&self) -> Option<&str> {
        let kind = || {
            let given = self.element.attribute("type");
            // RFC 6121 §5.2.2: a message without one is `normal`.
            given.or_else(|| self.element.is("message", ns::CLIENT).then_some("normal".into()))
        };
        self.kind.get_or_init(kind).as_deref()
    }
}
