//! What one connection holds at most, measured against what is stated.
//!
//! Counted is all that the thread allocates: the session, its futures, both ends of the pipe in
//! memory (64 KiB in each direction), and what the peer has at hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it measured"
)]

mod common;
mod measured;

use common::{Peer, SECOND, session_with};
use futures_util::StreamExt;
use jabber::{Event, KindSet, SendErrorReason, Session, SessionBuilder};
use jabber_transport::memory::MemoryListener;
use measured::{KIB, MIB, bare, drives, holds, peak};
use tokio::{io::AsyncWriteExt, time::timeout};

fn quiet(builder: SessionBuilder) -> SessionBuilder {
    builder.subscribe(KindSet::EMPTY)
}

/// Tells all that there is to be told.
fn loud(builder: SessionBuilder) -> SessionBuilder {
    builder.subscribe(KindSet::ALL).wire(true).receipts(true)
}

/// What is stated for a session with these settings.
fn stated(settings: fn(SessionBuilder) -> SessionBuilder) -> usize {
    settings(Session::builder(common::Toy)).memory_bound()
}

async fn ready(
    settings: impl FnOnce(SessionBuilder) -> SessionBuilder,
) -> (Session, Peer, MemoryListener) {
    let (mut session, mut listener) = session_with(|it| settings(quiet(it)));
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(&mut listener));
    ready.unwrap();
    (session, peer, listener)
}

#[test]
fn idle() {
    let measured = peak(|| async {
        let (mut session, _peer, _listener) = ready(bare).await;
        let nothing = timeout(60 * SECOND, session.next()).await;
        assert!(nothing.is_err());
    });
    holds("idle", measured, 128 * KIB);
}

/// The queues for commands are made for the first client, and for no session that has none.
#[test]
fn without_a_client_there_is_no_queue_for_commands() {
    let (session, _listener) = session_with(quiet);
    let mut clients = Vec::with_capacity(2);
    let mut takes = || allocation_counter::measure(|| clients.push(session.client())).count_total;
    assert!(takes() > 0, "they are there already");
    assert_eq!(takes(), 0);
}

/// One tiny stanza in each segment: none may keep a whole read buffer.
#[test]
fn threat_33_memory_of_tiny_stanzas_that_nobody_takes() {
    let measured = peak(|| async {
        let (mut session, mut peer, _listener) = ready(bare).await;
        let writes = async {
            for _ in 0..3000 {
                peer.0.write_all(b"<message/>").await.unwrap();
                tokio::time::sleep(SECOND / 1000).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = writes => {}
            () = drives(&mut session, 5 * SECOND) => {}
        }
    });
    holds("tiny stanzas", measured, 2 * MIB);
    holds("tiny stanzas, stated", measured, stated(bare));
}

/// Bytes are few and nodes are many.
#[test]
fn threat_33_memory_of_a_flood_that_nobody_takes() {
    for stanza in [
        "<message/>".repeat(100),
        format!("<message>{}</message>", "<a/>".repeat(100_000)),
        format!("<message>{}</message>", "x".repeat(MIB - 100)),
        format!("<message>{}</message>", "<a/>".repeat(1000)),
    ] {
        for settings in [bare, |it| loud(bare(it))] {
            let measured = peak(|| async {
                let (mut session, mut peer, _listener) = ready(settings).await;
                let writes = async {
                    for _ in 0..30_000 {
                        peer.0.write_all(stanza.as_bytes()).await.unwrap();
                    }
                };
                tokio::select! {
                    () = writes => {}
                    () = drives(&mut session, 5 * SECOND) => {}
                }
            });
            holds("flood, stated", measured, stated(settings));
        }
    }
}

#[test]
fn a_stanza_of_the_largest_size_byte_by_byte() {
    let stanza = format!("<message>{}</message>", "<a/>".repeat(131_000));
    let measured = peak(|| async {
        let (mut session, mut peer, _listener) = ready(bare).await;
        let writes = async {
            for byte in stanza.as_bytes() {
                peer.0.write_all(std::slice::from_ref(byte)).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let (event, ()) = tokio::join!(session.next(), writes);
        assert!(matches!(event, Some(Event::Stanza(_))));
    });
    holds("byte by byte", measured, 8 * MIB);
    holds("byte by byte, stated", measured, stated(bare));
}

#[test]
fn threat_32_memory_of_writes_that_nobody_reads() {
    let one = |it| bare(it).requests(1);
    for stanza in ["<presence/>", "<message><body>0123456789</body></message>"] {
        let measured = peak(|| async {
            let (mut session, _peer, _listener) = ready(one).await;
            let send = async {
                loop {
                    session.send(stanza.parse().unwrap()).await.unwrap();
                }
            };
            assert!(timeout(SECOND, send).await.is_err());
            // What is asked waits no less.
            let iq = || "<iq type='get'/>".parse().unwrap();
            let refused = session.begin_request(iq(), SECOND).unwrap_err();
            assert!(matches!(refused.reason, SendErrorReason::WouldBlock));
        });
        holds("blocked writes", measured, 10 * MIB);
        holds("blocked writes, stated", measured, stated(one));
    }
}

/// Of few large stanzas and of many small ones, of text and of nodes, each with a time of its own.
#[test]
fn a_full_queue() {
    for content in ["x".repeat(1600), "<a/>".repeat(400), "<a/>".repeat(100_000), String::new()] {
        let mut queued = 0;
        let measured = peak(|| async {
            let (mut session, _listener) = session_with(quiet);
            let text = format!("<message><body>{content}</body></message>");
            loop {
                match session.send_within(text.parse().unwrap(), 600 * SECOND).await {
                    Ok(accepted) => assert!(accepted.is_queued()),
                    Err(error) => {
                        assert!(matches!(error.reason, SendErrorReason::QueueFull));
                        break;
                    }
                }
            }
            queued = session.queue().len();
        });
        holds(&format!("queue of {queued}"), measured, stated(quiet));
    }
}

#[test]
fn threat_33_memory_of_requests_that_are_never_answered() {
    let asks = |it| bare(it).requests(10_000);
    let measured = peak(|| async {
        let (mut session, mut peer, _listener) = ready(asks).await;
        let reads = async {
            let mut read = [0; 4096];
            loop {
                tokio::io::AsyncReadExt::read(&mut peer.0, &mut read).await.unwrap();
            }
        };
        let begins = async {
            let mut asked = 0_usize;
            loop {
                let iq = "<iq type='get' to='a@toy.example'><q xmlns='q'/></iq>".parse().unwrap();
                match session.begin_request(iq, 600 * SECOND) {
                    Ok(_) => asked += 1,
                    Err(error) if matches!(error.reason, SendErrorReason::WouldBlock) => {
                        session.flush().await
                    }
                    Err(error) => {
                        assert!(
                            matches!(error.reason, SendErrorReason::TooManyRequests),
                            "{error}"
                        );
                        break asked;
                    }
                }
                assert!(asked < 100_000, "they are accepted for ever");
            }
        };
        tokio::select! {
            () = reads => {}
            asked = begins => assert_eq!(asked, 10_000),
        }
    });
    holds("requests", measured, 10 * MIB);
    holds("requests, stated", measured, stated(asks));
}
