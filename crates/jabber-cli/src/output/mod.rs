//! What is printed: events on standard output, everything else on standard error.

mod human;
mod json;
mod xml;

use std::{
    fmt::Write,
    io::{self, IsTerminal},
    time::Duration,
};

use jabber::{Kind, RequestEnd, StatusEvent, Tapped};
use owo_colors::OwoColorize;

use crate::{args::EventFormat, connect::cause};

/// Prints the events of one connection.
pub(crate) trait Printer {
    /// A status.
    fn status(&mut self, event: &dyn StatusEvent, elapsed: Duration) -> io::Result<()>;

    /// Something on the wire that no status tells, where [`Printers::show_wire`] says so.
    fn wire(&mut self, item: &Tapped, elapsed: Duration) -> io::Result<()> {
        let _ = (item, elapsed);
        Ok(())
    }

    /// The end of the request with that number, counted from 0, and its `id`.
    fn answer(&mut self, answer: &Answer<'_>, elapsed: Duration) -> io::Result<()>;
}

/// The end of a request, as it is printed.
pub(crate) struct Answer<'a> {
    pub(crate) request: usize,
    pub(crate) id: &'a str,
    pub(crate) end: &'a RequestEnd,
    pub(crate) attempt: u32,
    pub(crate) dialect: &'static str,
}

impl Answer<'_> {
    pub(crate) fn outcome(&self) -> &'static str {
        match self.end {
            RequestEnd::Answer(_) => "result",
            RequestEnd::Error(_) => "error",
            RequestEnd::Unanswered(jabber::RequestEndKind::TimedOut) => "timeout",
            _ => "disconnected",
        }
    }
}

/// Makes printers that share one standard output.
pub(crate) struct Printers {
    format: EventFormat,
    seq: json::Seq,
}

impl Printers {
    /// For people on a terminal, else JSON, where nothing else is asked for.
    pub(crate) fn new(format: Option<EventFormat>) -> Self {
        let on_terminal = || {
            if io::stdout().is_terminal() { EventFormat::Human } else { EventFormat::Json }
        };
        Self { format: format.unwrap_or_else(on_terminal), seq: json::Seq::default() }
    }

    /// Whether people look, who are shown all that is on the wire.
    pub(crate) const fn show_wire(&self) -> bool {
        matches!(self.format, EventFormat::Human)
    }

    /// The printer of the only connection.
    pub(crate) fn single(&self) -> Box<dyn Printer> {
        self.printer(None)
    }

    /// The printer of one connection of several.
    pub(crate) fn labelled(&self, connection: &'static str) -> Box<dyn Printer> {
        self.printer(Some(connection))
    }

    fn printer(&self, connection: Option<&'static str>) -> Box<dyn Printer> {
        match self.format {
            EventFormat::Human => Box::new(human::Human::new(connection)),
            EventFormat::Json => Box::new(json::Json::new(connection, self.seq.clone())),
        }
    }
}

/// What an event tells beside its kind: an error with its causes, else its detail.
fn told(event: &dyn StatusEvent) -> Option<String> {
    match (event.kind(), event.error(), event.detail()) {
        // RECONNECT_STOPPED: why, and after what.
        (Kind::Extra(_), Some(error), Some(detail)) => {
            Some(format!("{detail}: {}", cause::text(error)))
        }
        (_, Some(error), _) => Some(cause::text(error)),
        (_, None, detail) => detail.map(ToString::to_string),
    }
}

/// What a server sends must not be able to command the terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Says on standard error what is wrong, and what to try.
pub(crate) fn complain(what: impl std::fmt::Display, advice: Option<&str>) {
    let what = printable(&what.to_string());
    anstream::eprintln!("{} {what}", "error:".red().bold());
    if let Some(advice) = advice {
        anstream::eprintln!("  {} {advice}", "try:".cyan().bold());
    }
}
