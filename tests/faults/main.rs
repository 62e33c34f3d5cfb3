//! A network that fails, between a session and a real server, and the truth of what is told.
//!
//! A session that connects again by itself talks with a client that is there all the time: numbered
//! messages both ways, questions outstanding. A proxy cuts it off at random places, the negotiation
//! included. In the end all that was told is held against what the other one has had:
//!
//! - every accepted message has one fate, and what came back was never received;
//! - no number was received twice, so nothing was written twice;
//! - every question ended once; one that was answered was asked, and asked once;
//! - the statuses are in order, over all attempts.
//!
//! `JABBER_CUTS` says how many cuts there are in all (50), `JABBER_SEED` repeats a run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, in its helpers too, and says what it counted"
)]

mod ledger;
mod partner;
mod run;
#[path = "../interop/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "for the interoperability tests")]
mod support;

use support::{Dialect, Which};

macro_rules! cells {
    ($($name:ident: $which:ident, $dialect:ident;)*) => { $(
        #[tokio::test]
        async fn $name() {
            let Some(place) = Which::$which.start() else { return };
            run::through_cuts(place, Dialect::$dialect).await;
        }
    )* };
}

cells! {
    prosody_xmpp: Prosody, Xmpp;
    prosody_legacy: Prosody, Legacy;
    prosody_component: Prosody, Component;
    ejabberd_xmpp: Ejabberd, Xmpp;
    ejabberd_legacy: Ejabberd, Legacy;
    ejabberd_component: Ejabberd, Component;
    jabberd2_xmpp: Jabberd2, Xmpp;
    jabberd2_legacy: Jabberd2, Legacy;
    jabberd2_component: Jabberd2, Component;
    jabberd2_router: Jabberd2, Router;
}
