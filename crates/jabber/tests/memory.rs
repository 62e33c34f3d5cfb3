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

use std::time::Duration;

use common::{Peer, SECOND, session_with};
use futures_util::StreamExt;
use jabber::{Event, KindSet, SendErrorReason, Session, SessionBuilder};
use jabber_transport::memory::MemoryListener;
use tokio::{io::AsyncWriteExt, runtime::Builder, time::timeout};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
/// The pipe in memory, which is the test's.
const PIPES: usize = 2 * 64 * KIB;

/// The greatest number of bytes that were allocated at once, on virtual time.
fn peak<F: Future<Output = ()>>(scenario: impl FnOnce() -> F) -> usize {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let info = allocation_counter::measure(|| runtime.block_on(scenario()));
    usize::try_from(info.bytes_max).unwrap()
}

fn quiet(builder: SessionBuilder) -> SessionBuilder {
    builder.subscribe(KindSet::EMPTY)
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

/// Lets the session read as far as it likes, and takes no event.
async fn drives(session: &mut Session, time: Duration) {
    let ends = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < ends {
        session.flush().await;
        tokio::time::sleep(SECOND / 1000).await;
    }
}

fn holds(what: &str, measured: usize, bound: usize) {
    eprintln!("{what}: {measured} bytes at most, bound {bound}");
    assert!(measured <= bound, "{what}: {measured} bytes are more than {bound}");
}

#[test]
fn idle() {
    let measured = peak(|| async {
        let (mut session, _peer, _listener) = ready(|it| it).await;
        let nothing = timeout(60 * SECOND, session.next()).await;
        assert!(nothing.is_err());
    });
    holds("idle", measured, PIPES + 128 * KIB);
}

/// One tiny stanza in each segment: none may keep a whole read buffer.
#[test]
fn threat_33_memory_of_tiny_stanzas_that_nobody_takes() {
    let measured = peak(|| async {
        let (mut session, mut peer, _listener) = ready(|it| it).await;
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
    holds("tiny stanzas", measured, PIPES + 2 * MIB);
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
        let measured = peak(|| async {
            let (mut session, mut peer, _listener) = ready(|it| it).await;
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
        holds("flood", measured, PIPES + 20 * MIB);
    }
}

#[test]
fn a_stanza_of_the_largest_size_byte_by_byte() {
    let stanza = format!("<message>{}</message>", "<a/>".repeat(131_000));
    let measured = peak(|| async {
        let (mut session, mut peer, _listener) = ready(|it| it).await;
        let writes = async {
            for byte in stanza.as_bytes() {
                peer.0.write_all(std::slice::from_ref(byte)).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let (event, ()) = tokio::join!(session.next(), writes);
        assert!(matches!(event, Some(Event::Stanza(_))));
    });
    holds("byte by byte", measured, PIPES + 8 * MIB);
}

#[test]
fn threat_32_memory_of_writes_that_nobody_reads() {
    for stanza in ["<presence/>", "<message><body>0123456789</body></message>"] {
        let measured = peak(|| async {
            let (mut session, _peer, _listener) = ready(|it| it).await;
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
        holds("blocked writes", measured, PIPES + 10 * MIB);
    }
}

#[test]
fn a_full_queue() {
    let measured = peak(|| async {
        let (mut session, _listener) = session_with(quiet);
        let text = format!("<message><body>{}</body></message>", "x".repeat(1600));
        loop {
            match session.try_send(text.parse().unwrap()) {
                Ok(accepted) => assert!(accepted.is_queued()),
                Err(error) => {
                    assert!(matches!(error.reason, SendErrorReason::QueueFull));
                    break;
                }
            }
        }
        assert!(session.queue().len() > 9000);
    });
    holds("full queue", measured, PIPES + 24 * MIB);
}

#[test]
fn threat_33_memory_of_requests_that_are_never_answered() {
    let measured = peak(|| async {
        let (mut session, mut peer, _listener) = ready(|it| it).await;
        let reads = async {
            let mut read = [0; 4096];
            loop {
                tokio::io::AsyncReadExt::read(&mut peer.0, &mut read).await.unwrap();
            }
        };
        let asks = async {
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
            asked = asks => assert_eq!(asked, 10_000),
        }
    });
    holds("requests", measured, PIPES + 10 * MIB);
}
