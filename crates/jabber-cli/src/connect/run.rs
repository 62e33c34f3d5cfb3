use std::{collections::VecDeque, future::pending, time::Duration};

use futures_util::{FutureExt, StreamExt};
use jabber::{
    Element, Event, Phase, RequestEnd, RequestEndKind, RequestId, SendErrorReason, Session, Status,
};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    lines::{Line, Lines},
    plan::Plan,
    report::Report,
};
use crate::{
    args::{ConnectArgs, Dialect},
    output::{self, Answer, Printers},
    signals::Signals,
};

/// How long an orderly close may take after a signal.
const AFTER_SIGNAL: Duration = Duration::from_secs(2);

/// One run of `jabber connect`.
pub(super) struct Run {
    session: Session,
    signals: Signals,
    server: String,
    dialect: Dialect,
    timeout: Duration,
    linger: Option<Duration>,
    purge: bool,
    queue: Vec<Element>,
    /// What is still to be sent, in order.
    todo: VecDeque<ToSend>,
    stdin: Option<Lines>,
    asked: Vec<Asked>,
    open: usize,
    /// How many stanzas have come back since the connection was lost.
    returned: usize,
    stage: Stage,
    report: Report,
}

enum ToSend {
    Stanza(Element),
    Request(Element),
}

struct Asked {
    request: RequestId,
    id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// INIT_FINISHED has not come.
    Connecting,
    /// Something is left to do.
    Working,
    /// Only time is left: until then, or for ever.
    Lingering(Option<Instant>),
    /// We are closing.
    Closing,
}

impl Run {
    pub(super) fn new(plan: Plan, args: &ConnectArgs, signals: Signals) -> Self {
        let start = Instant::now();
        let something_to_do = args.stdin
            || !(plan.queue.is_empty() && plan.send.is_empty() && plan.requests.is_empty());
        let sends = plan.send.into_iter().map(ToSend::Stanza);
        let requests = plan.requests.into_iter().map(ToSend::Request);
        let printer = Printers::new(args.events).single();
        Self {
            session: plan.session,
            signals,
            server: plan.server,
            dialect: args.dialect,
            timeout: args.timeout,
            linger: args.linger.or(something_to_do.then_some(Duration::ZERO)),
            purge: args.purge_queue,
            queue: plan.queue,
            todo: sends.chain(requests).collect(),
            stdin: args.stdin.then(|| Lines::new(args.max_stanza)),
            asked: Vec::new(),
            open: 0,
            returned: 0,
            stage: Stage::Connecting,
            report: Report::new(printer, plan.filter, start),
        }
    }

    /// Connects, does the work, closes; gives the exit status.
    pub(super) async fn finish(mut self) -> u8 {
        for stanza in std::mem::take(&mut self.queue) {
            if let Err(error) = self.session.try_send(stanza) {
                self.report.went_wrong(1, error.to_string());
            }
        }
        if let Err(error) = self.session.connect() {
            self.report.went_wrong(1, error.to_string());
        }
        while self.turn().await {}
        self.report.conclude(&self.server, self.dialect)
    }

