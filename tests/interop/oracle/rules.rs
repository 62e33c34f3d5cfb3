//! The differences between PCJ 3.00 and us, one function each.

use super::recording::{Line, Recording};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    /// The first cell of its row in docs/statuses.md.
    pub(crate) row: &'static str,
    pub(crate) apply: fn(&mut Recording),
}

macro_rules! rules {
    ($($name:ident: $row:literal),+ $(,)?) => {
        &[$(Rule { name: stringify!($name), row: $row, apply: $name }),+]
    };
}

/// Those that docs/statuses.md lists. Their order here is such that each finds what it looks for.
pub(crate) const RULES: &[Rule] = rules![
    ready_is_init_finished: "PCJ_READY",
    early_send_is_only_queued: "a send before there is a socket: SOCKETDISCONNECT, NODEQUEUED",
    own_requests_have_no_rts:
        "its own bind and session requests have an RTS_START, and never an RTS_FINISH",
    jabberd20_component_tells_all: "jabberd20-component falls silent after TLS",
    answers_overtake_nothing: "an answer may overtake an earlier NODESENT",
    legacy_asks_for_the_form: "legacy logs in without asking for the form",
    received_nodes_are_told: "no NODERECEIVED while negotiating, none for an answer",
    shutdown_starts_before_the_stream_ends: "STREAMEND, SHUTDOWN_START",
    nothing_comes_after_shutdown_finish:
        "SHUTDOWN_FINISH, then the peer's stream end as NODERECEIVED and a SOCKETFAIL \"read 0\"",
    the_peers_end_is_a_disconnect: "the peer's end is a SOCKETFAIL \"read 0\"",
    shutdown_always_finishes: "no SHUTDOWN_FINISH in some dialects",
    features_are_tolerated: "component: stream features give AUTHFAIL",
    mechanisms_differ_in_nodes:
        "how many NODESENT stand between AUTHNEGOTIATE and AUTHSUCCESS depends on the mechanism",
];

/// What is no difference in the meaning of statuses, and so in no table: how PCJ, its driving
/// program or a server happens to work. They hold for both sides.
pub(crate) const ACCIDENTS: &[Rule] = rules![
    connecting_is_told_at_once: "",
    the_header_has_no_declaration: "",
    nodes_that_nobody_asked_for_come_at_any_time: "",
];

fn ready_is_init_finished(recording: &mut Recording) {
    for line in &mut recording.lines {
        if line.is("PCJ_READY") {
            line.name = "PCJ_INIT_FINISHED".into();
        }
    }
}

fn early_send_is_only_queued(recording: &mut Recording) {
    let queued = recording.position("PCJ_NODEQUEUED");
    let before = queued.and_then(|queued| queued.checked_sub(1));
    if let Some(before) = before.filter(|at| recording.lines[*at].is("PCJ_SOCKETDISCONNECT")) {
        recording.lines.remove(before);
    }
}

fn own_requests_have_no_rts(recording: &mut Recording) {
    let ready = recording.position("PCJ_INIT_FINISHED").or_else(|| recording.position("PCJ_READY"));
    let mut at = 0;
    recording.lines.retain(|line| {
        at += 1;
        ready.is_none_or(|ready| at > ready) || !line.is("PCJ_RTS_START")
    });
}

/// It lacks the RTS_FINISH of its answer, and the answer to what was queued; the rest comes by the
/// rules that hold for all dialects.
fn jabberd20_component_tells_all(recording: &mut Recording) {
    let (answer, finish) = (recording.position("rts_reply"), recording.position("PCJ_RTS_FINISH"));
    if let ("j20", Some(answer), None) = (recording.dialect(), answer, finish) {
        let finish = Line::new("PCJ_RTS_FINISH", &recording.lines[answer].args);
        let queued = Line::received("<iq type='result'><query xmlns='jabber:iq:version'/></iq>");
        recording.lines.splice(answer + 1..=answer, [finish, queued]);
    }
}

fn answers_overtake_nothing(recording: &mut Recording) {
    let finish = recording.position("PCJ_RTS_FINISH");
    if let (Some(answer), Some(finish)) = (recording.position("rts_reply"), finish) {
        let line = recording.lines.remove(answer);
        recording.lines.insert(finish - 1, line);
    }
}

fn legacy_asks_for_the_form(recording: &mut Recording) {
    let auth = recording.position("PCJ_AUTHNEGOTIATE");
    if let ("legacy", Some(auth)) = (recording.dialect(), auth) {
        let form = |kind: &str| format!("<iq type='{kind}'><query xmlns='jabber:iq:auth'/></iq>");
        let asked = Line::new("PCJ_NODESENT", &[form("get")]);
        recording.lines.splice(auth + 1..=auth, [asked, Line::received(&form("result"))]);
    }
}

