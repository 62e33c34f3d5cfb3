//! What is printed, and what decides the exit status.

use std::io;

use jabber::{Kind, StatusEvent, Tapped, filter::XPath};
use tokio::time::Instant;

use super::{advice, cause, only};
use crate::{
    args::Dialect,
    output::{self, Answer, Printer},
};

/// The first thing that went wrong, and was not made good by a reconnect, decides.
pub(super) struct Report {
    printer: Box<dyn Printer>,
    /// Of the received nodes only these are printed.
    filter: Option<XPath>,
    start: Instant,
    wrong: Option<Fault>,
    /// How the connection was lost, as long as no reconnect has made it good.
    lost: Option<Fault>,
    /// A request was on the wire then; it is not asked again.
    request_lost: bool,
    stdout_gone: bool,
}

struct Fault {
    status: u8,
    why: Option<String>,
    condition: Option<String>,
    /// Nothing had gone wrong before.
    first: bool,
}

impl Report {
    pub(super) fn new(printer: Box<dyn Printer>, filter: Option<XPath>, start: Instant) -> Self {
        let (wrong, lost) = (None, None);
        Self { printer, filter, start, wrong, lost, request_lost: false, stdout_gone: false }
    }

    pub(super) const fn stdout_is_gone(&self) -> bool {
        self.stdout_gone
    }

    pub(super) fn status(&mut self, event: &dyn StatusEvent, work_done: bool, closing: bool) {
        if !only::hides(self.filter.as_ref(), event) {
            let printed = self.printer.status(event, self.start.elapsed());
            self.printed(printed);
        }
        if let Kind::Error(status) = event.kind()
            && !closing
            && let Some(status) = cause::exit_status(status, event.error(), work_done)
        {
            let text = event.error().map(cause::text).unwrap_or_default();
            let condition = event.error().and_then(cause::condition);
            let why = Some(format!("{}: {text}", event.kind()));
            let first = self.wrong.is_none();
            self.lost.get_or_insert(Fault { status, why, condition, first });
            if self.request_lost {
                self.settle();
            }
        }
    }

    pub(super) fn wire(&mut self, item: &Tapped) {
        let printed = self.printer.wire(item, self.start.elapsed());
        self.printed(printed);
    }

    pub(super) fn answer(&mut self, answer: &Answer<'_>) {
        let printed = self.printer.answer(answer, self.start.elapsed());
        self.printed(printed);
    }

    fn printed(&mut self, result: io::Result<()>) {
        self.stdout_gone |= result.is_err();
    }

    pub(super) fn went_wrong(&mut self, status: u8, why: String) {
        let why = Some(why);
        self.wrong.get_or_insert(Fault { status, why, condition: None, first: true });
    }

    /// What is said elsewhere.
    pub(super) fn set_status(&mut self, status: u8) {
        self.wrong.get_or_insert(Fault { status, why: None, condition: None, first: true });
    }

    /// A request has ended with its connection.
    pub(super) const fn request_lost(&mut self) {
        self.request_lost = true;
    }

    /// A session is ready: a connection that was lost before does not matter any more.
    pub(super) fn made_good(&mut self) {
        self.lost = None;
        self.request_lost = false;
    }

    /// The connection that was lost is what went wrong, unless something else did before.
    fn settle(&mut self) {
        if let Some(lost) = self.lost.take().filter(|lost| lost.first) {
            self.wrong = Some(lost);
        }
    }

    /// Says what went wrong; the exit status.
    pub(super) fn conclude(mut self, server: &str, dialect: Dialect) -> u8 {
        self.settle();
        let Some(Fault { status, why, condition, .. }) = self.wrong else {
            return u8::from(self.stdout_gone);
        };
        let status = if self.stdout_gone { 1 } else { status };
        if let Some(why) = why {
            let advice = advice::of(status, condition.as_deref(), server, dialect);
            output::complain(why, advice.as_deref());
        }
        status
    }
}
