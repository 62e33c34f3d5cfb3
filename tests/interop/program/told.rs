//! What a run printed, read and checked.

use std::{any::Any, fmt, time::Duration};

use jabber::{Kind, Phase, Protocol, StatusEvent};
use jabber_status::{Lifecycle, Shape};
use serde_json::Value;

use crate::support::names;

/// What a run told, checked.
pub(crate) struct Told {
    pub(crate) lines: Vec<Value>,
    pub(crate) stderr: String,
    pub(crate) exit: i32,
    pub(crate) took: Duration,
}

impl Told {
    pub(super) fn new(lines: Vec<String>, stderr: String, exit: i32, took: Duration) -> Self {
        let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let this = Self { lines, stderr, exit, took };
        this.check();
        this
    }

    /// The form of every line, and the order of all.
    fn check(&self) {
        let Some(first) = self.lines.first() else { return };
        let shape = match first["dialect"].as_str().unwrap() {
            "xmpp" => jabber::xmpp::Config::new("a@b".parse().unwrap(), "").shape(),
            "jabberd20-component" => Shape::new().with_tls().with_restart().with_bind(),
            "legacy" | "component" => Shape::new(),
            other => panic!("{other}"),
        };
        let mut life = Lifecycle::of(shape);
        let mut elapsed = 0;
        for (number, line) in self.lines.iter().enumerate() {
            assert_eq!(line["seq"], number, "{self:?}");
            assert!(line["elapsed_us"].as_u64().unwrap() >= elapsed, "{line}");
            elapsed = line["elapsed_us"].as_u64().unwrap();
            if line["kind"] == "answer" {
                assert!(line["request"].is_u64() && line["id"].is_string(), "{line}");
                continue;
            }
            is_redacted(line["xml"].as_str().unwrap_or_default());
            let event = Parsed::new(line);
            life.check_event(&event).unwrap_or_else(|fault| panic!("{fault}\n{line}\n{self:?}"));
        }
        life.finish().unwrap_or_else(|fault| panic!("{fault}\n{self:?}"));
    }

    pub(crate) fn statuses(&self) -> impl Iterator<Item = &Value> {
        self.lines.iter().filter(|line| line["kind"] != "answer")
    }

    /// The names without `PCJ_`, nodes left out.
    pub(crate) fn steps(&self) -> String {
        let kinds = self.statuses().map(kind);
        names(kinds.filter(|kind| !matches!(kind.name(), "PCJ_NODESENT" | "PCJ_NODERECEIVED")))
    }

    /// The first line of that name.
    pub(crate) fn find(&self, name: &str) -> &Value {
        let found = self.lines.iter().find(|line| line["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// The XML of all lines of that name.
    pub(crate) fn nodes(&self, name: &str) -> Vec<&str> {
        let of_name = self.lines.iter().filter(|line| line["name"] == name);
        of_name.map(|line| line["xml"].as_str().unwrap()).collect()
    }

    pub(crate) fn answers(&self) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["kind"] == "answer").collect()
    }

    /// It ended with that exit status.
    #[track_caller]
    pub(crate) fn ends_with(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{self:?}");
        self
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit status {} after {:?}", self.exit, self.took)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        f.write_str(&self.stderr)
    }
}

/// SASL data and handshakes are never shown.
fn is_redacted(xml: &str) {
    for name in ["<auth ", "<challenge ", "<response ", "<success ", "<handshake"] {
        let hidden = || xml.contains(">[redacted]</") || xml.ends_with("/>");
        assert!(!xml.starts_with(name) || hidden(), "{xml}");
    }
}

pub(crate) fn kind(line: &Value) -> Kind {
    line["name"].as_str().unwrap().parse().unwrap()
}

/// A line of JSON as the event that it stands for.
#[derive(Clone, Debug)]
struct Parsed {
    kind: Kind,
    phase: Phase,
    attempt: u32,
}

impl Parsed {
    fn new(line: &Value) -> Self {
        let kind = kind(line);
        assert_eq!(line["code"], kind.code(), "{line}");
        let is_error = matches!(kind, Kind::Error(_));
        assert_eq!(line["kind"], if is_error { "error" } else { "status" }, "{line}");
        assert!(!is_error || line["detail"].is_string(), "{line}");
        let is_node = matches!(kind.name(), "PCJ_NODESENT" | "PCJ_NODERECEIVED" | "PCJ_NODEQUEUED");
        assert!(!is_node || line["xml"].is_string(), "{line}");
        let phases =
            [Phase::Idle, Phase::Connecting, Phase::Negotiation, Phase::Ready, Phase::Closing];
        let phase = phases.into_iter().find(|phase| line["phase"] == phase.to_string());
        let attempt = line["attempt"].as_u64().unwrap().try_into().unwrap();
        Self { kind, phase: phase.unwrap_or_else(|| panic!("{line}")), attempt }
    }
}

impl StatusEvent for Parsed {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn phase(&self) -> Phase {
        self.phase
    }
    fn attempt(&self) -> u32 {
        self.attempt
    }
    fn dialect(&self) -> &'static str {
        "read from JSON"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}
