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

use common::{
    C, EMPTY, HEADER, Outcome, PROCEED, Run, STARTTLS, SUCCESS, digest, echo, features, mechanisms,
    sasl, stream_error,
};
use jabber_security::Security;

/// What can happen. Some of it depends on what we have sent.
const INPUTS: &[&str] = &[
    "tls established",
    "header",
    "header 0.9",
    "features with starttls",
    "features with login",
    "empty features",
    "proceed",
    "tls failure",
    "right challenge",
    "wrong challenge",
    "right success",
    "bare success",
    "sasl failure",
    "bound",
    "bound another",
    "bind error 403",
    "bind error 409",
    "presence",
    "route",
    "message",
    "handshake",
    "stream error not-authorized",
    "stream error policy-violation",
    "stream error conflict",
    "stream error host-unknown",
];

/// False if it cannot happen now: the parser, the driver, or sense itself forbids it.
fn say(run: &mut Run, input: &str) -> bool {
    let header_due = run.awaiting() == "the stream header";
    let sent = run.last_sent().map_or("", |it| it.name()).to_owned();
    let reads = !run.wants_tls() && !header_due;
    let possible = match input {
        "tls established" => run.wants_tls(),
        "header" | "header 0.9" => header_due,
        "right challenge" => reads && sent == "auth",
        "right success" => reads && sent == "response",
        "bound" | "bound another" => reads && sent == "bind",
        _ if input.starts_with("bind error") => reads && sent == "bind",
        _ => reads,
    };
    if !possible {
        return false;
    }
    let text = match input {
        "tls established" => {
            run.tls();
            return true;
        }
        "header" => HEADER.to_owned(),
        "header 0.9" => HEADER.replace("'1.0'", "'0.9'"),
        "features with starttls" => features(STARTTLS),
        "features with login" => mechanisms(&["DIGEST-MD5"]),
        "empty features" => EMPTY.to_owned(),
        "proceed" => PROCEED.to_owned(),
        "tls failure" => sasl("failure", "").replace("-sasl", "-tls"),
        "right challenge" => digest::challenge(),
        "wrong challenge" => sasl("challenge", "YQ=="),
        "right success" => digest::success(run, "echo.localhost"),
        "bare success" => SUCCESS.to_owned(),
        "sasl failure" => sasl("failure", "<not-authorized/>"),
        "bound" => format!("<bind {C} id='{}'></bind>", run.id()),
        "bound another" => format!("<bind {C} id='other'></bind>"),
        "presence" => format!("<presence {C} from='sm'></presence>"),
        "route" => format!("<route {C} from='sm'><iq xmlns='jabber:client'/></route>"),
        "message" => "<message xmlns='jabber:client'/>".to_owned(),
        "handshake" => "<handshake xmlns='jabber:component:accept'/>".to_owned(),
        _ => match input.strip_prefix("bind error ") {
            Some(code) => format!("<bind {C} id='{}' error='{code}'></bind>", run.id()),
            None => stream_error(input.trim_start_matches("stream error ")),
        },
    };
    run.server(&text);
    true
}

fn play(path: &[&'static str]) -> Run {
    let config = echo().with_name("chat.localhost".parse().unwrap());
    let mut run = Run::start(&config, &Security::Open, false);
    for input in path {
        assert!(say(&mut run, input));
    }
    run
}

/// The state's name: what is awaited, after what was sent.
fn state(run: &Run) -> String {
    let sent = run.last_sent().map_or("nothing", |it| it.name());
    let name = run.last_sent().and_then(|it| it.attribute("name"));
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    let secure = if run.lines().contains("SSLSUCCESS") { ", encrypted" } else { "" };
    format!("{} (sent {sent}{name}{secure})", run.awaiting())
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
