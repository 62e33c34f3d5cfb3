use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
    time::Duration,
};

use jabber::{Kind, RequestEnd, StatusEvent};
use serde::Serialize;

use super::{Answer, Printer, told};
use crate::connect::cause;

/// One JSON object a line.
pub(super) struct Json {
    seq: Seq,
    connection: Option<&'static str>,
}

/// The number of the next line, of all connections that are printed.
#[derive(Clone, Default)]
pub(super) struct Seq(Rc<Cell<u64>>);

#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<&'a str>,
    elapsed_us: u128,
    attempt: u32,
    dialect: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xml: Option<String>,
}

impl Json {
    /// `connection` names it in each line, where there are several.
    pub(super) const fn new(connection: Option<&'static str>, seq: Seq) -> Self {
        Self { seq, connection }
    }

    fn print(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut stdout = io::stdout().lock();
        stdout.write_all(&text)?;
        // Who reads line by line gets each line as it happens.
        stdout.flush()?;
        self.seq.0.set(self.seq.0.get() + 1);
        Ok(())
    }
}

impl Printer for Json {
    fn status(&mut self, event: &dyn StatusEvent, elapsed: Duration) -> io::Result<()> {
        let error = event.error();
        self.print(&Line {
            seq: self.seq.0.get(),
            connection: self.connection,
            elapsed_us: elapsed.as_micros(),
            attempt: event.attempt(),
            dialect: event.dialect(),
            kind: if matches!(event.kind(), Kind::Error(_)) { "error" } else { "status" },
            name: Some(event.kind().name()),
            code: Some(event.kind().code()),
            phase: Some(event.phase().to_string()),
            request: None,
            id: None,
            outcome: None,
            condition: error.and_then(cause::condition),
            by: error.and_then(cause::by),
            detail: told(event),
            xml: event.node().map(ToString::to_string),
        })
    }

    fn answer(&mut self, answer: &Answer<'_>, elapsed: Duration) -> io::Result<()> {
        let xml = match answer.end {
            RequestEnd::Answer(stanza) | RequestEnd::Error(stanza) => Some(stanza.as_str().into()),
            _ => None,
        };
        self.print(&Line {
            seq: self.seq.0.get(),
            connection: self.connection,
            elapsed_us: elapsed.as_micros(),
            attempt: answer.attempt,
            dialect: answer.dialect,
            kind: "answer",
            name: None,
            code: None,
            phase: None,
            request: Some(answer.request),
            id: Some(answer.id),
            outcome: Some(answer.outcome()),
            condition: None,
            by: None,
            detail: None,
            xml,
        })
    }
}
