//! What holds of recordings and rules without any server.

use std::{collections::BTreeSet, path::Path};

use jabber_status::Lifecycle;

use super::{
    recording::{Line, Recording},
    rules::{ACCIDENTS, RULES, Rule},
};

#[test]
fn all_recordings_are_of_a_server_that_is_tested() {
    let all = Recording::all();
    assert_eq!(all.len(), 13);
    let servers: BTreeSet<&str> = all.iter().map(Recording::server).collect();
    assert_eq!(servers, BTreeSet::from(["ejabberd", "jabberd2", "prosody"]));
}

/// Each row of the table is one rule, and each rule is a row.
#[test]
fn the_rules_are_those_that_are_documented() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/statuses.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("\n| PCJ 3.00 | here |\n|---|---|\n").unwrap();
    let rows: BTreeSet<&str> =
        table.lines().map_while(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.row).collect();
    assert_eq!(rules.len(), RULES.len(), "two rules of one row");
    assert_eq!(rows, rules);
}

#[test]
fn every_rule_fires() {
    let mut recordings = Recording::all();
    // The declaration is in our own header.
    let header = "<?xml version='1.0'?><stream:stream to='a'>".to_owned();
    recordings[0].lines.push(Line::new("PCJ_NODESENT", &[header]));
    for rule in RULES.iter().chain(ACCIDENTS) {
        let before = recordings.clone();
        recordings.iter_mut().for_each(rule.apply);
        assert!(recordings != before, "{} changes nothing: strike it out", rule.name);
    }
}

/// Without it something else would remain, which a session is compared with.
#[test]
fn no_rule_can_be_left_out() {
    for Rule { name, .. } in RULES {
        let differs = |it: &Recording| {
            it.clone().into_ours_but(&[name]).steps() != it.clone().into_ours_but(&[]).steps()
        };
        assert!(Recording::all().iter().any(differs), "{name} is not needed: strike it out");
    }
}

/// One status twice, one missing, two in each other's place: what remains is not what it was, but
/// where a rule says that PCJ's own statuses do not count.
#[test]
fn no_fault_is_smoothed_away() {
    let mut unseen = BTreeSet::new();
    for recording in Recording::all() {
        let compared = |it: Recording| it.into_ours_but(&["mechanisms_differ_in_nodes"]).steps();
        let right = compared(recording.clone());
        let mut look = |fault: &str, at: usize, change: fn(&mut Vec<Line>, usize)| {
            let mut faulty = recording.clone();
            change(&mut faulty.lines, at);
            if faulty.lines != recording.lines && compared(faulty) == right {
                let line = &recording.lines[at];
                let about = if line.node().contains(' ') { String::new() } else { line.node() };
                unseen.insert(format!("{fault} {} {about}", &line.name[4..]).trim_end().to_owned());
            }
        };
        let of_statuses = |it: &usize| recording.lines[*it].is_status();
        for at in (0..recording.lines.len()).filter(of_statuses) {
            look("twice", at, |lines, at| lines.insert(at, lines[at].clone()));
            look("without", at, |lines, at| drop(lines.remove(at)));
            if recording.lines.get(at + 1).is_some_and(Line::is_status) {
                look("late", at, |lines, at| lines.swap(at, at + 1));
            }
        }
    }
    let unseen: Vec<&str> = unseen.iter().map(String::as_str).collect();
    assert_eq!(unseen, UNSEEN);
}

/// The faults that no comparison shows, in all recordings together.
const UNSEEN: &[&str] = &[
    // RTS_START of its own requests, and what stands beside it.
    "late BINDNEGOTIATE",
    // What comes at any time, and what comes after SHUTDOWN_FINISH.
    "late NODERECEIVED",
    "late NODERECEIVED stream:stream",
    "late NODESENT",
    // Two of a kind.
    "late NODESENT response",
    "late RTS_START",
    "late RTS_START bind",
    "late SESSIONNEGOTIATE",
    // A rule puts it and SHUTDOWN_START right.
    "late STREAMEND",
    "twice NODERECEIVED",
    "twice NODERECEIVED stream:stream",
    "twice RTS_START",
    "twice RTS_START bind",
    "twice SOCKETFAIL read",
    // Features; the one before anything was connected.
    "without AUTHFAIL",
    "without NODERECEIVED",
    "without NODERECEIVED stream:stream",
    "without RTS_START",
    "without RTS_START bind",
    "without SOCKETDISCONNECT",
    "without SOCKETFAIL read",
];

/// The result obeys the grammar, as whatever we tell.
#[test]
fn recordings_pass_the_grammar_after_the_rules() {
    for recording in Recording::all() {
        let mut life = Lifecycle::of(recording.shape());
        let ours = recording.into_ours_but(&[]);
        for kind in ours.kinds() {
            life.check(kind).unwrap_or_else(|fault| panic!("{}: {fault}\n{ours}", ours.name));
        }
        life.finish().unwrap_or_else(|fault| panic!("{}: {fault}\n{ours}", ours.name));
    }
}
