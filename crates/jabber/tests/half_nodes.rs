//! The connection is lost within a node (docs/security.md), in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

mod common;

use common::{Peer, Trace, session};

/// RFC 6120 §4.4: what was not said to its end was not said.
#[tokio::test(start_paused = true)]
async fn threat_09_half_a_node_is_never_taken_in() {
    for half in ["<message from='a@b'><body>half", "<message from='a@b'", "<message>behind</"] {
        let (mut session, mut listener) = session();
        session.connect().unwrap();
        let (ready, mut peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
        ready.unwrap();
        peer.says(half).await;
        drop(peer);
        let told = Trace::new().finish(&mut session).await;
        assert!(!told.contains("<message"), "{half}: {told}");
        assert!(told.ends_with("SOCKETDISCONNECT"), "{half}: {told}");
    }
}
