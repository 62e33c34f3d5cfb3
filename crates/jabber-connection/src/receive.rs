//! What comes from the pipe.

use std::{io, sync::Arc, time::Duration};

use bytes::BytesMut;
use jabber_dialect::{Delivery, Inbound, Input};
use jabber_status::{ErrorStatus, Extra, Status};
use jabber_xml::{Element, Item, StreamError, StreamHeader, ns};

use crate::{
    Connection, Detail, Effects, Error, Part, RequestEnd, RequestEndKind, RequestId,
    acting::Acting,
    connection::redaction_by,
    error::retry_after,
    event::Node,
    life::{Handshake, Life},
};

/// Why [`Connection::receive`] took no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Progress {
    /// It needs more input.
    NeedsInput,
    /// The sink has enough; call again with the same input once it has not.
    Full,
    /// Nothing is read now: a TLS handshake is to be done, or the connection is over.
    Stopped,
}

impl Connection {
    /// Takes in what was read: whole items as long as the sink takes them. What is left stays in
    /// `input`, and has to be there in the next call.
    pub fn receive(
        &mut self,
        input: &mut BytesMut,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Progress {
        self.core.now = now;
        self.hear(input.len());
        let progress = self.take_items(input, effects);
        self.core.pulse.left = input.len();
        progress
    }

    fn take_items(&mut self, input: &mut BytesMut, effects: &mut impl Effects) -> Progress {
        loop {
            self.begin_handshake(input.len(), effects);
            if !self.reads() {
                input.clear();
                return Progress::Stopped;
            }
            if effects.has_enough() {
                return Progress::Full;
            }
            self.core.scanner.record(effects.tap().is_some());
            match self.core.scanner.next(input) {
                Ok(None) => {
                    self.core.show_recorded(None, effects);
                    return Progress::NeedsInput;
                }
                Ok(Some(Item::Element(element))) => {
                    self.core.show_recorded(None, effects);
                    self.take_element(element, effects);
                }
                Ok(Some(item)) => self.take(item, effects),
                // Any error of the scanner ends the stream: what follows cannot be trusted.
                Err(error) => self.end_with_stream_error(Error::Xml(error), effects),
            }
        }
    }

    /// Whether anything that comes can still matter.
    fn reads(&self) -> bool {
        match &self.core.life {
            Life::Idle | Life::Connecting { .. } => false,
            Life::Negotiating { .. } => self.core.handshake == Handshake::None,
            Life::Ready => true,
            Life::Closing(closing) => closing.awaits_peer,
        }
    }

    /// Takes what stands around the elements.
    fn take(&mut self, item: Item, effects: &mut impl Effects) {
        let part = match &item {
            Item::Header(_) => Some(Part::Header),
            Item::End => Some(Part::End),
            _ => None,
        };
        self.core.show_recorded(part, effects);
        match item {
            Item::Header(header) => {
                if !matches!(self.core.life, Life::Negotiating { .. }) {
                    return;
                }
                let expected = self.core.header.as_ref().map_or("", StreamHeader::content);
                match header.content() {
                    found if found == expected => {
                        self.handle(Input::StreamOpened(header), effects);
                    }
                    // What comes next says more: see `take_element`.
                    "" => self.core.bare_header = true,
                    found => {
                        let error = self.wrong_stream(found);
                        self.end_with_stream_error(error, effects);
                    }
                }
            }
            Item::End => {
                let awaiting = self.awaiting();
                self.peer_ended(Error::PeerClosed { orderly: true, awaiting }, effects);
            }
            _ => {}
        }
    }

    fn take_element(&mut self, element: Element, effects: &mut impl Effects) {
        let redaction = redaction_by(self.dialect.as_deref());
        self.core.show_node_received(&element, &redaction, effects);
        self.core.fire_node(Status::NodeReceived, &element, redaction, effects);
        if element.is("error", ns::STREAM) {
            self.take_stream_error(&element, effects);
            return;
        }
        if self.core.bare_header {
            let error = self.wrong_stream("");
            return self.end_with_stream_error(error, effects);
        }
        match &self.core.life {
            Life::Ready => self.deliver(element, effects),
            Life::Closing(closing) if closing.delivers => self.deliver(element, effects),
            Life::Negotiating { .. } => self.handle(Input::Element(element), effects),
            Life::Closing(_) | Life::Idle | Life::Connecting { .. } => {}
        }
    }

    /// RFC 6120 §4.8.2: the peer's stream has this content namespace, and ours has another.
    pub(crate) fn wrong_stream(&self, found: &str) -> Error {
        let expected = self.core.header.as_ref().map_or("", StreamHeader::content);
        Error::WrongStream { found: found.to_owned(), expected: expected.to_owned() }
    }

    /// RFC 6120 §4.9.1.1: a stream error is always the end of the stream.
    fn take_stream_error(&mut self, element: &Element, effects: &mut impl Effects) {
        let Some(error) = StreamError::from_element(element.root()) else { return };
        let (awaiting, retry) = (self.awaiting(), retry_after(error.condition()));
        let negotiating = matches!(self.core.life, Life::Negotiating { .. });
        if negotiating {
            // It may be the outcome of the step that is waited for; then the step has failed.
            self.handle(Input::StreamError(error.clone()), effects);
        }
        match &mut self.core.life {
            // It is the peer all the same that has ended the stream.
            Life::Closing(closing) if negotiating => {
                let retry = closing.why.retry();
                closing.why = Error::Stream { error, awaiting, retry };
                self.peer_is_gone(effects);
            }
            _ => self.peer_ended(Error::Stream { error, awaiting, retry }, effects),
        }
    }

    /// Hands an element of the session to the asker or the user.
    pub(crate) fn deliver<E: Effects>(&mut self, element: Element, effects: &mut E) {
        let Some(dialect) = self.dialect.as_deref_mut() else { return };
        let (delivery, reply) = if dialect.is_transparent() {
            (Delivery::new(element), None)
        } else {
            match dialect.inbound(element, &mut Acting { core: &mut self.core, effects }) {
                Ok(Inbound::Stanza(delivery)) => (delivery, None),
                Ok(Inbound::Reply { delivery, error }) => (delivery, Some(error)),
                Ok(_) => return,
                Err(failure) => return self.fail_step(&failure, effects),
            }
        };
        if self.is_pong(&delivery.stanza) {
            return;
        }
        let core = &mut self.core;
        if core.requests.is_empty() {
            return effects.stanza(delivery);
        }
        let answered = match (&core.identity, reply) {
            (_, Some(_)) => core.requests.replied(&delivery.stanza),
            (Some(own), None) => core.requests.answered(&delivery.stanza, own),
            (None, None) => None,
        };
        let Some(request) = answered else { return effects.stanza(delivery) };
        let answer = delivery.stanza;
        let redaction = redaction_by(self.dialect.as_deref());
        let detail = || Detail::Request(request, Node::new(answer.clone(), redaction(&answer)));
        core.fire(Status::RtsFinish, detail, effects);
        let is_error =
            reply.unwrap_or_else(|| answer.attribute("type").as_deref() == Some("error"));
        let end = if is_error { RequestEnd::Error(answer) } else { RequestEnd::Answer(answer) };
        effects.request_ended(request, end);
    }

    /// What came before INIT_FINISHED was told then, and is delivered now.
    pub(crate) fn deliver_held(&mut self, effects: &mut impl Effects) {
        while let Some(element) = self.core.held.pop_front() {
            self.deliver(element, effects);
        }
        self.core.held_bytes = 0;
    }

    /// Ends requests whose time has run out.
    pub(crate) fn end_late_requests(&mut self, effects: &mut impl Effects) {
        while let Some(request) = self.core.requests.timed_out(self.core.now) {
            self.core.queue.remove(request.0);
            self.tell_unanswered(request, RequestEndKind::TimedOut, effects);
        }
    }

    pub(crate) fn tell_unanswered(
        &mut self,
        request: RequestId,
        end: RequestEndKind,
        effects: &mut impl Effects,
    ) {
        self.core.fire(Extra::RequestEnded, || Detail::RequestEnded(request, end), effects);
        effects.request_ended(request, RequestEnd::Unanswered(end));
    }

    /// The pipe has no more to read: the peer closed it. During a TLS handshake that is a failed
    /// handshake.
    pub fn ended(&mut self, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if self.core.handshake == Handshake::Running {
            let lost = io::Error::from(io::ErrorKind::UnexpectedEof);
            return self.tls_failed(Arc::new(lost), now, effects);
        }
        match &self.core.life {
            Life::Negotiating { .. } | Life::Ready if self.core.scanner.mid_item() => {
                self.end_with_stream_error(Error::HalfNode, effects);
            }
            Life::Negotiating { .. } | Life::Ready => {
                let awaiting = self.awaiting();
                self.peer_ended(Error::PeerClosed { orderly: false, awaiting }, effects);
            }
            Life::Closing(_) => self.gone_unanswered(effects),
            Life::Idle | Life::Connecting { .. } => {}
        }
    }

    /// Reading from or writing to the pipe failed; `call` says which. With TLS,
    /// [`io::ErrorKind::UnexpectedEof`] is a connection that ended without `close_notify`. During a
    /// TLS handshake it is a failed handshake.
    pub fn socket_failed(
        &mut self,
        call: &'static str,
        error: io::Error,
        now: Duration,
        effects: &mut impl Effects,
    ) {
        self.core.now = now;
        if self.core.handshake == Handshake::Running {
            return self.tls_failed(Arc::new(error), now, effects);
        }
        let truncated = error.kind() == io::ErrorKind::UnexpectedEof;
        let (awaiting, during) = (self.awaiting(), self.core.life.phase());
        let failed = Error::Socket { call, awaiting, during, source: Arc::new(error) };
        match &self.core.life {
            Life::Negotiating { .. } | Life::Ready if truncated && self.core.scanner.mid_item() => {
                self.end_with_stream_error(Error::HalfNode, effects);
            }
            Life::Negotiating { .. } | Life::Ready if truncated => {
                self.lose(None, Error::Truncated { awaiting }, effects);
            }
            Life::Negotiating { .. } | Life::Ready => {
                self.lose(Some(ErrorStatus::SocketFail), failed, effects);
            }
            // Many servers end TLS without close_notify once the streams are ended.
            Life::Closing(_) if truncated => self.gone_unanswered(effects),
            Life::Closing(_) => self.lose_while_closing(failed, effects),
            Life::Idle | Life::Connecting { .. } => {}
        }
    }

    pub(crate) fn awaiting(&self) -> &'static str {
        match (&self.core.life, self.core.handshake, &self.dialect) {
            (_, Handshake::Running, _) => "the TLS handshake",
            (Life::Negotiating { .. }, _, Some(dialect)) => dialect.awaiting(),
            _ => "stanzas",
        }
    }
}
