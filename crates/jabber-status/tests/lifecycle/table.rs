//! Every row of the table in docs/statuses.md: the way there, what comes, the state it leads to.

use jabber_status::Shape;

use crate::{COMPONENT, JABBERD20, LEGACY, XMPP, after};

const CONNECTED: &str = "CONNECT CONNECTING CONNECTED";
const STREAM: &str = "CONNECT CONNECTING CONNECTED STREAMSTART NODESENT NODERECEIVED";
const AUTH: &str = "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE NODESENT NODERECEIVED";
const BIND: &str = "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS STREAMSTART";
const READY: &str =
    "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS INIT_FINISHED";

const ROWS: &[(&[Shape], &str, &str, &str)] = &[
    (&[XMPP, LEGACY, JABBERD20, COMPONENT], "", "CONNECT", "dialling"),
    (&[XMPP, LEGACY, JABBERD20, COMPONENT], "CONNECT", "CONNECTING", "connecting"),
    (&[XMPP, LEGACY, JABBERD20, COMPONENT], "CONNECT CONNECTING", "CONNECTED", "connected"),
    (&[XMPP, LEGACY, JABBERD20, COMPONENT], CONNECTED, "STREAMSTART", "stream"),
    (&[XMPP, JABBERD20], CONNECTED, "SSLNEGOTIATE", "handshake"),
    (&[XMPP, JABBERD20], CONNECTED, "SSLNEGOTIATE SSLSUCCESS STREAMSTART", "stream"),
    (&[XMPP, JABBERD20], STREAM, "SSLNEGOTIATE NODESENT NODERECEIVED", "handshake"),
    (&[XMPP, JABBERD20], STREAM, "SSLNEGOTIATE SSLSUCCESS STREAMSTART", "stream"),
    (&[XMPP, LEGACY, JABBERD20, COMPONENT], STREAM, "AUTHNEGOTIATE", "auth"),
    (&[LEGACY, COMPONENT], AUTH, "AUTHSUCCESS INIT_FINISHED", "ready"),
    (&[XMPP, JABBERD20], AUTH, "AUTHSUCCESS STREAMSTART", "bind"),
    (&[XMPP, JABBERD20], BIND, "BINDNEGOTIATE BINDSUCCESS INIT_FINISHED", "ready"),
    (
        &[XMPP],
        BIND,
        "BINDNEGOTIATE BINDSUCCESS SESSIONNEGOTIATE SESSIONSUCCESS INIT_FINISHED",
        "ready",
    ),
    (&[XMPP], BIND, "STREAM_RESUMED INIT_FINISHED", "ready"),
    (&[LEGACY, COMPONENT], READY, "NODESENT NODERECEIVED RTS_START RTS_FINISH", "ready"),
    // How an attempt ends, before CONNECTED and after.
    (&[XMPP, LEGACY], "CONNECT CONNECTING", "CONNECTFAIL", "idle"),
    (&[XMPP, LEGACY], "CONNECT", "SHUTDOWN_START SHUTDOWN_FINISH", "idle"),
    (&[XMPP, LEGACY], "CONNECT", "SHUTDOWN_START CONNECTFAIL SHUTDOWN_FINISH", "idle"),
    (&[XMPP, LEGACY], AUTH, "AUTHFAIL NODERECEIVED STREAMEND SOCKETDISCONNECT", "idle"),
    (&[XMPP, LEGACY], AUTH, "SOCKETFAIL SOCKETDISCONNECT", "idle"),
    (&[XMPP], STREAM, "SSLNEGOTIATE SSLFAIL SOCKETDISCONNECT", "idle"),
    (&[XMPP, JABBERD20], BIND, "BINDNEGOTIATE BINDFAIL STREAMEND SOCKETDISCONNECT", "idle"),
    (
        &[XMPP],
        BIND,
        "BINDNEGOTIATE BINDSUCCESS SESSIONNEGOTIATE SESSIONFAIL SOCKETDISCONNECT",
        "idle",
    ),
    (
        &[LEGACY, COMPONENT],
        READY,
        "SHUTDOWN_START NODESENT RTS_FINISH STREAMEND NODERECEIVED SOCKETDISCONNECT SHUTDOWN_FINISH",
        "idle",
    ),
    // The peer's end, which is no status, answered with ours; and one that was not.
    (&[LEGACY], READY, "STREAMEND SOCKETDISCONNECT", "idle"),
    (&[LEGACY], READY, "STREAMEND SHUTDOWN_START SOCKETDISCONNECT SHUTDOWN_FINISH", "idle"),
    (&[LEGACY], READY, "SOCKETDISCONNECT", "idle"),
    // No stream is open.
    (&[XMPP, LEGACY], CONNECTED, "SHUTDOWN_START SOCKETDISCONNECT SHUTDOWN_FINISH", "idle"),
    (&[XMPP], STREAM, "SSLNEGOTIATE SHUTDOWN_START SOCKETDISCONNECT SHUTDOWN_FINISH", "idle"),
    (
        &[XMPP],
        STREAM,
        "SSLNEGOTIATE SSLSUCCESS SHUTDOWN_START SOCKETDISCONNECT SHUTDOWN_FINISH",
        "idle",
    ),
    // The server refuses STARTTLS and ends the stream: ours is open after all.
    (&[XMPP], STREAM, "SSLNEGOTIATE NODERECEIVED SSLFAIL STREAMEND SOCKETDISCONNECT", "idle"),
    // Idle, and after an end.
    (&[XMPP, LEGACY], "", "NODEQUEUED SHUTDOWN_START SHUTDOWN_FINISH", "idle"),
    (
        &[LEGACY],
        "CONNECT CONNECTFAIL RECONNECT_WAIT",
        "SHUTDOWN_START SHUTDOWN_FINISH RECONNECT_STOPPED",
        "idle",
    ),
    (&[LEGACY], "CONNECT CONNECTING CONNECTFAIL RECONNECT_WAIT", "CONNECT", "dialling"),
    // What may stand in several places.
    (&[XMPP, LEGACY], "CONNECT", "NODEQUEUED TARGET_FAILED NODEQUEUED", "dialling"),
    (&[XMPP, LEGACY], AUTH, "NODEQUEUED NODESENT REQUEST_ENDED", "auth"),
    (&[LEGACY], "CONNECT CONNECTING", "TLS_ESTABLISHED CONNECTED", "connected"),
];

#[test]
fn every_row() {
    for (shapes, way, comes, state) in ROWS {
        for shape in *shapes {
            let life = after(*shape, &format!("{way} {comes}"));
            assert_eq!(life.state().to_string(), *state, "{way} | {comes}");
            assert_eq!(life.may_end(), *state == "idle", "{way} | {comes}");
        }
    }
}

#[test]
fn attempts_are_counted() {
    let mut life = after(LEGACY, "NODEQUEUED");
    assert_eq!(life.attempt(), 0);
    for attempt in 1..4 {
        life.check(jabber_status::Status::Connect).unwrap();
        assert_eq!(life.attempt(), attempt);
        life.check(jabber_status::ErrorStatus::ConnectFail).unwrap();
        assert_eq!(life.attempt(), attempt, "it keeps its number");
    }
}
