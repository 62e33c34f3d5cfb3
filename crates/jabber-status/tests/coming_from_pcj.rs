//! docs/guides/coming-from-pcj.md has all of PCJ, and its numbers are ours.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use jabber_status::{ErrorStatus, Extra, Kind, Status};

/// The numbers of POE::Component::Jabber::ProtocolFactory, in 2.03 and in 3.00.
const CONNECTION_TYPES: [(u16, &str); 4] =
    [(0, "JABBERD14_COMPONENT"), (1, "LEGACY"), (2, "JABBERD20_COMPONENT"), (4, "XMPP")];

/// What 2.03 or 3.00 exports beside what is a status or an error here.
const OTHER_CONSTANTS: [&str; 2] = ["PCJ_READY", "PCJ_XPATHFILTER"];

/// 2.03 exports it with this number, and never sends it.
const NEVER_SENT: (u16, &str) = (21, "PCJ_RECONNECT");

const OPTIONS: [&str; 17] = [
    "IP",
    "Port",
    "Hostname",
    "Username",
    "Password",
    "Resource",
    "Alias",
    "ConnectionType",
    "Version",
    "Xmlns",
    "Stream",
    "StateParent",
    "States",
    "Debug",
    "Plaintext",
    "BindDomain",
    "BindOption",
];

const PARENTS_EVENTS: [&str; 3] = ["StatusEvent", "InputEvent", "ErrorEvent"];

/// Those of 2.03, of 3.00, and of the PubSub that 3.00 is reached through.
const INPUT_EVENTS: [&str; 15] = [
    "connect",
    "reconnect",
    "output_handler",
    "output",
    "return_to_sender",
    "purge_queue",
    "shutdown",
    "xpath_filter",
    "halt",
    "subscribe",
    "cancel",
    "publish",
    "rescind",
    "listing",
    "destroy",
];

const METHODS: [&str; 17] = [
    "new",
    "jid",
    "sid",
    "config",
    "queue",
    "pending",
    "wheel",
    "sock",
    "parent",
    "status",
    "error",
    "input",
    "events",
    "relinquish_states",
    "debug_message",
    "_reset",
    "_gather_options",
];

/// Of POE::Component::Jabber::Protocol.
const PROTOCOL: [&str; 6] = [
    "get_version",
    "get_xmlns",
    "get_states",
    "get_input_event",
    "get_error_event",
    "get_flushed_event",
];

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/coming-from-pcj.md");
    std::fs::read_to_string(path).unwrap()
}

/// The text under a heading, up to the next one of its depth.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

/// The cells of the rows of a section's tables.
fn rows(section: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = section.lines().filter(|line| line.starts_with('|'));
    rows.map(|line| {
        line.trim_matches('|').split(" | ").map(|it| it.trim_matches(['|', ' '])).collect()
    })
}

/// The rows `| number | name |`, in order of the numbers.
fn numbered<'a>(page: &'a str, heading: &str) -> BTreeSet<(u16, &'a str, Option<&'a str>)> {
    let numbered = rows(section(page, heading)).filter_map(|cells| {
        let code = cells.first()?.parse().ok()?;
        Some((code, cells.get(1)?.trim_matches('`'), cells.get(3).copied()))
    });
    numbered.collect()
}

#[test]
fn the_statuses_have_their_numbers_and_no_other() {
    let page = page();
    let found = numbered(&page, "Statuses");
    let ours = Status::ALL.iter().map(|it| (it.code(), it.name()));
    let expected = ours.chain([NEVER_SENT]).collect::<BTreeSet<_>>();
    assert_eq!(
        found.iter().map(|(code, name, _)| (*code, *name)).collect::<BTreeSet<_>>(),
        expected
    );
    assert_eq!(Kind::from_code(NEVER_SENT.0), None, "the number is free");
    // `| 0 | PCJ_CONNECT | … | `Status::Connect` | … |`
    for (code, name, here) in found {
        let variant = Status::from_code(code).map(|status| format!("`Status::{status:?}`"));
        assert_eq!(here, Some(variant.as_deref().unwrap_or("none")), "{name}");
    }
}

#[test]
fn the_errors_have_their_numbers_and_no_other() {
    let page = page();
    let found = numbered(&page, "Errors");
    let expected = ErrorStatus::ALL.iter().map(|it| (it.code(), it.name()));
    let expected = expected.collect::<BTreeSet<_>>();
    assert_eq!(
        found.iter().map(|(code, name, _)| (*code, *name)).collect::<BTreeSet<_>>(),
        expected
    );
    for (code, name, here) in found {
        let variant = ErrorStatus::from_code(code).map(|it| format!("`ErrorStatus::{it:?}`"));
        assert_eq!(here, variant.as_deref(), "{name}");
    }
}

#[test]
fn the_connection_types_have_their_numbers_and_no_other() {
    let page = page();
    let found = numbered(&page, "Connection types");
    let found = found.iter().map(|(code, name, _)| (*code, *name)).collect::<BTreeSet<_>>();
    assert_eq!(found, BTreeSet::from(CONNECTION_TYPES));
}

#[test]
fn what_is_new_and_what_is_gone_is_named() {
    let page = page();
    let statuses = section(&page, "Statuses");
    for name in Extra::ALL.iter().map(|it| it.name()).chain(OTHER_CONSTANTS) {
        assert!(statuses.contains(name), "{name}");
    }
}

/// The names in backticks in the first `columns` cells of each row.
fn named<'a>(page: &'a str, heading: &str, columns: usize) -> BTreeSet<&'a str> {
    let cells = rows(section(page, heading)).flat_map(move |cells| cells.into_iter().take(columns));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

fn assert_all(found: &BTreeSet<&str>, expected: &[&str]) {
    let missing: Vec<_> = expected.iter().filter(|name| !found.contains(*name)).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}

#[test]
fn every_option() {
    let page = page();
    assert_eq!(named(&page, "Constructor options", 1), BTreeSet::from(OPTIONS));
    assert_all(&named(&page, "Constructor options", 3), &PARENTS_EVENTS);
}

#[test]
fn every_input_event() {
    let page = page();
    assert_all(&named(&page, "Input events", 2), &INPUT_EVENTS);
}

#[test]
fn every_method() {
    let page = page();
    let found = named(&page, "Methods", 1);
    assert_all(&found, &METHODS);
    assert_all(&found, &PROTOCOL);
}
