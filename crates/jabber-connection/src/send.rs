//! What goes to the pipe.

use std::time::Duration;

use jabber_dialect::Redaction;
use jabber_status::Status;
use jabber_xml::Element;

use crate::{
    Connection, Detail, Effects, NotReady, Purged, RequestEndKind, RequestId, SendError,
    SendErrorReason, acting::Acting, connection::redaction_by, event::Node, life::Life,
};

impl Connection {
    /// Sends a stanza when ready; before that it is queued (NODEQUEUED).
    ///
    /// # Errors
    /// While closing, when the queue is full, or when the dialect has no form for the stanza. It is
    /// handed back then, and nothing of it was sent.
    pub fn send(
        &mut self,
        stanza: Element,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Result<(), SendError> {
        self.core.now = now;
        match self.core.life {
            Life::Ready => self.transmit(stanza, effects),
            Life::Closing(_) => Err(SendError::new(stanza, SendErrorReason::Closing)),
            _ => self.enqueue(stanza, None, effects),
        }
    }

    /// Sends a stanza as a request (PCJ's return_to_sender): RTS_START, NODESENT, and in the end
    /// exactly one [`Effects::request_ended`]. Before the connection is ready it is queued and
    /// starts at the purge; its time runs from now.
    ///
    /// The stanza's `id` is kept unless it is in use; then a fresh one replaces it.
    ///
    /// # Errors
    /// As [`send`](Self::send); and when the stanza is none that can be a request.
    pub fn request(
        &mut self,
        stanza: Element,
        timeout: Duration,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Result<RequestId, SendError> {
        self.core.now = now;
        if matches!(self.core.life, Life::Closing(_)) {
            return Err(SendError::new(stanza, SendErrorReason::Closing));
        }
        // Before there is a dialect (not connected yet) the ordinary rule holds.
        let can_be_asked = match self.dialect.as_deref() {
            Some(dialect) => dialect.is_request(&stanza),
            None => matches!(stanza.name(), "iq" | "message" | "presence"),
        };
        if !can_be_asked {
            return Err(SendError::new(stanza, SendErrorReason::NotAStanza));
        }
        let begun = self.core.requests.begin(stanza, now + timeout, effects.entropy());
        let (request, stanza) = begun.map_err(|(stanza, reason)| SendError::new(stanza, reason))?;
        let accepted = match self.core.life {
            Life::Ready => self.start_request(request, stanza, effects),
            _ => self.enqueue(stanza, Some(request), effects),
        };
        match accepted {
            Ok(()) => Ok(request),
            Err(error) => {
                self.core.requests.end(request);
                Err(error)
            }
        }
    }

    /// Gives up a request: it ends as cancelled. Its answer, should it come, is a stanza like any
    /// other. One that has ended is not touched.
    pub fn cancel(&mut self, request: RequestId, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if self.core.requests.end(request).is_some() {
            self.core.queue.remove(request);
            self.tell_unanswered(request, RequestEndKind::Cancelled, effects);
        }
    }

    /// Sends all that is queued, in the order it came.
    ///
    /// # Errors
    /// When the connection is not ready; nothing changes then.
    pub fn purge_queue(
        &mut self,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Result<Purged, NotReady> {
        self.core.now = now;
        if !matches!(self.core.life, Life::Ready) {
            return Err(NotReady);
        }
        let mut purged = Purged::default();
        while let Some(queued) = self.core.queue.pop() {
            let sent = match queued.request {
                Some(request) => self.start_request(request, queued.stanza, effects),
                None => self.transmit(queued.stanza, effects),
            };
            match sent {
                Ok(()) => purged.sent += 1,
                Err(error) => {
                    if let Some(request) = queued.request {
                        self.cancel(request, now, effects);
                    }
                    purged.refused.push(error);
                }
            }
        }
        Ok(purged)
    }

    /// Hands back all that is queued, in the order it came, and empties the queue. Requests among
    /// it end as cancelled.
    pub fn take_queue(&mut self, now: Duration, effects: &mut impl Effects) -> Vec<Element> {
        self.core.now = now;
        let mut taken = Vec::with_capacity(self.core.queue.len());
        while let Some(queued) = self.core.queue.pop() {
            if let Some(request) = queued.request {
                self.cancel(request, now, effects);
            }
            taken.push(queued.stanza);
        }
        taken
    }

    fn start_request(
        &mut self,
        request: RequestId,
        stanza: Element,
        effects: &mut impl Effects,
    ) -> Result<(), SendError> {
        let stanza = self.in_wire_form(stanza, effects)?;
        let dialect = self.dialect.as_deref();
        let redaction = || redaction_by(dialect)(&stanza);
        let detail = || Detail::Request(request, Node::new(stanza.clone(), redaction()));
        self.core.fire(Status::RtsStart, detail, effects);
        self.core.requests.sent(request);
        self.write_stanza(stanza, effects);
        Ok(())
    }

    fn transmit(&mut self, stanza: Element, effects: &mut impl Effects) -> Result<(), SendError> {
        let stanza = self.in_wire_form(stanza, effects)?;
        self.write_stanza(stanza, effects);
        Ok(())
    }

    fn in_wire_form<E: Effects>(
        &mut self,
        stanza: Element,
        effects: &mut E,
    ) -> Result<Element, SendError> {
        match self.dialect.as_deref_mut().filter(|dialect| !dialect.is_transparent()) {
            None => Ok(stanza),
            Some(dialect) => dialect
                .outbound(stanza.clone(), &mut Acting { core: &mut self.core, effects })
                .map_err(|error| SendError::new(stanza, SendErrorReason::Xml(error))),
        }
    }

    fn write_stanza(&mut self, stanza: Element, effects: &mut impl Effects) {
        self.core.write(stanza, redaction_by(self.dialect.as_deref()), effects);
    }

    fn enqueue(
        &mut self,
        stanza: Element,
        request: Option<RequestId>,
        effects: &mut impl Effects,
    ) -> Result<(), SendError> {
        if !self.core.queue.has_room(stanza.byte_len()) {
            return Err(SendError::new(stanza, SendErrorReason::QueueFull));
        }
        // A queued stanza must not pin the read buffer that it may have come in.
        let stanza = stanza.compact();
        let stanza = self.core.fire_node(Status::NodeQueued, stanza, Redaction::of, effects);
        self.core.queue.push(stanza, request);
        Ok(())
    }
}
