//! What goes to the pipe.

use std::time::Duration;

use jabber_dialect::Redaction;
use jabber_status::Status;
use jabber_xml::{Element, XmlError, ns};

use crate::{
    Accepted, AtReady, Connection, Detail, Effects, NotReady, Purged, Receipt, RequestEndKind,
    RequestId, ReturnReason, Returned, SendError, SendErrorReason,
    acting::Acting,
    connection::redaction_by,
    event::Node,
    life::Life,
    queue::{Queued, What},
};

impl Connection {
    /// Sends a stanza when ready; before that it is queued (NODEQUEUED), and may wait there for as
    /// long as [`QueueConfig::time_to_live`](crate::QueueConfig::time_to_live) says.
    ///
    /// # Errors
    /// While closing, when the queue is full, or when the dialect has no form for the stanza. It is
    /// handed back then, and nothing of it was sent.
    pub fn send(
        &mut self,
        stanza: Element,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Result<Accepted, SendError> {
        self.send_within(stanza, self.core.queue.config().time_to_live, now, effects)
    }

    /// Sends a stanza as [`send`](Self::send) does; it may wait in the queue for `time_to_live` from
    /// now at most, without one for ever.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_within(
        &mut self,
        stanza: Element,
        time_to_live: Option<Duration>,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Result<Accepted, SendError> {
        self.core.now = now;
        let receipt = Receipt(self.core.next_ticket());
        match self.core.life {
            Life::Ready => self.transmit(receipt, stanza, effects)?,
            Life::Closing(_) => return Err(SendError::new(stanza, SendErrorReason::Closing)),
            _ => {
                let expires = time_to_live.map(|time| now.saturating_add(time));
                self.enqueue(stanza, What::Stanza(receipt), expires, effects)?;
                return Ok(Accepted { receipt, queued: true });
            }
        }
        Ok(Accepted { receipt, queued: false })
    }

    /// Sends a stanza as a request (PCJ's return_to_sender): RTS_START, NODESENT, and in the end
    /// exactly one [`Effects::request_ended`]. Before the connection is ready it is queued and
    /// starts at the purge; its time runs from now.
    ///
    /// The stanza's `id` is kept unless it is in use; then a fresh one replaces it.
    ///
    /// # Errors
    /// As [`send`](Self::send); when the stanza is none that can be a request; and when
    /// [`Config::requests`](crate::Config::requests) have not ended.
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
            None => {
                stanza.namespace() == ns::CLIENT
                    && matches!(stanza.name(), "iq" | "message" | "presence")
            }
        };
        if !can_be_asked {
            return Err(SendError::new(stanza, SendErrorReason::NotAStanza));
        }
        // Each is remembered until it ends, and a peer need not answer any.
        if self.core.requests.len() >= self.core.config.requests {
            return Err(SendError::new(stanza, SendErrorReason::TooManyRequests));
        }
        let request = RequestId(self.core.next_ticket());
        let deadline = now.saturating_add(timeout);
        let begun = self.core.requests.begin(stanza, request, deadline, effects.entropy());
        let stanza = begun.map_err(|(stanza, reason)| SendError::new(stanza, reason))?;
        let accepted = match self.core.life {
            Life::Ready => self.start_request(request, stanza, effects),
            _ => self.enqueue(stanza, What::Request(request), None, effects),
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
            self.core.queue.remove(request.0);
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
        while let Some(Queued { stanza, what, .. }) = self.core.queue.pop() {
            let sent = match what {
                What::Request(request) => self.start_request(request, stanza, effects),
                What::Stanza(receipt) => self.transmit(receipt, stanza, effects),
            };
            match sent {
                Ok(()) => purged.sent += 1,
                Err(SendError { stanza, reason }) => {
                    purged.refused += 1;
                    let reason = match reason {
                        SendErrorReason::Xml(error) => ReturnReason::Xml(error),
                        _ => ReturnReason::Dropped,
                    };
                    self.hand_back(stanza, what, reason, effects);
                }
            }
        }
        Ok(purged)
    }

    /// Hands back all that is queued, in the order it came, and empties the queue. Requests among
    /// it end as cancelled; stanzas are also told as returned.
    pub fn take_queue(&mut self, now: Duration, effects: &mut impl Effects) -> Vec<Element> {
        self.core.now = now;
        let mut taken = Vec::with_capacity(self.core.queue.len());
        while let Some(Queued { stanza, what, .. }) = self.core.queue.pop() {
            taken.push(stanza.clone());
            self.hand_back(stanza, what, ReturnReason::Taken, effects);
        }
        taken
    }

