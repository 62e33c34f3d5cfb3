//! How a connection ends.

use std::{sync::Arc, time::Duration};

use jabber_dialect::{Failure, Redaction, Retry};
use jabber_status::{ErrorStatus, Status};
use jabber_xml::StreamError;

use crate::{
    Connection, Detail, Effects, Error, Part, RequestEndKind,
    life::{Closing, Handshake, Life, Stream},
};

impl Connection {
    /// Closes in good order: SHUTDOWN_START; what was accepted for sending goes out, then the
    /// stream end; the peer's is waited for, within [`Deadlines::closing`](crate::Deadlines::closing);
    /// SOCKETDISCONNECT, SHUTDOWN_FINISH. What is queued stays in the queue.
    ///
    /// Asked for a second time it changes nothing.
    pub fn shutdown(&mut self, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if self.core.shutdown {
            return;
        }
        self.core.shutdown = true;
        let (awaits_peer, delivers) = match self.core.life {
            // SHUTDOWN_START begins the phase of closing, whatever it interrupts.
            Life::Idle | Life::Connecting { .. } => {
                self.begin_closing(Error::Shutdown, false, false);
                self.core.fire(Status::ShutdownStart, || Detail::None, effects);
                return self.finish_unconnected(Error::Shutdown, effects);
            }
            Life::Closing(_) => {
                return self.core.fire(Status::ShutdownStart, || Detail::None, effects);
            }
            Life::Negotiating { .. } => (self.core.stream == Stream::Open, false),
            Life::Ready => (true, true),
        };
        self.begin_closing(Error::Shutdown, awaits_peer, delivers);
        self.core.fire(Status::ShutdownStart, || Detail::None, effects);
        self.end_stream(effects);
    }

    /// Drops the connection at once, without ending the stream. Requests on the wire end as
    /// disconnected.
    pub fn halt(&mut self, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        match self.core.life {
            Life::Idle => {}
            Life::Connecting { .. } => self.fail_connecting(Error::Halted, effects),
            Life::Negotiating { .. } | Life::Ready => self.lose(None, Error::Halted, effects),
            Life::Closing(_) => self.lose_while_closing(Error::Halted, effects),
        }
    }

    /// The write buffer is empty, and all that was written is flushed.
    pub fn flushed(&mut self, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if self.core.stream == Stream::Ending {
            self.core.stream = Stream::Ended;
            self.core.fire(Status::StreamEnd, || Detail::None, effects);
            self.finish_if_done(effects);
        }
    }

    /// Deals with every deadline that has passed.
    pub fn tick(&mut self, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        self.end_late_requests(effects);
        self.return_expired(effects);
        match &self.core.life {
            Life::Connecting { deadline, within } if *deadline <= now => {
                let within = *within;
                let why = match self.core.handshake {
                    Handshake::Running => Error::Deadline { awaiting: self.awaiting() },
                    _ => Error::ConnectTimeout { within },
                };
                self.fail_connecting(why, effects);
            }
            Life::Negotiating { deadline } if *deadline <= now || self.core.ready_by <= now => {
                let error = match self.core.bare_header {
                    true => self.wrong_stream(""),
                    false => Error::Deadline { awaiting: self.awaiting() },
                };
                self.end_with_stream_error(error, effects);
            }
            Life::Closing(closing) if closing.deadline <= now => {
                if self.core.stream == Stream::Ending {
                    self.lose_while_closing(Error::NotFlushed, effects);
                } else {
                    self.finish(effects);
                }
            }
            Life::Idle => self.end_pause(effects),
            Life::Ready => self.take_pulse(effects),
            _ => {}
        }
    }

