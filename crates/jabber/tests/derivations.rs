//! Deriving a key takes long (docs/security.md), and others go on meanwhile.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

mod common;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use common::Peer;
use jabber::{
    Session, ns,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_transport::memory::MemoryTransport;
use tokio::time::Instant;

const OFFER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost'><stream:features><mechanisms \
     xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>\
     </stream:features>";

/// PBKDF2 is computed where it blocks nobody: the one thread of this runtime goes on meanwhile.
#[tokio::test]
async fn threat_13_a_long_derivation_blocks_nobody() {
    let config = xmpp::Config::new("alice@localhost/desk".parse().unwrap(), "wonderland");
    let config = config.with_policy(Policy::only(&[Mechanism::ScramSha1]));
    let (transport, mut listener) = MemoryTransport::new();
    let config = config.with_tls(xmpp::TlsPolicy::Off);
    let mut session = Session::builder(config).build_with(transport);
    session.connect().unwrap();
    let server = async {
        let mut it = Peer::accept(&mut listener).await;
        it.reads("localhost").await;
        it.says(OFFER).await;
        let auth = it.reads("</auth>").await;
        let first = auth.split("'SCRAM-SHA-1'>").nth(1).unwrap().split('<').next().unwrap();
        let first = String::from_utf8(BASE64_STANDARD.decode(first).unwrap()).unwrap();
        let nonce = first.split_once("r=").unwrap().1;
        let challenge = BASE64_STANDARD.encode(format!("r={nonce}x,s=c2FsdA==,i=2000000"));
        it.says(&format!("<challenge xmlns='{}'>{challenge}</challenge>", ns::SASL)).await;
        let begun = Instant::now();
        it.reads("<response").await;
        begun.elapsed()
    };
    let turns = AtomicUsize::new(0);
    let ticks = async {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            turns.fetch_add(1, Ordering::Relaxed);
        }
    };
    let took = tokio::select! {
        took = server => took,
        never = ticks => never,
        _ = session.ready() => panic!("it cannot be ready"),
    };
    let turns = turns.load(Ordering::Relaxed);
    assert!(took > Duration::from_millis(50), "too short to show anything: {took:?}");
    // Where the derivation has the thread there are two or three around it, whatever it takes.
    assert!(turns > 10, "nothing else ran in {took:?}: {turns}");
}
