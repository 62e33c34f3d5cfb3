//! A recording, line by line.

use std::fmt;
use std::path::Path;

use jabber_status::{Kind, Shape};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) lines: Vec<Line>,
}

/// A status, or something that the driving program did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// `PCJ_CONNECT`, `return_to_sender`.
    pub(crate) name: String,
    pub(crate) args: Vec<String>,
}

impl Recording {
    pub(crate) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect();
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        Self { name, lines: text.lines().map(Line::read).collect() }
    }

    pub(crate) fn is(&self, dialect: &str) -> bool {
        self.name.split('-').nth(1) == Some(dialect)
    }

    pub(crate) fn shape(&self) -> Shape {
        match self.name.split('-').nth(1) {
            Some("xmpp") => Shape::new().with_tls().with_restart().with_bind().with_session(),
            Some("j20") => Shape::new().with_tls().with_restart().with_bind(),
            Some("legacy" | "j14") => Shape::new(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.lines.iter().position(|line| line.name == name)
    }

    /// The statuses between the two, without them.
    pub(crate) fn between(&self, first: &str, last: &str) -> &[Line] {
        match (self.position(first), self.position(last)) {
            (Some(first), Some(last)) => &self.lines[first + 1..last],
            _ => &[],
        }
    }

    pub(crate) fn statuses(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_status())
    }

    /// Statuses of ours only; an unknown name is a fault.
    pub(crate) fn kinds(&self) -> Result<Vec<Kind>, String> {
        self.statuses().map(|line| line.name.parse().map_err(|error| format!("{error}"))).collect()
    }
}

impl Line {
    pub(crate) fn new(name: &str, args: &[String]) -> Self {
        Self { name: name.to_owned(), args: args.to_vec() }
    }

    fn read(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap();
        let name = value.get("event").or_else(|| value.get("driver")).unwrap();
        let args = value.get("args").and_then(Value::as_array);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { name: text(name), args: args.into_iter().flatten().map(text).collect() }
    }

    pub(crate) fn is_status(&self) -> bool {
        self.name.starts_with("PCJ_")
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The `id` of the node.
    pub(crate) fn id(&self) -> Option<&str> {
        let (_, rest) = self.args.first()?.split_once(" id=\"")?;
        rest.split('"').next()
    }

    pub(crate) fn is_node(&self, start: &str) -> bool {
        self.args.first().is_some_and(|node| node.starts_with(start))
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| {
            let arg: String = line.args.first().map_or("", |arg| arg).chars().take(70).collect();
            writeln!(f, "  {} {arg}", line.name)
        })
    }
}
