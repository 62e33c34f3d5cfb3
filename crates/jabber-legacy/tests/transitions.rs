//! The whole state graph: every state that can be reached is given everything a server can say, and
//! what comes of it is held against `transitions.txt`. Each run checks besides that the trace obeys
//! the lifecycle grammar, that nothing secret leaves before its time, and that nothing follows a
//! failure.
//!
//! A changed graph is shown as a difference. `UPDATE=1 cargo test` writes the new one, to be read
//! before it is committed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Write as _,
    fs,
};

use common::{BOTH, HEADER, Outcome, PLAIN, Run, alice, stream_error};
use jabber_security::Security;

/// What can happen. Some of it depends on what we have sent.
const INPUTS: &[&str] = &[
    "header",
    "header without id",
    "features",
    "form",
    "form without digest",
    "form with nothing",
    "result",
    "result to another",
    "result from another",
    "error 401",
    "error 406",
    "error 409",
    "message",
    "success",
    "handshake",
    "stream error not-authorized",
    "stream error policy-violation",
    "stream error conflict",
    "stream error unsupported-version",
];

/// False if it cannot happen now: the parser or sense itself forbids it.
fn say(run: &mut Run, input: &str) -> bool {
    let header_due = run.awaiting() == "the stream header";
    if header_due != input.starts_with("header") {
        return false;
    }
    let id = run.last_sent().map(|_| run.id()).unwrap_or_default();
    match input {
        "header" => run.server(HEADER),
        "header without id" => run.server(&HEADER.replace(" id='3EE948B0'", "")),
        "features" => run.server("<stream:features/>"),
        "form" => run.form(BOTH),
        "form without digest" => run.form(PLAIN),
        "form with nothing" => run.form(&[]),
        "result" => run.result(""),
        "result to another" => {
            run.server(&format!("<iq type='result' id='{id}' to='eve@localhost/x'/>"))
        }
        "result from another" => {
            run.server(&format!("<iq type='result' id='{id}' from='eve@localhost'/>"))
        }
        "message" => run.server("<message/>"),
        "success" => run.server("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
        "handshake" => run.server("<handshake/>"),
        _ => match input.strip_prefix("error ") {
            Some(code) => run.error(&format!("<error code='{code}'/>")),
            None => run.server(&stream_error(input.trim_start_matches("stream error "))),
        },
    };
    true
}

fn play(path: &[&'static str]) -> Run {
    let mut run = Run::start(&alice(), &Security::Private, true);
    for input in path {
        assert!(say(&mut run, input));
    }
    run
}

/// The state's name: what is awaited, after what was sent.
fn state(run: &Run) -> String {
    let lines = run.lines();
    let sent = if lines.contains("<digest>") {
        "digest"
    } else if lines.contains("<password>") {
        "plaintext"
    } else if run.last_sent().is_some() {
        "request for the form"
    } else {
        "nothing"
    };
    format!("{} (sent {sent})", run.awaiting())
}

fn outcome(run: &Run) -> String {
    match &run.outcome {
        Outcome::Open => state(run),
        Outcome::Ready(identity) => format!("READY as {identity}"),
        Outcome::Failed(failure) => {
            let cause = failure.cause().map_or("PCJ_SOCKETDISCONNECT", |it| it.name());
            // The variants alone: words may change.
            let error = format!("{:?}", failure.error());
            let error = error.split([' ', '{', ')']).next().unwrap_or_default();
            format!("{} {} [{:?}]", &cause[4..], error.replace('(', "/"), failure.retry())
        }
    }
}

#[test]
fn every_state_and_every_answer() {
    let mut known = BTreeSet::from([state(&play(&[]))]);
    let mut queue = VecDeque::from([Vec::new()]);
    let mut text = String::new();
    while let Some(path) = queue.pop_front() {
        let from = state(&play(&path));
        let mut stays = Vec::new();
        writeln!(text, "{from}").unwrap();
        for input in INPUTS {
            let mut run = play(&path);
            if !say(&mut run, input) {
                continue;
            }
            let to = outcome(&run);
            if to == from {
                stays.push(*input);
            } else {
                writeln!(text, "    {input} -> {to}").unwrap();
            }
            if run.is_open() && known.insert(to) {
                queue.push_back([&path[..], &[*input]].concat());
            }
            run.end();
        }
        writeln!(text, "    stays: {}", stays.join(", ")).unwrap();
    }
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transitions.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(golden, &text).unwrap();
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    for (is, was) in text.lines().zip(expected.lines()) {
        assert_eq!(is, was, "the state graph has changed");
    }
    assert_eq!(text.lines().count(), expected.lines().count(), "the state graph has changed");
}
