use std::{error::Error, fmt::Write};

use bytes::BytesMut;
use jabber_connection::{Effects, RequestEnd, RequestId};
use jabber_dialect::Delivery;
use jabber_security::{Entropy, KeyDerivation};
use jabber_status::{Kind, KindSet, Lifecycle, Shape, StatusEvent};

use crate::FixedEntropy;

/// Writes down all effects, in order, as a transcript's lines.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) lines: Vec<String>,
    pub(crate) jobs: Vec<KeyDerivation>,
    pub(crate) requests: Vec<RequestId>,
    pub(crate) violation: Option<String>,
    transmit: BytesMut,
    entropy: FixedEntropy,
    lifecycle: Lifecycle,
}

impl Recorder {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            lines: Vec::new(),
            jobs: Vec::new(),
            requests: Vec::new(),
            violation: None,
            transmit: BytesMut::new(),
            entropy: FixedEntropy::default(),
            lifecycle: Lifecycle::of(shape),
        }
    }

    /// Writes down what was transmitted since the last line.
    pub(crate) fn take_transmitted(&mut self) -> bool {
        if self.transmit.is_empty() {
            return false;
        }
        let bytes = self.transmit.split();
        self.lines.push(format!("C {}", String::from_utf8_lossy(&bytes)));
        true
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
        if let Err(violation) = self.lifecycle.check_event(event) {
            self.violation.get_or_insert_with(|| violation.to_string());
        }
        let mut line = format!("! {}", event.kind());
        if let (Kind::Error(_), Some(error)) = (event.kind(), event.error()) {
            let mut next: Option<&dyn Error> = Some(error);
            while let Some(error) = next {
                // Writing to a string cannot fail.
                let _ = write!(line, " | {error}");
                next = error.source();
            }
        }
        self.line(line);
    }

    fn transmit(&mut self) -> &mut BytesMut {
        &mut self.transmit
    }

    fn stanza(&mut self, delivery: Delivery) {
        self.line(format!("U {}", delivery.stanza.as_str()));
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
        self.line(format!("A {number} {end}"));
    }

    fn start_tls(&mut self) {
        self.line("K".into());
    }

    fn derive(&mut self, job: KeyDerivation) {
        self.jobs.push(job);
    }

    fn close(&mut self) {
        self.line("L".into());
    }

    fn entropy(&mut self) -> &mut dyn Entropy {
        &mut self.entropy
    }
}
