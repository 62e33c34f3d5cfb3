//! A recording, brought to the form that ours has. The rules are those of the status crate's own
//! test of all recordings; here the result is compared with what we really do.

use std::path::Path;

use jabber::Kind;
use serde_json::Value;

/// A status, and the name of the element that was sent, where it was one.
pub(crate) type Step = (String, String);

/// Ours: the nodes of the SASL exchange collapsed, because their number depends on the mechanism.
pub(crate) fn told(trace: impl Iterator<Item = (Kind, String)>) -> Vec<Step> {
    let steps = trace.map(|(kind, node)| step(kind.name(), &node)).collect();
    collapse_login(steps)
}

/// PCJ's, after the differences.
pub(crate) fn recorded(name: &str) -> Vec<Step> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/jabber-status/tests/oracle");
    let text = std::fs::read_to_string(folder.join(name).with_extension("jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut steps: Vec<Step> = lines.filter_map(|line| read(&line)).collect();
    ready_is_init_finished(&mut steps);
    early_send_is_only_queued(&mut steps);
    own_requests_have_no_rts(&mut steps);
    answers_overtake_nothing(&mut steps);
    let mut steps = received_nodes_are_told(steps, name.contains("xmpp"));
    shutdown_is_in_order(&mut steps);
    collapse_login(steps)
}

fn read(line: &Value) -> Option<Step> {
    let node = line["args"][0].as_str().unwrap_or_default();
    match (line["event"].as_str(), line["driver"].as_str()) {
        (Some(event), _) => Some(step(event, node)),
        (None, Some("rts_reply")) => Some(step("rts_reply", "")),
        _ => None,
    }
}

fn step(name: &str, node: &str) -> Step {
    let element = if name == "PCJ_NODESENT" {
        // The XML declaration goes with our header's text and not with PCJ's.
        let node = node.split_once("?>").map_or(node, |(_, node)| node);
        node.trim_start_matches('<').split([' ', '>', '/']).next().unwrap()
    } else {
        ""
    };
    (name.trim_start_matches("PCJ_").to_owned(), element.to_owned())
}

fn place(steps: &[Step], name: &str) -> Option<usize> {
    steps.iter().position(|step| step.0 == name)
}

fn ready_is_init_finished(steps: &mut [Step]) {
    if let Some(at) = place(steps, "READY") {
        steps[at].0 = "INIT_FINISHED".into();
    }
}

/// NODEQUEUED alone. It stands where the send was: PCJ tells what happens one turn of its loop
/// later, so there `connect` and the send after it are told before CONNECTING, which was posted.
fn early_send_is_only_queued(steps: &mut Vec<Step>) {
    let queued = place(steps, "NODEQUEUED").unwrap();
    assert_eq!(steps.remove(queued - 1).0, "SOCKETDISCONNECT");
    let queued = steps.remove(queued - 1);
    steps.insert(0, queued);
}

fn own_requests_have_no_rts(steps: &mut Vec<Step>) {
    let ready = place(steps, "INIT_FINISHED").unwrap_or(steps.len());
    let mut at = 0;
    steps.retain(|step| {
        at += 1;
        at > ready || step.0 != "RTS_START"
    });
}

fn answers_overtake_nothing(steps: &mut Vec<Step>) {
    if let Some(answer) = place(steps, "rts_reply") {
        let answer = steps.remove(answer);
        let finish = place(steps, "RTS_FINISH").unwrap();
        steps.insert(finish, answer);
    }
}

/// NODERECEIVED for an answer to a request, for what completes a step, and for the features that
/// begin one.
fn received_nodes_are_told(steps: Vec<Step>, has_features: bool) -> Vec<Step> {
    let mut told = Vec::new();
    for step in steps {
        let received = match step.0.as_str() {
            "SSLSUCCESS" | "AUTHSUCCESS" | "BINDSUCCESS" | "SESSIONSUCCESS" => true,
            "SSLNEGOTIATE" | "AUTHNEGOTIATE" | "BINDNEGOTIATE" => has_features,
            _ => false,
        };
        if received {
            told.push(self::step("PCJ_NODERECEIVED", ""));
        }
        told.push(if step.0 == "rts_reply" { self::step("PCJ_NODERECEIVED", "") } else { step });
    }
    told
}

/// SHUTDOWN_START before STREAMEND, nothing after SHUTDOWN_FINISH.
fn shutdown_is_in_order(steps: &mut Vec<Step>) {
    if let Some(end) = place(steps, "STREAMEND") {
        assert_eq!(steps[end + 1].0, "SHUTDOWN_START");
        steps.swap(end, end + 1);
        steps.truncate(place(steps, "SHUTDOWN_FINISH").unwrap() + 1);
    }
}

fn collapse_login(steps: Vec<Step>) -> Vec<Step> {
    let (auth, success) = (place(&steps, "AUTHNEGOTIATE"), place(&steps, "AUTHSUCCESS"));
    let (Some(auth), Some(success)) = (auth, success) else { return steps };
    let mut collapsed = steps[..=auth].to_vec();
    // What was sent first, and what came last.
    collapsed.extend_from_slice(&steps[auth + 1..(auth + 3).min(success)]);
    collapsed.extend_from_slice(&steps[success..]);
    collapsed
}
