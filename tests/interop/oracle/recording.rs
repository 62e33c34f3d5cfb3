//! A recording, line by line; what we did, in the same form.

use std::{fmt, path::Path};

use jabber::{Element, Kind};
use jabber_status::Shape;
use serde_json::Value;

use super::node;
use crate::support::{Trace, xml};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recording {
    /// `SERVER-DIALECT-CASE`.
    pub(crate) name: String,
    pub(crate) lines: Vec<Line>,
}

/// A status, or something that the driving program did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// `PCJ_CONNECT`, `return_to_sender`.
    pub(crate) name: String,
    /// The node, or what an error says; of the driving program's, what it saw.
    pub(crate) args: Vec<String>,
}

impl Recording {
    pub(crate) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/oracle/recordings");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect();
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The one of that name.
    pub(crate) fn of(name: &str) -> Self {
        let found = Self::all().into_iter().find(|recording| recording.name == name);
        found.unwrap_or_else(|| panic!("no recording {name}"))
    }

    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        Self { name, lines: text.lines().map(Line::read).collect() }
    }

    /// What a session of ours told, as if it were a recording of that name.
    pub(crate) fn of_trace(name: &str, trace: &Trace) -> Self {
        let lines = trace.lines.iter().map(|line| Line {
            name: line.kind.name().to_owned(),
            args: line.event.node().map(ToString::to_string).into_iter().collect(),
        });
        Self { name: name.to_owned(), lines: lines.collect() }
    }

    pub(crate) fn server(&self) -> &str {
        self.name.split('-').next().unwrap()
    }

    pub(crate) fn dialect(&self) -> &str {
        self.name.split('-').nth(1).unwrap()
    }

    pub(crate) fn shape(&self) -> Shape {
        match self.dialect() {
            "xmpp" => Shape::new().with_tls().with_restart().with_bind().with_session(),
            "j20" => Shape::new().with_tls().with_restart().with_bind(),
            "legacy" | "j14" => Shape::new(),
            other => panic!("{other}"),
        }
    }

    /// Whether it has stream features that it waits for, and SASL.
    pub(crate) fn has_features(&self) -> bool {
        matches!(self.dialect(), "xmpp" | "j20")
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.lines.iter().position(|line| line.is(name))
    }

    /// The first line of that name.
    pub(crate) fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.is(name))
    }

    pub(crate) fn statuses(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_status())
    }

    /// Statuses of ours only; an unknown name is a fault.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.statuses().map(|line| line.name.parse().unwrap()).collect()
    }

    /// What the driving program sent before there was a connection.
    pub(crate) fn early(&self) -> Element {
        self.line("PCJ_NODEQUEUED").unwrap().stanza()
    }

    /// What it asked by return_to_sender once it was ready.
    pub(crate) fn question(&self) -> Element {
        let asked = self.lines.iter().skip_while(|line| !line.is("return_to_sender"));
        asked.into_iter().find(|line| line.is("PCJ_RTS_START")).unwrap().stanza()
    }
}

impl Line {
    pub(crate) fn new(name: &str, args: &[String]) -> Self {
        Self { name: name.to_owned(), args: args.to_vec() }
    }

    pub(crate) fn received(node: &str) -> Self {
        Self::new("PCJ_NODERECEIVED", &[node.to_owned()])
    }

    fn read(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap();
        let name = value.get("event").or_else(|| value.get("driver")).unwrap();
        let args = value.get("args").and_then(Value::as_array).into_iter().flatten();
        let args = args.chain(value.get("value")).map(|value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        });
        Self { name: name.as_str().unwrap().to_owned(), args: args.collect() }
    }

    pub(crate) fn is_status(&self) -> bool {
        self.name.starts_with("PCJ_")
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub(crate) fn arg(&self) -> &str {
        self.args.first().map_or("", String::as_str)
    }

    /// What kind of node it is about.
    pub(crate) fn node(&self) -> String {
        node::summary(self.arg())
    }

    /// A node that the driving program made: the stanza, without the route around it.
    fn stanza(&self) -> Element {
        let element = xml(self.arg());
        let route = (element.name() == "route").then(|| element.children().next().unwrap());
        route.map_or(element.clone(), |content| content.to_element())
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| {
            let arg: String = line.arg().chars().take(90).collect();
            writeln!(f, "  {} {arg}", line.name)
        })
    }
}