    /// When [`tick`](Self::tick) has to be called at the latest.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let core = &self.core;
        let own = match &core.life {
            Life::Connecting { deadline, .. } => Some(*deadline),
            Life::Negotiating { deadline } => Some(core.ready_by.min(*deadline)),
            Life::Closing(closing) => Some(closing.deadline),
            Life::Idle => core.attempts.due.filter(|_| !core.attempts.held_up),
            Life::Ready => core.pulse.next,
        };
        [own, core.requests.next_deadline(), core.queue.next_expiry()].into_iter().flatten().min()
    }

    /// A step of the negotiation has failed.
    pub(crate) fn fail_step(&mut self, failure: &Failure, effects: &mut impl Effects) {
        let told = failure.stream_error().map(StreamError::condition);
        let why = Error::Dialect(Arc::clone(failure.error()), failure.retry(), told);
        if let Some(cause) = failure.cause() {
            let detail = || Detail::Failed(Arc::clone(failure.error()), failure.retry());
            self.core.fire(cause, detail, effects);
        }
        self.end(failure.cause(), why, failure.stream_error(), true, effects);
    }

    /// Fires the cause, if there is one, and ends the connection with our stream end.
    pub(crate) fn fail(
        &mut self,
        cause: Option<ErrorStatus>,
        why: Error,
        effects: &mut impl Effects,
    ) {
        if let Some(cause) = cause {
            self.core.fire(cause, || failed(&why), effects);
        }
        self.end(cause, why, None, false, effects);
    }

    /// We end the stream because of what the peer did, and tell it (RFC 6120 §4.9).
    pub(crate) fn end_with_stream_error(&mut self, why: Error, effects: &mut impl Effects) {
        if matches!(self.core.life, Life::Closing(_)) {
            return self.gone_unanswered(effects);
        }
        let told = why.condition().map(StreamError::new);
        // What the peer sends after its fault is not looked at.
        self.end(None, why, told.as_ref(), false, effects);
    }

    /// The peer has ended its stream; ours follows where it can (RFC 6120 §4.4).
    pub(crate) fn peer_ended(&mut self, why: Error, effects: &mut impl Effects) {
        match &mut self.core.life {
            Life::Closing(_) => self.peer_is_gone(effects),
            Life::Negotiating { .. } | Life::Ready => {
                if matches!(why, Error::PeerClosed { orderly: false, .. }) {
                    self.lose(None, why, effects);
                } else {
                    self.end(None, why, None, false, effects);
                }
            }
            Life::Idle | Life::Connecting { .. } => {}
        }
    }

    /// We end the connection in good order, with no fault on either side.
    pub(crate) fn close_for(&mut self, why: Error, effects: &mut impl Effects) {
        self.end(None, why, None, true, effects);
    }

    /// While closing: nothing more will come from the peer.
    pub(crate) fn peer_is_gone(&mut self, effects: &mut impl Effects) {
        if let Life::Closing(closing) = &mut self.core.life {
            closing.awaits_peer = false;
            self.finish_if_done(effects);
        }
    }

    /// The same, though its stream end has not come: a stream that it has opened it has not ended.
    pub(crate) fn gone_unanswered(&mut self, effects: &mut impl Effects) {
        let open = self.core.scanner.in_stream();
        if let Life::Closing(closing) = &mut self.core.life
            && matches!(closing.why, Error::Shutdown)
            && closing.awaits_peer
            && open
        {
            closing.why = Error::ShutdownUnanswered;
        }
        self.peer_is_gone(effects);
    }

    /// The pipe is broken: nothing can be written any more.
    pub(crate) fn lose(
        &mut self,
        cause: Option<ErrorStatus>,
        why: Error,
        effects: &mut impl Effects,
    ) {
        self.core.stream = Stream::None;
        self.fail(cause, why, effects);
    }

    /// While closing: the pipe is broken, or given up.
    pub(crate) fn lose_while_closing(&mut self, why: Error, effects: &mut impl Effects) {
        let Life::Closing(closing) = &mut self.core.life else { return };
        // A shutdown that has told no cause owes its STREAMEND; without it, this is the cause.
        if self.core.shutdown && closing.cause.is_none() && self.core.stream == Stream::Ending {
            closing.cause = Some(ErrorStatus::SocketFail);
            closing.why = why;
            let detail = failed(&closing.why);
            self.core.fire(ErrorStatus::SocketFail, || detail, effects);
        }
        self.finish(effects);
    }

    /// Tells the peer why, ends our stream, and waits for the peer's if that can come.
    fn end(
        &mut self,
        cause: Option<ErrorStatus>,
        why: Error,
        told: Option<&StreamError>,
        awaits_peer: bool,
        effects: &mut impl Effects,
    ) {
        if matches!(self.core.life, Life::Closing(_) | Life::Idle) {
            return;
        }
        let open = self.core.stream == Stream::Open;
        self.begin_closing(why, open && awaits_peer, false);
        if let Life::Closing(closing) = &mut self.core.life {
            closing.cause = cause;
        }
        if let Some(error) = told.filter(|_| open) {
            self.core.write(&error.to_element(), |_| Redaction::Nothing, effects);
        }
        self.end_stream(effects);
    }

    fn begin_closing(&mut self, why: Error, awaits_peer: bool, delivers: bool) {
        let deadline = self.core.now.saturating_add(self.core.config.deadlines.closing);
        self.core.handshake = Handshake::None;
        self.core.life =
            Life::Closing(Closing { why, cause: None, awaits_peer, delivers, deadline });
    }

    fn end_stream(&mut self, effects: &mut impl Effects) {
        if self.core.stream == Stream::Open {
            if let Some(header) = &self.core.header {
                let from = effects.transmit().len();
                header.write_end(effects.transmit());
                self.core.show_sent(Part::End, from, effects);
            }
            self.core.stream = Stream::Ending;
        }
        self.finish_if_done(effects);
    }

    fn finish_if_done(&mut self, effects: &mut impl Effects) {
        let Life::Closing(closing) = &self.core.life else { return };
        let ended = matches!(self.core.stream, Stream::None | Stream::Ended);
        if ended && !closing.awaits_peer {
            self.finish(effects);
        }
    }

    fn finish(&mut self, effects: &mut impl Effects) {
        for request in self.core.requests.on_the_wire() {
            self.core.requests.end(request);
            self.tell_unanswered(request, RequestEndKind::Disconnected, effects);
        }
        self.return_unwritten(effects);
        effects.close();
        let Life::Closing(closing) = &mut self.core.life else { return };
        if matches!(closing.why, Error::Shutdown) && closing.awaits_peer {
            closing.why = Error::ShutdownUnanswered;
        }
        let (why, cause) = (closing.why.clone(), closing.cause);
        self.core.fire(ErrorStatus::SocketDisconnect, || failed(&why), effects);
        self.finish_attempt(why, cause, effects);
    }

    /// CONNECTFAIL: it was never connected.
    pub(crate) fn fail_connecting(&mut self, why: Error, effects: &mut impl Effects) {
        if self.core.handshake == Handshake::Running {
            // The pipe stood already, only its TLS did not; see `tls_failed`.
            self.core.handshake = Handshake::None;
            let security = jabber_security::Security::TlsNext;
            self.core.fire(Status::Connected, || Detail::Security(security), effects);
            self.await_next_step();
            return self.lose(None, why, effects);
        }
        self.core.fire(ErrorStatus::ConnectFail, || failed(&why), effects);
        self.finish_unconnected(why, effects);
    }

    fn finish_unconnected(&mut self, why: Error, effects: &mut impl Effects) {
        effects.close();
        self.finish_attempt(why, None, effects);
    }

    /// The last status of an attempt was fired, but for SHUTDOWN_FINISH.
    fn finish_attempt(
        &mut self,
        why: Error,
        cause: Option<ErrorStatus>,
        effects: &mut impl Effects,
    ) {
        let asked = std::mem::take(&mut self.core.shutdown);
        if asked {
            self.core.fire(Status::ShutdownFinish, || Detail::None, effects);
        }
        self.core.reset();
        if let Some(dialect) = self.dialect.take() {
            self.memory = dialect.memory();
        }
        self.recover(why, cause, asked, effects);
    }
}

fn failed(why: &Error) -> Detail {
    let retry: Retry = why.retry();
    Detail::Failed(Arc::new(why.clone()), retry)
}
