//! What happened, in order.

use std::{error::Error, fmt};

use jabber::{
    Element, Kind, Phase, Status, StatusEvent, jabberd20_component as router, login, xmpp,
};
use jabber_connection::Detail;
use jabber_status::{Lifecycle, Shape};
use jabber_tests::causes;

use super::Secrets;

/// Everything that a session told an observer.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) lines: Vec<Line>,
    life: Lifecycle,
    secrets: Secrets,
}

/// One status.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) phase: Phase,
    pub(crate) event: Box<dyn StatusEvent>,
    /// All that can be read of it.
    text: String,
}

impl Trace {
    pub(crate) fn new(shape: Shape, secrets: Secrets) -> Self {
        Self { lines: Vec::new(), life: Lifecycle::of(shape), secrets }
    }

    pub(crate) fn take(&mut self, event: &dyn StatusEvent) {
        self.life.check_event(event).unwrap_or_else(|fault| panic!("{fault}\n{event:?}\n{self}"));
        if let Some(Detail::Node(node) | Detail::Request(_, node)) = connection_detail(event) {
            self.secrets.learn(node.dangerous_element());
        }
        let (kind, phase) = (event.kind(), event.phase());
        let text = text(event);
        self.lines.push(Line { kind, phase, event: event.to_boxed(), text });
    }

    /// To be called when nothing more comes: the grammar lets it end here, and nothing was told
    /// that is secret, by whatever came before the secret itself either.
    pub(crate) fn finish(&self) {
        self.life.finish().unwrap_or_else(|fault| panic!("{fault}\n{self}"));
        for line in &self.lines {
            if let Some(secret) = self.secrets.found_in(&line.text) {
                panic!("{} shows {secret:?}: {}", line.kind, line.text);
            }
        }
    }

    /// How many secrets were looked for.
    pub(crate) fn secrets(&self) -> usize {
        self.secrets.len()
    }

    /// The names without `PCJ_`, one space between.
    pub(crate) fn all(&self) -> String {
        names(self.lines.iter().map(|line| line.kind))
    }

    /// The same, without nodes.
    pub(crate) fn steps(&self) -> String {
        names(self.lines.iter().map(|line| line.kind).filter(|kind| !is_node(*kind)))
    }

    /// The first of that kind.
    pub(crate) fn find(&self, kind: impl Into<Kind>) -> &Line {
        let kind = kind.into();
        let found = self.lines.iter().find(|line| line.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind} in\n{self}"))
    }

    /// What TLS or SASL told with it, in whichever of the two dialects that have them.
    pub(crate) fn login(&self, status: Status) -> &login::Detail {
        let line = self.find(status);
        let event = line.event.as_any();
        match (event.downcast_ref::<xmpp::Event>(), event.downcast_ref::<router::Event>()) {
            (Some(event), _) => match event.typed() {
                xmpp::Detail::Login(detail) => detail,
                other => panic!("{other:?}"),
            },
            (_, Some(event)) => match event.typed() {
                router::Detail::Login(detail) => detail,
                other => panic!("{other:?}"),
            },
            _ => panic!("{:?}", line.event),
        }
    }

    /// The nodes of that kind, as observers read them.
    pub(crate) fn nodes(&self, kind: impl Into<Kind>) -> Vec<String> {
        let kind = kind.into();
        let of_kind = self.lines.iter().filter(|line| line.kind == kind);
        of_kind.map(|line| line.event.node().unwrap().to_string()).collect()
    }
}

impl Line {
    /// The event's own type.
    pub(crate) fn typed<T: StatusEvent>(&self) -> &T {
        self.event.as_any().downcast_ref().unwrap_or_else(|| panic!("{:?}", self.event))
    }

    /// The cause, of that type, wherever in the chain it is.
    pub(crate) fn cause<T: Error + 'static>(&self) -> &T {
        let found = causes::find(self.event.error());
        found.unwrap_or_else(|| panic!("no such cause in {:?}", self.event))
    }

    pub(crate) fn detail(&self) -> String {
        self.event.detail().map(ToString::to_string).unwrap_or_default()
    }

    /// The element itself.
    pub(crate) fn element(&self) -> &Element {
        match connection_detail(&*self.event) {
            Some(Detail::Node(node) | Detail::Request(_, node)) => node.dangerous_element(),
            _ => panic!("no node: {:?}", self.event),
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { kind, phase, event, .. } in &self.lines {
            write!(f, "  {kind} ({phase})")?;
            for part in [event.node(), event.detail()].into_iter().flatten() {
                write!(f, " {part}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn connection_detail(event: &dyn StatusEvent) -> Option<&Detail> {
    event.as_any().downcast_ref::<jabber_connection::Event>().map(jabber_connection::Event::typed)
}

/// By every way in which a text can be had from an event.
fn text(event: &dyn StatusEvent) -> String {
    let mut text = format!("{event:?} {:?} {:#?}", event.to_boxed(), event);
    for part in [event.node(), event.detail()].into_iter().flatten() {
        text += &format!(" {part}");
    }
    let mut next = event.error();
    while let Some(error) = next {
        text += &format!(" {error} {error:?}");
        next = error.source();
    }
    text
}

pub(crate) fn is_node(kind: Kind) -> bool {
    matches!(kind.name(), "PCJ_NODESENT" | "PCJ_NODERECEIVED")
}

pub(crate) fn names(kinds: impl Iterator<Item = Kind>) -> String {
    let names: Vec<&str> = kinds.map(|kind| kind.name().trim_start_matches("PCJ_")).collect();
    names.join(" ")
}
