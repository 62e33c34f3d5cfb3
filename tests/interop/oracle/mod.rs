//! What the original PCJ 3.00 did against real servers, status by status, and what we do.
//!
//! The recordings (`SERVER-DIALECT-CASE.jsonl`; j14 is the component dialect, j20 is
//! jabberd20-component) hold the statuses and what the driving program did. `sessions` does the
//! same on the same server, in the same dialect. The statuses are to be the same, in the same
//! order, after exactly the differences that docs/statuses.md lists: each is a rule in `rules`, with
//! its row of that table. `wrong` shows what we do where PCJ was wrong, by the numbers 1 to 12.

mod laws;
mod node;
mod recording;
mod replay;
mod rules;
mod sessions;
mod steps;
mod wrong;

use std::time::Duration;

use jabber::Tcp;
use jabber_tcp::TlsVersion;
use jabber_tests::server::Server;

pub(crate) use steps::{recorded, told};

use crate::support::tls;

/// jabberd2 takes a connection for the one before it on the same descriptor, for some milliseconds
/// after that one's end, and ends it with `internal-server-error`.
const PAUSE: Duration = Duration::from_millis(250);

/// Trusts that server.
fn tcp(server: &dyn Server) -> Tcp {
    Tcp::new(tls(server.authority(), &[TlsVersion::V1_2, TlsVersion::V1_3]))
}

/// The output before there is a connection, as a client sends it.
pub(crate) fn early(to: &str) -> String {
    format!(
        "<iq type='get' id='early1' to='{to}'>\
         <query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
    )
}