    /// Waits for the next thing to happen; false once the connection is over.
    async fn turn(&mut self) -> bool {
        if self.report.stdout_is_gone() && self.stage != Stage::Closing {
            return self.close_within(AFTER_SIGNAL).await;
        }
        // A session that is going down keeps what is left from being sent, and says why.
        let working = self.stage == Stage::Working && self.session.phase() == Phase::Ready;
        if working && let Some(next) = self.todo.pop_front() {
            return self.send(next).await;
        }
        let linger = match self.stage {
            Stage::Lingering(until) => until,
            _ => None,
        };
        let lines = if working { &mut self.stdin } else { &mut None };
        tokio::select! {
            biased;
            signal = self.signals.next() => {
                if matches!(self.stage, Stage::Connecting | Stage::Working) {
                    self.report.set_status(signal);
                }
                return self.close_within(AFTER_SIGNAL).await;
            }
            event = self.session.next() => match event {
                Some(event) => self.take(event),
                None => return false,
            },
            line = next_line(lines) => self.take_line(line),
            () = sleep_or_never(linger) => self.close(),
        }
        true
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Status(status) => {
                let work_done = matches!(self.stage, Stage::Lingering(_));
                let closing = self.stage == Stage::Closing;
                self.report.status(&*status, work_done, closing);
                if status.kind() == Status::InitFinished.into() {
                    self.report.made_good();
                    self.work();
                }
            }
            // Nothing of it was sent, so it may be sent again, in its place.
            Event::Returned(_, returned) => {
                let at = self.returned.min(self.todo.len());
                self.todo.insert(at, ToSend::Stanza(returned.stanza));
                self.returned += 1;
            }
            Event::RequestEnded(request, end) => self.answered(request, &end),
            Event::Wire(item) => self.report.wire(&item),
            // Its NODERECEIVED was printed.
            _ => {}
        }
    }

    /// What is to be done once ready.
    fn work(&mut self) {
        self.returned = 0;
        if self.stage == Stage::Connecting {
            self.stage = Stage::Working;
        }
        if self.purge {
            let purged = self.session.purge_queue();
            if purged.is_ok_and(|purged| purged.refused > 0) {
                let why = "a queued stanza cannot be sent in this dialect";
                self.report.went_wrong(1, why.to_owned());
            }
        }
        self.rest();
    }

    fn answered(&mut self, request: RequestId, end: &RequestEnd) {
        let Some(number) = self.asked.iter().position(|asked| asked.request == request) else {
            return;
        };
        let id = self.asked.get(number).map_or("", |asked| asked.id.as_str());
        let dialect = self.session.dialect();
        let answer = Answer { request: number, id, end, attempt: self.session.attempt(), dialect };
        self.report.answer(&answer);
        let unanswered = match end {
            RequestEnd::Answer(_) => None,
            RequestEnd::Error(_) => Some("was answered with an error"),
            RequestEnd::Unanswered(RequestEndKind::TimedOut) => Some("was not answered in time"),
            // The work is not done, and a reconnect does not make that good: nothing is asked twice. The
            // lost connection, told next, is what went wrong.
            _ => {
                self.report.request_lost();
                self.open = self.open.saturating_sub(1);
                return;
            }
        };
        if let Some(how) = unanswered.filter(|_| self.stage == Stage::Working) {
            self.report.went_wrong(18, format!("request {number} {how}"));
        }
        self.open = self.open.saturating_sub(1);
        self.rest();
    }

    fn take_line(&mut self, line: Line) {
        match line {
            Line::Element(stanza) => self.todo.push_back(ToSend::Stanza(stanza)),
            Line::Bad(why) => {
                output::complain(&why, None);
                self.report.set_status(2);
            }
            Line::End => {
                self.stdin = None;
                self.rest();
            }
        }
    }

    /// Sends the next, and waits while the server does not read; lines of standard input wait too.
    async fn send(&mut self, next: ToSend) -> bool {
        let stanza = match next {
            ToSend::Stanza(stanza) => stanza,
            ToSend::Request(stanza) => {
                self.ask(stanza);
                return true;
            }
        };
        tokio::select! {
            biased;
            signal = self.signals.next() => {
                self.report.set_status(signal);
                return self.close_within(AFTER_SIGNAL).await;
            }
            sent = self.session.send(stanza) => if let Err(error) = sent {
                match error.reason {
                    SendErrorReason::WouldBlock => {
                        self.todo.push_front(ToSend::Stanza(error.stanza));
                    }
                    // The connection is going down, and says why by itself.
                    SendErrorReason::Closing => {}
                    _ => self.report.went_wrong(1, error.to_string()),
                }
            },
        }
        // What happened meanwhile.
        while let Some(Some(event)) = self.session.next().now_or_never() {
            self.take(event);
        }
        self.rest();
        true
    }

    fn ask(&mut self, stanza: Element) {
        match self.session.begin_request(stanza, self.timeout) {
            Ok(request) => {
                let id = self.session.id_of(request).unwrap_or_default().to_owned();
                self.asked.push(Asked { request, id });
                self.open += 1;
            }
            Err(error) => self.report.went_wrong(1, error.to_string()),
        }
    }

    /// Lingers, once nothing else is left to do.
    fn rest(&mut self) {
        let done = self.open == 0 && self.stdin.is_none() && self.todo.is_empty();
        if done && self.stage == Stage::Working {
            match self.linger {
                Some(Duration::ZERO) => self.close(),
                Some(time) => self.stage = Stage::Lingering(Some(Instant::now() + time)),
                None => self.stage = Stage::Lingering(None),
            }
        }
    }

    fn close(&mut self) {
        if self.stage != Stage::Closing {
            self.stage = Stage::Closing;
            self.session.shutdown();
        }
    }

    /// Closes in good order within that time; a second signal ends it at once.
    async fn close_within(&mut self, time: Duration) -> bool {
        self.close();
        let deadline = Instant::now() + time;
        loop {
            let event = tokio::select! {
                biased;
                _ = self.signals.next() => None,
                event = timeout_at(deadline, self.session.next()) => event.ok(),
            };
            match event {
                Some(Some(event)) => self.take(event),
                Some(None) => return false,
                None => break,
            }
        }
        self.session.halt();
        while let Some(Some(event)) = self.session.next().now_or_never() {
            self.take(event);
        }
        false
    }
}

async fn next_line(lines: &mut Option<Lines>) -> Line {
    match lines {
        Some(lines) => lines.next().await,
        None => pending().await,
    }
}

async fn sleep_or_never(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => pending().await,
    }
}
