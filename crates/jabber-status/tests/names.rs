//! Codes and names, both ways; they are the contract with logs and programs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::collections::HashSet;

use jabber_status::{ErrorStatus, Extra, Kind, KindSet, Phase, Status};

const STATUSES: [&str; 21] = [
    "PCJ_CONNECT",
    "PCJ_CONNECTING",
    "PCJ_CONNECTED",
    "PCJ_STREAMSTART",
    "PCJ_SSLNEGOTIATE",
    "PCJ_SSLSUCCESS",
    "PCJ_AUTHNEGOTIATE",
    "PCJ_AUTHSUCCESS",
    "PCJ_BINDNEGOTIATE",
    "PCJ_BINDSUCCESS",
    "PCJ_SESSIONNEGOTIATE",
    "PCJ_SESSIONSUCCESS",
    "PCJ_NODESENT",
    "PCJ_NODERECEIVED",
    "PCJ_NODEQUEUED",
    "PCJ_RTS_START",
    "PCJ_RTS_FINISH",
    "PCJ_INIT_FINISHED",
    "PCJ_STREAMEND",
    "PCJ_SHUTDOWN_START",
    "PCJ_SHUTDOWN_FINISH",
];

const ERRORS: [&str; 7] = [
    "PCJ_SOCKETFAIL",
    "PCJ_SOCKETDISCONNECT",
    "PCJ_AUTHFAIL",
    "PCJ_BINDFAIL",
    "PCJ_SESSIONFAIL",
    "PCJ_SSLFAIL",
    "PCJ_CONNECTFAIL",
];

const EXTRAS: [&str; 7] = [
    "PCJ_TLS_ESTABLISHED",
    "PCJ_RECONNECT_WAIT",
    "PCJ_REDIRECT",
    "PCJ_TARGET_FAILED",
    "PCJ_STREAM_RESUMED",
    "PCJ_REQUEST_ENDED",
    "PCJ_RECONNECT_STOPPED",
];

macro_rules! both_ways {
    ($type:ident, $names:expr, $first:expr) => {
        assert_eq!($type::ALL.len(), $names.len());
        for ((member, name), code) in $type::ALL.iter().zip($names).zip($first..) {
            assert_eq!((member.code(), member.name()), (code, name));
            assert_eq!(member.to_string(), name);
            assert_eq!($type::from_code(code), Some(*member));
            assert_eq!($type::from_name(name), Some(*member));
            assert_eq!(name.parse(), Ok(*member));
            let kind = Kind::from(*member);
            assert_eq!((kind.code(), kind.name(), kind.to_string().as_str()), (code, name, name));
            assert_eq!(name.parse(), Ok(kind));
        }
    };
}

#[test]
fn codes_and_names_both_ways() {
    both_ways!(Status, STATUSES, 0);
    both_ways!(ErrorStatus, ERRORS, 0);
    both_ways!(Extra, EXTRAS, 101);
}

#[test]
fn kinds_by_code() {
    assert_eq!(Kind::from_code(20), Some(Status::ShutdownFinish.into()));
    assert_eq!(Kind::from_code(105), Some(Extra::StreamResumed.into()));
    assert_eq!(Kind::from_error_code(5), Some(ErrorStatus::SslFail.into()));
    // 21 was PCJ_RECONNECT, which never fired; it stays free.
    for free in [21, 100, 108, u16::MAX] {
        assert_eq!(Kind::from_code(free), None);
        assert_eq!(Status::from_code(free), None);
        assert_eq!(Extra::from_code(free), None);
    }
    assert_eq!(Kind::from_error_code(7), None);
    assert_eq!(ErrorStatus::from_code(7), None);
}

#[test]
fn unknown_names_are_refused() {
    for text in ["", "PCJ_", "PCJ_RECONNECT", "pcj_connect", "CONNECT", " PCJ_CONNECT"] {
        assert_eq!(Kind::from_name(text), None);
        assert!(text.parse::<Kind>().is_err());
    }
    let unknown = "PCJ_AUTHFAIL".parse::<Status>().unwrap_err();
    assert_eq!(unknown.to_string(), "\"PCJ_AUTHFAIL\" is not the name of a status");
    assert!("Idle".parse::<Phase>().is_err());
}

#[test]
fn phases() {
    let names: Vec<String> = Phase::ALL.iter().map(Phase::to_string).collect();
    assert_eq!(names, ["idle", "connecting", "negotiation", "ready", "closing"]);
    for phase in Phase::ALL {
        assert_eq!(phase.name().parse(), Ok(*phase));
    }
}

#[test]
fn every_kind_has_a_bit_of_its_own() {
    let bits: Vec<u32> = Kind::all().map(Kind::bit).collect();
    assert_eq!(bits, (0..35).collect::<Vec<u32>>());
    let names: HashSet<&str> = Kind::all().map(Kind::name).collect();
    assert_eq!(names.len(), 35);
    assert_eq!(Kind::all().collect::<KindSet>(), KindSet::ALL);
}

#[test]
fn names_are_padded_in_columns() {
    assert_eq!(
        format!("{:14}|{:>8}", Kind::from(Status::Connect), Phase::Idle),
        "PCJ_CONNECT   |    idle"
    );
}
