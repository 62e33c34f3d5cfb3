//! Where PCJ 3.00 was wrong, in the order in which those who recorded it counted: what we do
//! instead. On real servers; where none behaves so, against a peer with a script.
//!
//! 1. Statuses come late, and an answer may overtake a NODESENT that happened before it.
//! 2. A status has another name than documented, and two exist in name only.
//! 3. SOCKETDISCONNECT where nothing was connected, and none where the server closes.
//! 4. The answer to a request is lost, and its own requests start and never finish.
//! 5. Shutdown is finished before the connection is closed, once and for all; requests outlive a loss.
//! 6. After TLS, jabberd20-component tells nothing any more.
//! 7. Without STARTTLS a client goes on in clear.
//! 8. Failures of TLS are not told, or told as successes, and nothing has a time limit.
//! 9. PLAIN has a newline in it, or no data; DIGEST-MD5 loses spaces of names; the first mechanism
//!    of the server's order is used, not the best.
//! 10. Any result is a success for legacy, and an AUTHFAIL is followed by another login.
//! 11. Features before the answer to a component's handshake are an AUTHFAIL.
//! 12. Stream errors before READY and some errors of the bind are ignored.

mod endings;
mod logins;
mod order;
mod peer;
mod tls;

use jabber::{Session, jabberd20_component};
use jabber_tests::{
    jabberd2::{Jabberd2, ROUTER_REALM, ROUTER_SECRET, ROUTER_USER},
    server::Account,
};

use super::tcp;
use crate::support::{Actor, Trace, address, jid};

/// Each of the twelve has its tests.
#[test]
fn all_twelve_are_shown() {
    let sources = [
        include_str!("order.rs"),
        include_str!("endings.rs"),
        include_str!("tls.rs"),
        include_str!("logins.rs"),
    ];
    for number in 1..=12 {
        let mark = format!("\n/// oracle {number}: ");
        assert!(sources.iter().any(|source| source.contains(&mark)), "nothing shows {number}");
    }
}

/// A component of jabberd2's router.
fn routed(server: &Jabberd2, name: &str) -> Actor {
    let config = jabberd20_component::Config::new(jid(name), ROUTER_SECRET);
    let builder = Session::builder(config.with_username(ROUTER_USER))
        .transport(tcp(server))
        .server(address(server.router()))
        .tls_name(jid(ROUTER_REALM));
    Actor::client(builder, Account { name: ROUTER_USER, password: ROUTER_SECRET })
}

/// How often it was told.
fn times(trace: &Trace, kind: impl Into<jabber::Kind>) -> usize {
    let kind = kind.into();
    trace.lines.iter().filter(|line| line.kind == kind).count()
}
