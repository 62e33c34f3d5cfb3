use std::{collections::VecDeque, fmt};

use bytes::BytesMut;
use jabber_connection::{Detail, Effects, Event, Receipt, RequestEnd, RequestId, Returned};
use jabber_dialect::Delivery;
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{KindSet, Lifecycle, Shape, Status, StatusEvent};

use crate::{FixedEntropy, describe::describe, escape::escape, server::Server};

/// Writes down all effects, in order, as a transcript's lines.
pub(crate) struct Recorder {
    pub(crate) lines: Vec<String>,
    pub(crate) jobs: VecDeque<KeyDerivation>,
    pub(crate) requests: Vec<RequestId>,
    pub(crate) server: Server,
    pub(crate) pipe: Pipe,
    /// The script connects: it knows what comes next.
    pub(crate) dials: bool,
    /// Something was written since the last flush.
    pub(crate) unflushed: bool,
    /// The bytes that were written since.
    pub(crate) unwritten: usize,
    transmit: BytesMut,
    entropy: FixedEntropy,
    lifecycle: Lifecycle,
}

/// What may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pipe {
    Closed,
    Open,
    Handshaking,
}

impl Recorder {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            lines: Vec::new(),
            jobs: VecDeque::new(),
            requests: Vec::new(),
            server: Server::default(),
            pipe: Pipe::Closed,
            dials: false,
            unflushed: false,
            unwritten: 0,
            transmit: BytesMut::new(),
            entropy: FixedEntropy::default(),
            lifecycle: Lifecycle::of(shape),
        }
    }

    /// Writes down what was transmitted since the last line.
    pub(crate) fn take_transmitted(&mut self) {
        if self.transmit.is_empty() {
            return;
        }
        let bytes = self.transmit.split();
        self.unflushed = true;
        self.unwritten += bytes.len();
        self.lines.push(format!("C {}", escape(&bytes)));
        match self.pipe {
            Pipe::Open => {}
            Pipe::Closed => self.fault("this was sent on a pipe that is closed"),
            Pipe::Handshaking => self.fault("this was sent during the TLS handshake"),
        }
    }

    /// Where the order of statuses stands.
    pub(crate) const fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// What the user asked for is refused.
    pub(crate) fn refused(&mut self, error: &dyn fmt::Display) {
        self.line(format!("R {}", escape(error.to_string().as_bytes())));
    }

    /// What must never be.
    pub(crate) fn fault(&mut self, fault: &str) {
        self.lines.push(format!("? {}", escape(fault.as_bytes())));
    }

    fn line(&mut self, line: String) {
        self.take_transmitted();
        self.lines.push(line);
    }
}

impl Effects for Recorder {
    fn interests(&self) -> KindSet {
        KindSet::ALL
    }

    fn status(&mut self, event: &dyn StatusEvent) {
        self.line(describe(event));
        if let Err(violation) = self.lifecycle.check_event(event) {
            self.fault(&violation.to_string());
        }
        if event.kind() == Status::AuthSuccess.into() {
            self.server.authenticated();
        } else if event.kind() == Status::StreamStart.into() {
            self.server.reopened();
        }
        let own = event.as_any().downcast_ref::<Event>().map(Event::typed);
        if let (true, Some(Detail::Node(node))) = (event.kind() == Status::NodeSent.into(), own) {
            self.server.received(node.dangerous_element());
        }
    }

    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.transmit
    }

    fn stanza(&mut self, delivery: Delivery) {
        let envelope = delivery.envelope.map_or_else(String::new, |it| format!(" in {it}"));
        self.line(format!("U {}{envelope}", escape(delivery.stanza.as_str().as_bytes())));
    }

    fn request_ended(&mut self, request: RequestId, end: RequestEnd) {
        let number = self.requests.iter().position(|it| *it == request);
        let number = number.map_or_else(|| "?".into(), |number| number.to_string());
        let end = match end {
            RequestEnd::Answer(answer) => answer.as_str().to_owned(),
            RequestEnd::Error(answer) => format!("error {}", answer.as_str()),
            RequestEnd::Unanswered(kind) => kind.to_string(),
            other => format!("{other:?}"),
        };
        self.line(format!("A {number} {}", escape(end.as_bytes())));
    }

    fn returned(&mut self, _: Receipt, Returned { stanza, reason, .. }: Returned) {
        self.line(format!("B {} | {reason}", escape(stanza.as_str().as_bytes())));
    }

    fn connect(&mut self, elsewhere: Option<&str>) {
        if !std::mem::take(&mut self.dials) {
            let elsewhere = elsewhere.unwrap_or_default();
            self.line(format!("D {}", escape(elsewhere.as_bytes())).trim_end().into());
        }
    }

    fn start_tls(&mut self) {
        self.line("K".into());
        self.pipe = Pipe::Handshaking;
    }

    fn derive(&mut self, job: KeyDerivation) {
        self.jobs.push_back(job);
    }

    fn close(&mut self) {
        self.line("L".into());
        self.pipe = Pipe::Closed;
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        &mut self.entropy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_where_none_may_be_sent_are_a_fault() {
        for (pipe, faulty) in [(Pipe::Open, false), (Pipe::Closed, true), (Pipe::Handshaking, true)]
        {
            let mut recorder = Recorder::new(Shape::new());
            recorder.pipe = pipe;
            recorder.transmit().extend_from_slice(b"<a\n/>");
            recorder.take_transmitted();
            assert_eq!(recorder.lines.first().map(String::as_str), Some("C <a\\n/>"));
            assert_eq!(recorder.lines.iter().any(|line| line.starts_with('?')), faulty, "{pipe:?}");
        }
    }
}
