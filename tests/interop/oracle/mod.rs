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
//mod wrong;

pub(crate) use steps::{recorded, told};

/// The output before there is a connection, as a client sends it.
pub(crate) fn early(to: &str) -> String {
    format!(
        "<iq type='get' id='early1' to='{to}'>\
         <query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
    )
}
