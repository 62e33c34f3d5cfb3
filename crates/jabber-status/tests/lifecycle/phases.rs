//! An event's phase and attempt agree with its place.

use std::any::Any;

use jabber_status::{Kind, Lifecycle, Phase, Stamp, StatusEvent, Violation};

use crate::{LEGACY, XMPP, kinds};

#[derive(Clone, Debug)]
struct Event {
    kind: Kind,
    stamp: Stamp,
}

impl StatusEvent for Event {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn phase(&self) -> Phase {
        self.stamp.phase
    }

    fn attempt(&self) -> u32 {
        self.stamp.attempt
    }

    fn dialect(&self) -> &'static str {
        self.stamp.dialect
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}

fn event(name: &str, phase: Phase, attempt: u32) -> Event {
    Event { kind: kinds(name)[0], stamp: Stamp::new(phase, attempt, "test") }
}

/// Lines of `phase: KIND KIND`, all in attempt 1.
fn check(life: &mut Lifecycle, lines: &str) -> Result<(), Violation> {
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (phase, names) = line.trim().split_once(": ").unwrap();
        for name in names.split_whitespace() {
            life.check_event(&event(name, phase.parse().unwrap(), 1))?;
        }
    }
    Ok(())
}

const NEGOTIATED: &str = "
    connecting: CONNECT NODEQUEUED CONNECTING CONNECTED
    negotiation: STREAMSTART NODESENT NODEQUEUED AUTHNEGOTIATE NODESENT NODERECEIVED AUTHSUCCESS";

const READY: &str = "
    connecting: CONNECT NODEQUEUED CONNECTING CONNECTED
    negotiation: STREAMSTART NODESENT AUTHNEGOTIATE NODESENT NODERECEIVED AUTHSUCCESS
    ready: INIT_FINISHED NODESENT NODERECEIVED RTS_START RTS_FINISH";

#[test]
fn phases_of_a_life() {
    let mut life = Lifecycle::of(LEGACY);
    check(&mut life, READY).unwrap();
    check(
        &mut life,
        "closing: SHUTDOWN_START NODESENT STREAMEND NODERECEIVED SOCKETDISCONNECT REQUEST_ENDED
         closing: SHUTDOWN_FINISH
         idle: NODEQUEUED RECONNECT_STOPPED",
    )
    .unwrap();
    life.finish().unwrap();
}

#[test]
fn each_status_has_its_phase() {
    for (way, wrong) in [
        ("", "idle: CONNECT"),
        ("connecting: CONNECT CONNECTING", "negotiation: CONNECTED"),
        ("connecting: CONNECT CONNECTING CONNECTED", "connecting: STREAMSTART"),
        (NEGOTIATED, "negotiation: INIT_FINISHED"),
        (NEGOTIATED, "ready: NODERECEIVED"),
        (NEGOTIATED, "closing: NODEQUEUED"),
        (NEGOTIATED, "closing: INIT_FINISHED"),
        (READY, "negotiation: NODERECEIVED"),
        (READY, "idle: NODERECEIVED"),
        (READY, "closing: RTS_START"),
        (READY, "ready: SHUTDOWN_START"),
        (READY, "ready: STREAMEND"),
        (READY, "idle: SOCKETDISCONNECT"),
        (READY, "negotiation: SOCKETFAIL"),
        ("connecting: CONNECT\nclosing: SHUTDOWN_START", "idle: SHUTDOWN_FINISH"),
        ("connecting: CONNECT", "idle: CONNECTFAIL"),
        ("connecting: CONNECT", "closing: TARGET_FAILED"),
    ] {
        let mut life = Lifecycle::of(LEGACY);
        check(&mut life, way).unwrap();
        let before = life;
        let violation = check(&mut life, wrong).unwrap_err();
        assert!(matches!(violation, Violation::Phase { .. }), "{wrong}: {violation}");
        assert_eq!(life, before, "a refused event changes nothing");
    }
}

#[test]
fn an_error_tells_closing_or_where_it_struck() {
    for end in ["ready: SOCKETFAIL", "closing: SOCKETFAIL", "ready: SOCKETDISCONNECT"] {
        let mut life = Lifecycle::of(LEGACY);
        check(&mut life, READY).unwrap();
        check(&mut life, end).unwrap();
    }
    for end in ["connecting: CONNECTFAIL", "closing: CONNECTFAIL"] {
        let mut life = Lifecycle::of(LEGACY);
        check(&mut life, "connecting: CONNECT").unwrap();
        check(&mut life, end).unwrap();
        assert_eq!(life.phase(), Phase::Idle);
    }
}

#[test]
fn closing_may_begin_unseen_and_does_not_end_unseen() {
    for first in ["NODERECEIVED", "NODESENT", "RTS_FINISH", "REQUEST_ENDED", "SHUTDOWN_START"] {
        let mut life = Lifecycle::of(LEGACY);
        check(&mut life, READY).unwrap();
        check(&mut life, &format!("closing: {first}")).unwrap();
        assert_eq!(life.phase(), Phase::Closing);
        assert!(check(&mut life, "ready: NODERECEIVED").is_err(), "{first}");
        assert!(check(&mut life, "ready: RTS_START").is_err(), "{first}");
        check(&mut life, "closing: NODERECEIVED STREAMEND SOCKETDISCONNECT").unwrap();
    }
    // Nothing of the negotiation goes on.
    let mut life = Lifecycle::of(LEGACY);
    check(&mut life, NEGOTIATED).unwrap();
    check(&mut life, "closing: NODESENT").unwrap();
    assert!(matches!(check(&mut life, "ready: INIT_FINISHED"), Err(Violation::Order { .. })));
}

#[test]
fn attempts_agree() {
    let mut life = Lifecycle::of(XMPP);
    let wrong = life.check_event(&event("CONNECT", Phase::Connecting, 0));
    assert!(matches!(wrong, Err(Violation::Attempt { said: 0, expected: 1, .. })));
    life.check_event(&event("NODEQUEUED", Phase::Idle, 0)).unwrap();
    life.check_event(&event("CONNECT", Phase::Connecting, 1)).unwrap();
    life.check_event(&event("CONNECTFAIL", Phase::Connecting, 1)).unwrap();
    life.check_event(&event("RECONNECT_WAIT", Phase::Idle, 1)).unwrap();
    assert!(life.check_event(&event("CONNECT", Phase::Connecting, 1)).is_err());
    life.check_event(&event("CONNECT", Phase::Connecting, 2)).unwrap();
    assert_eq!(
        life.check_event(&event("CONNECTING", Phase::Connecting, 1)).unwrap_err().to_string(),
        "PCJ_CONNECTING says attempt 1, but it belongs to attempt 2"
    );
}
