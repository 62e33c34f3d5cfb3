//! The differences between PCJ 3.00 and us, one function each. Their order here is such that each
//! finds what it looks for.

use crate::recording::{Line, Recording};

#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) apply: fn(&mut Recording),
}

macro_rules! rules {
    ($($name:ident),+ $(,)?) => {
        &[$(Rule { name: stringify!($name), apply: $name }),+]
    };
}

pub(crate) const RULES: &[Rule] = rules![
    ready_is_init_finished,
    early_send_is_only_queued,
    own_requests_have_no_rts,
    jabberd20_component_tells_all,
    answers_overtake_nothing,
    received_nodes_are_told,
    shutdown_starts_before_the_stream_ends,
    nothing_comes_after_shutdown_finish,
    the_peers_end_is_a_disconnect,
    shutdown_always_finishes,
    features_are_tolerated,
    legacy_asks_for_the_form,
    mechanisms_differ_in_nodes,
];

/// PCJ says PCJ_READY (2.x: PCJ_INIT_FINISHED); we: PCJ_INIT_FINISHED.
fn ready_is_init_finished(recording: &mut Recording) {
    for line in &mut recording.lines {
        if line.is("PCJ_READY") {
            line.name = "PCJ_INIT_FINISHED".into();
        }
    }
}

/// PCJ: a send before `connect` gives PCJ_SOCKETDISCONNECT, then NODEQUEUED; we: NODEQUEUED alone,
/// nothing was connected.
fn early_send_is_only_queued(recording: &mut Recording) {
    let queued = recording.position("PCJ_NODEQUEUED");
    let before = queued.and_then(|queued| queued.checked_sub(1));
    if let Some(before) = before.filter(|at| recording.lines[*at].is("PCJ_SOCKETDISCONNECT")) {
        recording.lines.remove(before);
    }
}

/// PCJ: its own bind and session requests give RTS_START, and never RTS_FINISH; we: RTS statuses
/// are for the user's requests alone.
fn own_requests_have_no_rts(recording: &mut Recording) {
    let Some(ready) = recording
        .lines
        .iter()
        .position(|line| line.is("PCJ_INIT_FINISHED") || line.is("PCJ_READY"))
    else {
        return;
    };
    let mut at = 0;
    recording.lines.retain(|line| {
        at += 1;
        at > ready || !line.is("PCJ_RTS_START")
    });
}

/// PCJ: jabberd20-component after TLS: no NODERECEIVED, RTS_FINISH, SOCKETDISCONNECT,
/// SHUTDOWN_FINISH ever; we: all of them. (The RTS_FINISH that its answer lacks comes here; the
/// others by the rules that hold for all dialects.)
fn jabberd20_component_tells_all(recording: &mut Recording) {
    let answer = recording.position("rts_reply");
    let (Some(answer), None) = (answer, recording.position("PCJ_RTS_FINISH")) else { return };
    let finish = Line::new("PCJ_RTS_FINISH", &recording.lines[answer].args);
    recording.lines.insert(answer + 1, finish);
}

/// PCJ: an answer may overtake a NODESENT that happened before it; we: never.
fn answers_overtake_nothing(recording: &mut Recording) {
    let finish = recording.position("PCJ_RTS_FINISH");
    if let (Some(answer), Some(finish)) = (recording.position("rts_reply"), finish) {
        let line = recording.lines.remove(answer);
        recording.lines.insert(finish - 1, line);
    }
}

/// PCJ: no NODERECEIVED while negotiating, and none for an answer to a request; we: both.
fn received_nodes_are_told(recording: &mut Recording) {
    let negotiated = ["PCJ_SSLSUCCESS", "PCJ_AUTHSUCCESS", "PCJ_BINDSUCCESS", "PCJ_SESSIONSUCCESS"];
    let lines = std::mem::take(&mut recording.lines);
    for line in lines {
        if negotiated.contains(&line.name.as_str()) {
            recording.lines.push(Line::new("PCJ_NODERECEIVED", &[]));
        }
        let answer = line.is("rts_reply").then(|| Line::new("PCJ_NODERECEIVED", &line.args));
        recording.lines.push(line);
        recording.lines.extend(answer);
    }
}

/// PCJ: STREAMEND, then SHUTDOWN_START, both before the flush; we: SHUTDOWN_START, then STREAMEND
/// after the flush.
fn shutdown_starts_before_the_stream_ends(recording: &mut Recording) {
    let (end, start) =
        (recording.position("PCJ_STREAMEND"), recording.position("PCJ_SHUTDOWN_START"));
    if let (Some(end), Some(start)) = (end, start)
        && end + 1 == start
    {
        recording.lines.swap(end, start);
    }
}

/// PCJ: SHUTDOWN_FINISH at the flush, then `</stream:stream>` as a NODERECEIVED and a SOCKETFAIL
/// "read 0"; we wait for the peer's end, and nothing comes after SHUTDOWN_FINISH.
fn nothing_comes_after_shutdown_finish(recording: &mut Recording) {
    let Some(finish) = recording.position("PCJ_SHUTDOWN_FINISH") else { return };
    let rest = recording.lines.split_off(finish + 1);
    let kept = rest.into_iter().filter(|line| {
        let stream_end = line.is("PCJ_NODERECEIVED") && line.is_node("</stream:stream>");
        !stream_end && !is_end_of_input(line)
    });
    recording.lines.extend(kept);
}

/// PCJ: a peer that ends the connection is SOCKETFAIL "read 0"; we: SOCKETDISCONNECT.
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

/// PCJ: no SHUTDOWN_FINISH at all in some dialects; we: always.
fn shutdown_always_finishes(recording: &mut Recording) {
    let started = recording.position("PCJ_SHUTDOWN_START").is_some();
    if started && recording.position("PCJ_SHUTDOWN_FINISH").is_none() {
        recording.lines.push(Line::new("PCJ_SHUTDOWN_FINISH", &[]));
    }
}

/// PCJ: component: stream features before the handshake's answer are AUTHFAIL; we: tolerated, no
/// status.
fn features_are_tolerated(recording: &mut Recording) {
    let Some(fail) = recording.position("PCJ_AUTHFAIL") else { return };
    if recording.is("j14") && recording.lines[fail + 1].is("PCJ_AUTHNEGOTIATE") {
        recording.lines.remove(fail);
    }
}

/// PCJ: legacy logs in without asking for the form: one NODESENT; we: form first, two.
fn legacy_asks_for_the_form(recording: &mut Recording) {
    if let Some(auth) = recording.position("PCJ_AUTHNEGOTIATE").filter(|_| recording.is("legacy")) {
        let form = ["PCJ_NODESENT", "PCJ_NODERECEIVED"].map(|name| Line::new(name, &[]));
        recording.lines.splice(auth + 1..=auth, form);
    }
}

/// PCJ: the number of NODESENT between AUTHNEGOTIATE and AUTHSUCCESS depends on the mechanism; so
/// does ours: compared with those collapsed into one.
fn mechanisms_differ_in_nodes(recording: &mut Recording) {
    let is_sasl = recording.is("xmpp") || recording.is("j20");
    let (auth, success) =
        (recording.position("PCJ_AUTHNEGOTIATE"), recording.position("PCJ_AUTHSUCCESS"));
    if let (Some(auth), Some(success), true) = (auth, success, is_sasl) {
        let mut step = recording.lines[auth + 1..success].to_vec();
        step.dedup_by(|next, first| next.name == first.name);
        recording.lines.splice(auth + 1..success, step);
    }
}
