//! The whole state graph: every state that can be reached is given everything a server can say, and
//! what comes of it is held against `transitions.txt`. Each run checks besides that the trace obeys
//! the lifecycle grammar, that nothing secret leaves before TLS, and that nothing follows a failure.
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
    BIND, HEADER, Outcome, PROCEED, Run, SESSION, STARTTLS, SUCCESS, features, mechanisms, sasl,
    scram::Scram, stream_error,
};
use jabber_security::Security;
use jabber_xmpp::Config;

/// What can happen. Some of it depends on what we have sent.
const INPUTS: &[&str] = &[
    "tls established",
    "header",
    "header 0.9",
    "features with starttls",
    "features with login",
    "features with bind",
    "features with bind, session",
    "proceed",
    "tls failure",
    "right challenge",
    "wrong challenge",
    "right success",
    "bare success",
    "sasl failure",
    "bound",
    "bound another",
    "result",
    "error conflict",
    "error forbidden",
    "message",
    "handshake",
    "stream error not-authorized",
    "stream error policy-violation",
    "stream error conflict",
    "stream error host-unknown",
];

/// A run that can answer as a server does that knows the password.
struct Server {
    run: Run,
    scram: Scram,
    offers_session: bool,
}

impl Server {
    fn new() -> Self {
        let config = Config::new("alice@localhost".parse().unwrap(), "wonderland")
            .with_policy(jabber_sasl::Policy::PLAIN_OVER_TLS);
        let run = Run::start(&config, &Security::Open, false);
        Self { run, scram: Scram::default(), offers_session: false }
    }

    /// False if it cannot happen now: the parser, the driver, or sense itself forbids it.
    fn say(&mut self, input: &str) -> bool {
        let run = &mut self.run;
        let header_due = run.awaiting() == "the stream header";
        let iq = run.last_sent().filter(|it| it.name() == "iq").is_some();
        let auth = run.last_sent().filter(|it| it.name() == "auth").is_some();
        let response = run.last_sent().filter(|it| it.name() == "response").is_some();
        let reads = !run.wants_tls() && !header_due;
        let possible = match input {
            "tls established" => run.wants_tls(),
            "header" | "header 0.9" => header_due,
            "right challenge" => reads && auth,
            "right success" => reads && response,
            "bound" | "bound another" | "result" => reads && iq,
            _ if input.starts_with("error") => reads && iq,
            _ => reads,
        };
        if !possible {
            return false;
        }
        self.offers_session |=
            input.ends_with("session") && run.awaiting() == "the stream features after the login";
        let bound = |jid: &str, run: &Run| {
            format!(
                "<iq type='result' id='{}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
                 <jid>{jid}</jid></bind></iq>",
                run.id()
            )
        };
        let text = match input {
            "tls established" => {
                run.tls();
                return true;
            }
            "header" => HEADER.to_owned(),
            "header 0.9" => HEADER.replace("'1.0'", "'0.9'"),
            "features with starttls" => features(STARTTLS),
            "features with login" => mechanisms(&["SCRAM-SHA-256", "PLAIN"]),
            "features with bind" => features(BIND),
            "features with bind, session" => features(&format!("{BIND}{SESSION}")),
            "proceed" => PROCEED.to_owned(),
            "tls failure" => sasl("failure", "").replace("-sasl", "-tls"),
            "right challenge" => self.scram.challenge(run),
            "wrong challenge" => sasl("challenge", "YQ=="),
            "right success" => self.scram.success(run),
            "bare success" => SUCCESS.to_owned(),
            "sasl failure" => sasl("failure", "<not-authorized/>"),
            "bound" => bound("alice@localhost/r", run),
            "bound another" => bound("eve@localhost/r", run),
            "result" => format!("<iq type='result' id='{}'/>", run.id()),
            "message" => "<message/>".to_owned(),
            "handshake" => "<handshake/>".to_owned(),
            _ if input.starts_with("error") => format!(
                "<iq type='error' id='{}'><error><{} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
                 </error></iq>",
                run.id(),
                input.trim_start_matches("error ")
            ),
            _ => stream_error(input.trim_start_matches("stream error ")),
        };
        run.server(&text);
        true
    }

    fn play(path: &[&'static str]) -> Self {
        let mut server = Self::new();
        for input in path {
            assert!(server.say(input));
        }
        server
    }

    /// The state's name: what is awaited, after what was sent. Fresh resources are counted apart.
    fn state(&self) -> String {
        let sent = self.run.last_sent().map_or("nothing", |it| it.name());
        let binds = self.run.lines().matches("<bind ").count();
        let binds = if binds > 1 && self.run.awaiting() == "the answer to the bind" {
            format!(" {binds}")
        } else {
            String::new()
        };
        let session = if self.offers_session { ", session offered" } else { "" };
        let secure = if self.run.lines().contains("SSLSUCCESS") { ", encrypted" } else { "" };
        format!("{}{binds} (sent {sent}{secure}{session})", self.run.awaiting())
    }

    fn outcome(&self) -> String {
        match &self.run.outcome {
            Outcome::Open => self.state(),
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
}

#[test]
fn every_state_and_every_answer() {
    let mut known = BTreeSet::from([Server::new().state()]);
    let mut queue = VecDeque::from([Vec::new()]);
    let mut text = String::new();
    while let Some(path) = queue.pop_front() {
        let from = Server::play(&path).state();
        let mut stays = Vec::new();
        writeln!(text, "{from}").unwrap();
        for input in INPUTS {
            let mut server = Server::play(&path);
            if !server.say(input) {
                continue;
            }
            let to = server.outcome();
            if to == from {
                stays.push(*input);
            } else {
                writeln!(text, "    {input} -> {to}").unwrap();
            }
            if server.run.is_open() && known.insert(to) {
                queue.push_back([&path[..], &[*input]].concat());
            }
            server.run.end();
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