    /// What becomes of the queue at INIT_FINISHED.
    pub(crate) fn treat_queue(&mut self, effects: &mut impl Effects) {
        match self.core.queue.config().at_ready {
            AtReady::Hold => {}
            AtReady::Flush => {
                // It is ready.
                let _ = self.purge_queue(self.core.now, effects);
            }
            AtReady::Drop => {
                while let Some(Queued { stanza, what, .. }) = self.core.queue.pop() {
                    self.hand_back(stanza, what, ReturnReason::Dropped, effects);
                }
            }
        }
    }

    /// Returns what has waited in the queue for too long.
    pub(crate) fn return_expired(&mut self, effects: &mut impl Effects) {
        while let Some(Queued { stanza, what, .. }) = self.core.queue.expired(self.core.now) {
            self.hand_back(stanza, what, ReturnReason::Expired, effects);
        }
    }

    fn hand_back(
        &mut self,
        stanza: Element,
        what: What,
        reason: ReturnReason,
        effects: &mut impl Effects,
    ) {
        match what {
            What::Request(request) => self.cancel(request, self.core.now, effects),
            What::Stanza(receipt) => effects.returned(receipt, Returned { stanza, reason }),
        }
    }

    /// The pipe has taken that many bytes of the write buffer.
    pub fn wrote(&mut self, bytes: usize, effects: &mut impl Effects) {
        self.core.outbox.advance(bytes);
        while let Some(receipt) = self.core.outbox.pop_written() {
            effects.written(receipt);
        }
    }

    /// Nothing of the write buffer will be written any more.
    pub(crate) fn return_unwritten(&mut self, effects: &mut impl Effects) {
        while let Some((receipt, stanza)) = self.core.outbox.pop_unwritten() {
            effects.returned(receipt, Returned { stanza, reason: ReturnReason::Disconnected });
        }
    }

    fn start_request(
        &mut self,
        request: RequestId,
        stanza: Element,
        effects: &mut impl Effects,
    ) -> Result<(), SendError> {
        let stanza = match self.in_wire_form(&stanza, effects) {
            Ok(wire) => wire.unwrap_or(stanza),
            Err(error) => return Err(refused(stanza, error)),
        };
        let dialect = self.dialect.as_deref();
        let redaction = || redaction_by(dialect)(&stanza);
        let detail = || Detail::Request(request, Node::new(stanza.clone(), redaction()));
        self.core.fire(Status::RtsStart, detail, effects);
        self.core.requests.sent(request);
        self.write_stanza(&stanza, effects);
        Ok(())
    }

    fn transmit(
        &mut self,
        receipt: Receipt,
        stanza: Element,
        effects: &mut impl Effects,
    ) -> Result<(), SendError> {
        match self.in_wire_form(&stanza, effects) {
            Ok(wire) => self.write_stanza(wire.as_ref().unwrap_or(&stanza), effects),
            Err(error) => return Err(refused(stanza, error)),
        }
        self.core.outbox.push(receipt, stanza, effects.transmit().len());
        Ok(())
    }

    /// What goes to the pipe in its stead; `None` where the dialect sends it as it is.
    pub(crate) fn in_wire_form<E: Effects>(
        &mut self,
        stanza: &Element,
        effects: &mut E,
    ) -> Result<Option<Element>, XmlError> {
        match self.dialect.as_deref_mut().filter(|dialect| !dialect.is_transparent()) {
            None => Ok(None),
            Some(dialect) => {
                let mut acting = Acting { core: &mut self.core, effects };
                dialect.outbound(stanza.clone(), &mut acting).map(Some)
            }
        }
    }

    pub(crate) fn write_stanza(&mut self, stanza: &Element, effects: &mut impl Effects) {
        self.core.write(stanza, redaction_by(self.dialect.as_deref()), effects);
    }

    fn enqueue(
        &mut self,
        stanza: Element,
        what: What,
        expires: Option<Duration>,
        effects: &mut impl Effects,
    ) -> Result<(), SendError> {
        if !self.core.queue.has_room(stanza.byte_len()) {
            return Err(SendError::new(stanza, SendErrorReason::QueueFull));
        }
        // A queued stanza must not pin the read buffer that it may have come in.
        let stanza = stanza.compact();
        self.core.fire_node(Status::NodeQueued, &stanza, Redaction::of, effects);
        self.core.queue.push(stanza, what, expires);
        Ok(())
    }
}

const fn refused(stanza: Element, error: XmlError) -> SendError {
    SendError::new(stanza, SendErrorReason::Xml(error))
}