/// What begins a step, what completes it, what SASL answers to, and answers to requests.
fn received_nodes_are_told(recording: &mut Recording) {
    let (has_features, dialect) = (recording.has_features(), recording.dialect().to_owned());
    for line in std::mem::take(&mut recording.lines) {
        let node = match (line.name.as_str(), dialect.as_str()) {
            ("PCJ_SSLNEGOTIATE" | "PCJ_AUTHNEGOTIATE" | "PCJ_BINDNEGOTIATE", _) => {
                has_features.then_some("<features/>")
            }
            ("PCJ_SSLSUCCESS", _) => Some("<proceed/>"),
            ("PCJ_AUTHSUCCESS", "xmpp" | "j20") => Some("<success/>"),
            ("PCJ_AUTHSUCCESS", "j14") => Some("<handshake/>"),
            ("PCJ_AUTHSUCCESS" | "PCJ_SESSIONSUCCESS", _) => Some("<iq type='result'/>"),
            ("PCJ_BINDSUCCESS", "j20") => Some("<bind/>"),
            ("PCJ_BINDSUCCESS", _) => {
                Some("<iq type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
            }
            ("PCJ_NODESENT", _) if line.node() == "response" => Some("<challenge/>"),
            _ => None,
        };
        recording.lines.extend(node.map(Line::received));
        let answer = line.is("rts_reply").then(|| Line::received(line.arg()));
        recording.lines.push(line);
        recording.lines.extend(answer);
    }
}

fn shutdown_starts_before_the_stream_ends(recording: &mut Recording) {
    let end = recording.position("PCJ_STREAMEND");
    if let (Some(end), Some(start)) = (end, recording.position("PCJ_SHUTDOWN_START"))
        && end + 1 == start
    {
        recording.lines.swap(end, start);
    }
}

fn nothing_comes_after_shutdown_finish(recording: &mut Recording) {
    let Some(finish) = recording.position("PCJ_SHUTDOWN_FINISH") else { return };
    let rest = recording.lines.split_off(finish + 1);
    let kept = rest.into_iter().filter(|line| {
        let stream_end = line.is("PCJ_NODERECEIVED") && line.arg() == "</stream:stream>";
        !stream_end && !is_end_of_input(line)
    });
    recording.lines.extend(kept);
}

fn the_peers_end_is_a_disconnect(recording: &mut Recording) {
    for line in &mut recording.lines {
        if is_end_of_input(line) {
            *line = Line::new("PCJ_SOCKETDISCONNECT", &[]);
        }
    }
}

fn is_end_of_input(line: &Line) -> bool {
    line.is("PCJ_SOCKETFAIL") && line.args == ["read", "0", ""]
}

fn shutdown_always_finishes(recording: &mut Recording) {
    let started = recording.position("PCJ_SHUTDOWN_START").is_some();
    if started && recording.position("PCJ_SHUTDOWN_FINISH").is_none() {
        recording.lines.push(Line::new("PCJ_SHUTDOWN_FINISH", &[]));
    }
}

fn features_are_tolerated(recording: &mut Recording) {
    let Some(fail) = recording.position("PCJ_AUTHFAIL") else { return };
    if recording.dialect() == "j14" && recording.lines[fail + 1].is("PCJ_AUTHNEGOTIATE") {
        recording.lines.remove(fail);
    }
}

/// Of the exchange there stay what was sent first and what came last. It is ours too: a session by
/// PCJ's own mechanism is compared without it.
pub(crate) fn mechanisms_differ_in_nodes(recording: &mut Recording) {
    let auth = recording.position("PCJ_AUTHNEGOTIATE");
    let success = recording.position("PCJ_AUTHSUCCESS");
    if let (Some(auth), Some(success), true) = (auth, success, recording.has_features())
        && auth + 3 < success
    {
        recording.lines.drain(auth + 2..success - 1);
    }
}

/// PCJ posts CONNECTING to itself, so what its driving program sent right after `connect` is told
/// before it. Our `connect` tells CONNECT and CONNECTING before it returns.
fn connecting_is_told_at_once(recording: &mut Recording) {
    let connecting = recording.position("PCJ_CONNECTING");
    if let (Some(queued), Some(connecting)) = (recording.position("PCJ_NODEQUEUED"), connecting)
        && queued + 1 == connecting
    {
        recording.lines.swap(queued, connecting);
    }
}

/// The XML declaration goes out with our header and is part of its text. PCJ sends none.
fn the_header_has_no_declaration(recording: &mut Recording) {
    for line in recording.lines.iter_mut().filter(|line| line.is("PCJ_NODESENT")) {
        if let Some((declaration, header)) = line.arg().split_once("?>")
            && declaration.starts_with("<?xml ")
        {
            line.args = vec![header.to_owned()];
        }
    }
}

/// Features for a dialect that does not wait for any, what jabberd2's session managers ask every new
/// component, and which names its router has: they come when they come, as often as they like.
fn nodes_that_nobody_asked_for_come_at_any_time(recording: &mut Recording) {
    let has_features = recording.has_features();
    recording.lines.retain(|line| {
        let unasked = match line.node().as_str() {
            "features" => !has_features,
            "iq get query info" | "presence" => true,
            _ => false,
        };
        !(line.is("PCJ_NODERECEIVED") && unasked)
    });
}

/// The program `jabber` queues what it is given before it connects.
pub(crate) fn the_program_queues_before_it_connects(recording: &mut Recording) {
    let queued = recording.position("PCJ_NODEQUEUED").unwrap();
    let line = recording.lines.remove(queued);
    recording.lines.insert(0, line);
}
