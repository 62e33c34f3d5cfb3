//! What is cut, what takes long, what comes slowly (docs/security.md), in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test support")]

mod common;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use common::{Peer, Trace, session};
use jabber::{
    ErrorStatus, Session, ns,
    sasl::{Mechanism, Policy},
    xmpp,
};
use jabber_testkit::misbehaving::{Misbehaviour, Server, Step, Tls};
use jabber_transport::memory::MemoryTransport;
use tokio::time::Instant;

const OFFER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0' \
     xmlns:stream='http://etherx.jabber.org/streams' from='localhost'><stream:features><mechanisms \
     xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>\
     </stream:features>";

fn config() -> xmpp::Config {
    xmpp::Config::new("alice@localhost/desk".parse().unwrap(), "wonderland")
}

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

/// PBKDF2 is computed where it blocks nobody: the one thread of this runtime goes on meanwhile.
#[tokio::test]
async fn threat_13_a_long_derivation_blocks_nobody() {
    let config = config().with_policy(Policy::only(&[Mechanism::ScramSha1]));
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

/// One byte now and then is no progress, at any step.
#[tokio::test(start_paused = true)]
async fn threat_31_a_byte_now_and_then_does_not_help() {
    let server = || {
        let alice = "alice@localhost/desk".parse().unwrap();
        Server::xmpp(alice, "wonderland").with_tls(Tls::StartTls)
    };
    let before_ready: Vec<Step> =
        server().steps().into_iter().take_while(|step| *step != Step::Stanza).collect();
    assert!(before_ready.len() > 10, "{before_ready:?}");
    for step in before_ready {
        let slow = Misbehaviour::Trickle(Duration::from_secs(6));
        let transport = server().misbehaving(step, slow).transport();
        let mut session = Session::builder(config()).build_with(transport);
        session.connect().unwrap();
        let begun = Instant::now();
        let error = session.ready().await.unwrap_err();
        let took = begun.elapsed();
        assert!(took <= Duration::from_secs(60), "{step}: {took:?}");
        let ended = ErrorStatus::SocketDisconnect;
        assert_eq!(error.status(), ended, "{step}: {error}");
    }
}
