//! Silence, or a byte now and then, at every step of each dialect (docs/security.md), in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

use std::{sync::Arc, time::Duration};

use jabber::{ErrorStatus, Protocol, Session, component, jabberd20_component, legacy, xmpp};
use jabber_testkit::misbehaving::{Misbehaviour, Server, Step};
use tokio::time::Instant;

const PASSWORD: &str = "wonderland";

/// Each dialect's client, with a server for it.
fn dialects() -> Vec<(Arc<dyn Protocol>, Server)> {
    let alice = || "alice@localhost/desk".parse().unwrap();
    let echo = || "echo.localhost".parse().unwrap();
    vec![
        (Arc::new(xmpp::Config::new(alice(), PASSWORD)), Server::xmpp(alice(), PASSWORD)),
        (
            Arc::new(legacy::Config::new(alice(), PASSWORD).unwrap()),
            Server::legacy(alice(), PASSWORD),
        ),
        (Arc::new(component::Config::new(echo(), PASSWORD)), Server::component(echo(), PASSWORD)),
        (
            Arc::new(jabberd20_component::Config::new(echo(), PASSWORD)),
            Server::jabberd20_component(echo(), PASSWORD),
        ),
    ]
}

/// At every step before the client is ready; each ends in time, as no connection. How many there were.
async fn each_ends(misbehaviour: &Misbehaviour, after: std::ops::RangeInclusive<u64>) -> usize {
    let mut runs = 0;
    for (protocol, server) in dialects() {
        for step in server.steps().into_iter().take_while(|step| *step != Step::Stanza) {
            let transport = server.clone().misbehaving(step, misbehaviour.clone()).transport();
            let mut session = Session::builder(Arc::clone(&protocol)).build_with(transport);
            session.connect().unwrap();
            let begun = Instant::now();
            let error = session.ready().await.unwrap_err();
            let took = begun.elapsed().as_secs();
            assert!(after.contains(&took), "{server:?} at {step}: {took} s");
            assert_eq!(
                error.status(),
                ErrorStatus::SocketDisconnect,
                "{server:?} at {step}: {error}"
            );
            runs += 1;
        }
    }
    runs
}

/// One byte now and then is no progress, at any step.
#[tokio::test(start_paused = true)]
async fn threat_31_a_byte_now_and_then_does_not_help() {
    let slow = Misbehaviour::Trickle(Duration::from_secs(6));
    assert!(each_ends(&slow, 30..=60).await > 25);
}

/// Nothing at all, and nothing behind the half of it.
#[tokio::test(start_paused = true)]
async fn threat_31_silence_ends() {
    for silent in [Misbehaviour::Silent, Misbehaviour::HalfThenSilent] {
        assert!(each_ends(&silent, 30..=30).await > 25);
    }
}
