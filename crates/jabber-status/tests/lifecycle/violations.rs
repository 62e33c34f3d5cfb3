//! What must be refused, and what the refusal says.

use jabber_status::lifecycle::State;
use jabber_status::{ErrorStatus, Kind, Shape, Status, Violation};

use crate::{JABBERD20, LEGACY, XMPP, after, kinds};

const READY: &str =
    "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS INIT_FINISHED";
const STREAM: &str = "CONNECT CONNECTING CONNECTED STREAMSTART";

/// The way there, then the kinds that must all be refused there.
const REFUSED: &[(Shape, &str, &str)] = &[
    (LEGACY, "", "CONNECTING CONNECTED NODESENT RTS_START SHUTDOWN_FINISH CONNECTFAIL STREAMEND"),
    (LEGACY, "CONNECT", "CONNECT CONNECTED SOCKETFAIL SOCKETDISCONNECT NODERECEIVED"),
    // Nothing is sent before a stream is open, and a stream that never was cannot end.
    (LEGACY, "CONNECT CONNECTING CONNECTED", "NODESENT NODERECEIVED STREAMEND CONNECTFAIL"),
    (XMPP, "CONNECT CONNECTING CONNECTED SSLNEGOTIATE", "NODESENT STREAMSTART STREAMEND"),
    // Connecting was given up.
    (LEGACY, "CONNECT SHUTDOWN_START", "CONNECTING CONNECT NODEQUEUED SHUTDOWN_START"),
    (LEGACY, "CONNECT SHUTDOWN_START CONNECTFAIL", "CONNECTFAIL CONNECT NODEQUEUED"),
    (LEGACY, "SHUTDOWN_START", "CONNECTFAIL CONNECT NODEQUEUED SHUTDOWN_START"),
    // What the shape does not have.
    (LEGACY, STREAM, "SSLNEGOTIATE BINDFAIL SESSIONFAIL BINDNEGOTIATE STREAMSTART"),
    (JABBERD20, STREAM, "SESSIONFAIL"),
    (
        JABBERD20,
        "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS STREAMSTART \
        BINDNEGOTIATE BINDSUCCESS",
        "SESSIONNEGOTIATE BINDNEGOTIATE STREAMSTART",
    ),
    // TLS comes once, and before authentication.
    (
        XMPP,
        "CONNECT CONNECTING CONNECTED STREAMSTART SSLNEGOTIATE SSLSUCCESS STREAMSTART",
        "SSLNEGOTIATE STREAMSTART INIT_FINISHED",
    ),
    (XMPP, "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE", "SSLNEGOTIATE AUTHNEGOTIATE"),
    // TLS replaced the stream: there is none to end.
    (XMPP, "CONNECT CONNECTING CONNECTED STREAMSTART SSLNEGOTIATE SSLSUCCESS", "STREAMEND"),
    // A resumed session is bound already; one that is bound is not resumed.
    (
        XMPP,
        "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS STREAMSTART \
        STREAM_RESUMED",
        "BINDNEGOTIATE SESSIONNEGOTIATE",
    ),
    (
        XMPP,
        "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHSUCCESS STREAMSTART",
        "INIT_FINISHED SESSIONNEGOTIATE BINDSUCCESS",
    ),
    // Requests are for what is ready.
    (LEGACY, STREAM, "RTS_START RTS_FINISH"),
    (LEGACY, READY, "NODEQUEUED CONNECT INIT_FINISHED CONNECTFAIL SHUTDOWN_FINISH STREAMSTART"),
    // One cause, one shutdown, one end; nothing new while closing.
    (
        LEGACY,
        "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE AUTHFAIL",
        "AUTHFAIL SOCKETFAIL AUTHSUCCESS NODEQUEUED RTS_FINISH SHUTDOWN_FINISH",
    ),
    // A shutdown without a cause owes its STREAMEND.
    (
        LEGACY,
        "CONNECT CONNECTING CONNECTED STREAMSTART SHUTDOWN_START",
        "SOCKETDISCONNECT SHUTDOWN_START AUTHNEGOTIATE RTS_START NODEQUEUED SHUTDOWN_FINISH",
    ),
    (
        LEGACY,
        "CONNECT CONNECTING CONNECTED STREAMSTART STREAMEND",
        "NODESENT STREAMEND AUTHNEGOTIATE SOCKETFAIL SSLFAIL NODEQUEUED SHUTDOWN_FINISH",
    ),
    // SHUTDOWN_FINISH comes last, and only after a SHUTDOWN_START.
    (
        LEGACY,
        "CONNECT CONNECTING CONNECTED STREAMSTART SHUTDOWN_START STREAMEND SOCKETDISCONNECT",
        "NODERECEIVED SOCKETFAIL SOCKETDISCONNECT CONNECT NODEQUEUED RTS_FINISH",
    ),
    (
        LEGACY,
        "CONNECT CONNECTING CONNECTED SOCKETDISCONNECT",
        "SHUTDOWN_FINISH SOCKETDISCONNECT SOCKETFAIL NODERECEIVED",
    ),
];

#[test]
fn all_of_these() {
    for (shape, way, names) in REFUSED {
        let life = after(*shape, way);
        for kind in kinds(names) {
            let mut tried = life;
            let violation = tried.check(kind).expect_err(&format!("{kind} after {way}"));
            assert_eq!(violation.came(), Some(kind));
            assert_eq!(violation.expected(), life.expected());
            assert_eq!(tried, life, "a refused kind changes nothing");
        }
    }
}

#[test]
fn a_violation_says_what_was_wrong() {
    let mut life = after(LEGACY, "CONNECT CONNECTING CONNECTED STREAMSTART AUTHNEGOTIATE");
    let violation = life.check(Status::InitFinished).unwrap_err();
    assert!(matches!(
        violation,
        Violation::Order { state: State::Auth, came: Kind::Status(Status::InitFinished), .. }
    ));
    assert!(violation.expected().contains(Status::AuthSuccess));
    assert!(violation.expected().contains(ErrorStatus::AuthFail));
    assert!(!violation.expected().contains(ErrorStatus::BindFail));
    assert_eq!(
        violation.to_string(),
        "PCJ_INIT_FINISHED must not come in state auth; next may come PCJ_AUTHSUCCESS, \
         PCJ_NODESENT, PCJ_NODERECEIVED, PCJ_NODEQUEUED, PCJ_STREAMEND, PCJ_SHUTDOWN_START, \
         PCJ_SOCKETFAIL, PCJ_SOCKETDISCONNECT, PCJ_AUTHFAIL, PCJ_SSLFAIL"
    );
}

#[test]
fn a_trace_ends_where_an_attempt_does() {
    let life = after(LEGACY, "CONNECT CONNECTING CONNECTED SHUTDOWN_START SOCKETDISCONNECT");
    let violation = life.finish().unwrap_err();
    assert_eq!(violation.came(), None);
    assert!(violation.expected().contains(Status::ShutdownFinish));
    assert_eq!(
        violation.to_string(),
        "the trace must not end in state finishing; next may come PCJ_SHUTDOWN_FINISH"
    );
    for unfinished in ["CONNECT", STREAM, READY] {
        assert!(after(LEGACY, unfinished).finish().is_err());
    }
    assert_eq!(after(LEGACY, "CONNECT CONNECTFAIL").finish(), Ok(()));
}
