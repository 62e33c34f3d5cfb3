use jabber_dialect::{Actions, Redaction};
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{Stamp, Status, StatusEvent};
use jabber_xml::{Element, StreamHeader};

use crate::{
    Detail, Effects, Part,
    core::Core,
    life::{Handshake, Stream},
};

/// What may follow a step of a login before it is written.
const ROOM: usize = 1024;

/// What a dialect acts through.
pub(crate) struct Acting<'a, E> {
    pub(crate) core: &'a mut Core,
    pub(crate) effects: &'a mut E,
}

impl<E: Effects> Actions for Acting<'_, E> {
    fn stamp(&self) -> Stamp {
        self.core.stamp()
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        self.core.acted = true;
        self.core.check(event.kind());
        if self.effects.interests().contains(event.kind()) {
            self.effects.status(event);
        }
    }

    fn open_stream(&mut self, header: StreamHeader) {
        self.core.acted = true;
        self.core.scanner.restart();
        self.core.scope = header.scope();
        self.core.header = Some(header.clone());
        self.core.stream = Stream::Open;
        let from = self.effects.transmit().len();
        header.write_to(self.effects.transmit());
        self.core.show_sent(Part::Header, from, self.effects);
        self.core.fire(Status::StreamStart, || Detail::Header(header.clone()), self.effects);
        self.core.fire(Status::NodeSent, || Detail::Header(header), self.effects);
    }

    fn send(&mut self, element: Element) {
        self.core.acted = true;
        // Only a dialect's own elements come here, and their kinds are known.
        let secret = Redaction::of(&element) != Redaction::Nothing;
        if secret {
            // A buffer that grows leaves what was in it behind: there is room for a stream's end too.
            self.effects.transmit().reserve(2 * element.byte_len() + ROOM);
        }
        self.core.write(&element, Redaction::of, self.effects);
        if secret {
            self.effects.secret();
        }
    }

    fn start_tls(&mut self) {
        self.core.acted = true;
        self.core.handshake = Handshake::Requested;
    }

    fn derive(&mut self, job: KeyDerivation) {
        self.core.acted = true;
        self.effects.derive(job);
    }

    fn hold(&mut self, stanza: Element) {
        let stanza = stanza.compact();
        self.core.held_bytes = self.core.held_bytes.saturating_add(stanza.memory());
        self.core.held.push_back(stanza);
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        self.effects.entropy()
    }
}
