use std::{
    fmt::Write as _,
    io::{self, Write as _},
    time::Duration,
};

use jabber::{Direction, ErrorStatus, Kind, Part, RequestEnd, Status, StatusEvent, Tapped};
use owo_colors::{OwoColorize, Style};

use super::{Answer, Printer, printable, told, xml};

/// For people: a line an event, and at INIT_FINISHED a picture of where the time went.
pub(super) struct Human {
    label: Option<&'static str>,
    phases: Phases,
}

impl Human {
    pub(super) fn new(label: Option<&'static str>) -> Self {
        Self { label, phases: Phases::default() }
    }

    fn line(
        &self,
        elapsed: Duration,
        phase: impl std::fmt::Display,
        mark: &str,
        style: Style,
        name: &str,
        rest: &str,
    ) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        let time = format!("{:9.3}", elapsed.as_secs_f64());
        write!(out, "{}  ", time.dimmed())?;
        if let Some(label) = self.label {
            write!(out, "{} ", format!("{label:<9}").bold())?;
        }
        let phase = format!("{phase:<11}");
        write!(out, "{}  {} ", phase.dimmed(), mark.style(style))?;
        let name = if rest.is_empty() { name.to_owned() } else { format!("{name:<16} ") };
        writeln!(out, "{}{}", name.style(style), rest)?;
        out.flush()
    }

    /// A node in colour, folded where a terminal shows it.
    fn xml(&self, text: &str) -> String {
        // What `line` puts before it.
        let used = 9 + 2 + self.label.map_or(0, |_| 10) + 11 + 2 + 2 + 17;
        let width = terminal_size::terminal_size_of(io::stdout());
        xml::coloured(text, used, width.map(|(width, _)| usize::from(width.0)))
    }
}

impl Printer for Human {
    fn status(&mut self, event: &dyn StatusEvent, elapsed: Duration) -> io::Result<()> {
        let kind = event.kind();
        let name = kind.name().trim_start_matches("PCJ_");
        let (mark, style) = look(kind);
        let mut rest = printable(&told(event).unwrap_or_default());
        if let Some(node) = event.node() {
            // RTS statuses stand beside the NODESENT or NODERECEIVED of the same node.
            if !matches!(kind, Kind::Status(Status::RtsStart | Status::RtsFinish)) {
                rest = self.xml(&node.to_string());
            }
        }
        self.line(elapsed, event.phase(), mark, style, name, &rest)?;
        self.phases.note(kind, elapsed);
        if kind == Kind::Status(Status::InitFinished) {
            let mut out = anstream::stdout().lock();
            writeln!(out, "{:>9}  {}", "", self.phases.picture())?;
        }
        Ok(())
    }

    fn wire(&mut self, item: &Tapped, elapsed: Duration) -> io::Result<()> {
        let (name, rest) = match (item.direction, item.part) {
            (_, Part::End) => ("stream end", self.xml(&item.text)),
            (Direction::Received, Part::Header) => ("stream header", self.xml(&item.text)),
            (_, Part::Space) => ("white space", printable(&item.text)),
            // Statuses tell it.
            _ => return Ok(()),
        };
        let mark = match item.direction {
            Direction::Sent => "→",
            Direction::Received => "←",
        };
        self.line(elapsed, item.phase, mark, Style::new().dimmed(), name, &rest)
    }

    fn answer(&mut self, answer: &Answer<'_>, elapsed: Duration) -> io::Result<()> {
        let (mark, style) = match answer.end {
            RequestEnd::Answer(_) => ("✔", Style::new().green()),
            _ => ("✘", Style::new().red()),
        };
        let text = match answer.end {
            RequestEnd::Answer(stanza) | RequestEnd::Error(stanza) => self.xml(stanza.as_str()),
            _ => String::new(),
        };
        let name = format!("answer {} {}", answer.request, answer.outcome());
        self.line(elapsed, "", mark, style, &name, &format!(" {text}"))
    }
}

fn look(kind: Kind) -> (&'static str, Style) {
    match kind {
        Kind::Status(Status::NodeSent) => ("→", Style::new().blue()),
        Kind::Status(Status::NodeReceived) => ("←", Style::new().magenta()),
        Kind::Status(Status::NodeQueued) => ("…", Style::new().yellow()),
        Kind::Status(Status::InitFinished) => ("✔", Style::new().green().bold()),
        Kind::Status(
            Status::Connected
            | Status::SslSuccess
            | Status::AuthSuccess
            | Status::BindSuccess
            | Status::SessionSuccess
            | Status::ShutdownFinish,
        ) => ("✔", Style::new().green()),
        Kind::Status(_) => ("●", Style::new().cyan()),
        // The end of a connection is no fault by itself; a cause before it is.
        Kind::Error(ErrorStatus::SocketDisconnect) => ("■", Style::new().yellow()),
        Kind::Error(_) => ("✘", Style::new().red().bold()),
        Kind::Extra(_) => ("◆", Style::new().yellow()),
    }
}

/// How long each part of the way to INIT_FINISHED took.
#[derive(Default)]
struct Phases {
    begun: Option<(&'static str, Duration)>,
    took: Vec<(&'static str, Duration)>,
}

/// How many characters wide the picture is.
const WIDTH: u128 = 48;

impl Phases {
    fn note(&mut self, kind: Kind, now: Duration) {
        let Kind::Status(status) = kind else { return };
        let begins = match status {
            Status::Connect => {
                *self = Self::default();
                "connect"
            }
            Status::SslNegotiate => "TLS",
            Status::AuthNegotiate => "login",
            Status::BindNegotiate => "bind",
            Status::SessionNegotiate => "session",
            Status::Connected | Status::SslSuccess | Status::AuthSuccess => "stream",
            Status::InitFinished => "",
            _ => return,
        };
        if let Some((name, since)) = self.begun.replace((begins, now)) {
            let time = now.saturating_sub(since);
            match self.took.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += time,
                None => self.took.push((name, time)),
            }
        }
    }

    /// A bar, each part as wide as its share of the time.
    fn picture(&self) -> String {
        const COLOURS: [Style; 6] = [
            Style::new().cyan(),
            Style::new().blue(),
            Style::new().magenta(),
            Style::new().yellow(),
            Style::new().green(),
            Style::new().red(),
        ];
        let total: Duration = self.took.iter().map(|(_, time)| *time).sum();
        let mut bar = String::new();
        let mut legend = String::new();
        for ((name, time), colour) in self.took.iter().zip(COLOURS.iter().cycle()) {
            let share = time.as_micros() * WIDTH / total.as_micros().max(1);
            let part = "━".repeat(usize::try_from(share).unwrap_or(0).max(1));
            let millis = time.as_secs_f64() * 1000.0;
            // Writing to a string cannot fail.
            let _ = write!(bar, "{}", part.style(*colour));
            let _ = write!(legend, "  {} {millis:.1} ms", name.style(*colour));
        }
        format!("{bar}{legend}  {}", format!("ready in {:.1} ms", total.as_secs_f64() * 1e3).bold())
    }
}
