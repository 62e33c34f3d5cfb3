//! Whoever is slow slows the other side, and nobody's memory grows for it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it measured"
)]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use common::{Peer, SECOND, session, session_with};
use futures_util::StreamExt;
use jabber::{Element, Event, KindSet, SendErrorReason, Session};
use jabber_transport::memory::MemoryListener;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, split},
    time::timeout,
};

/// What the pipe in memory holds in each direction.
const PIPE: usize = 64 << 10;
/// What is read at once.
const READ: usize = 32 << 10;

fn stanza(number: usize, size: usize) -> String {
    let padding = "x".repeat(size.saturating_sub(40));
    format!("<message id='{number}'><body>{padding}</body></message>")
}

async fn ready(mut session: Session, listener: &mut MemoryListener) -> (Session, Peer) {
    session.connect().unwrap();
    let (ready, peer) = tokio::join!(session.ready(), Peer::welcome(listener));
    ready.unwrap();
    (session, peer)
}

fn id(element: &Element) -> usize {
    element.attribute("id").unwrap().parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn threat_33_a_slow_user_slows_the_socket() {
    const EVENTS: usize = 64 << 10;
    let (session, mut listener) =
        session_with(|it| it.subscribe(KindSet::LIFECYCLE).event_bounds(10_000, EVENTS));
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let text = stanza(7, 1000);
    let mut written = 0;
    // The user sends, and takes nothing.
    loop {
        let said = async {
            peer.0.write_all(text.as_bytes()).await.unwrap();
            written += text.len();
        };
        tokio::select! {
            () = said => {}
            () = async { loop { session.flush().await; tokio::time::sleep(SECOND / 100).await } } => {}
            () = tokio::time::sleep(SECOND) => break,
        }
        assert!(written < 10 << 20, "the peer may write for ever");
    }
    eprintln!("the peer got rid of {written} bytes before it was stopped");
    assert!((EVENTS..=EVENTS + PIPE + 2 * READ).contains(&written), "{written}");
    // It goes on as the user takes, and nothing is lost.
    let whole = written / text.len();
    let mut taken = 0;
    while taken < whole {
        if let Event::Stanza(_) = timeout(SECOND, session.next()).await.unwrap().unwrap() {
            taken += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn threat_32_a_peer_that_does_not_read_makes_send_wait() {
    let (session, mut listener) = session();
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let mut accepted = 0;
    let mut bytes = 0;
    loop {
        let text = stanza(accepted, 1000);
        let sent = timeout(SECOND, session.send(text.parse().unwrap())).await;
        match sent {
            Ok(sent) => sent.unwrap(),
            // It waits: not accepted, so not to be sent by itself later.
            Err(_) => break,
        };
        accepted += 1;
        bytes += text.len();
        assert!(bytes < 10 << 20, "it is accepted for ever");
    }
    eprintln!("{bytes} bytes were accepted before send waited");
    assert!(bytes <= PIPE + (128 << 10) + 2000, "{bytes}");
    let refused = session.try_send("<presence/>".parse().unwrap()).unwrap_err();
    assert!(matches!(refused.reason, SendErrorReason::WouldBlock));
    // It goes on as the peer reads, each once and in order.
    let reads = async {
        let mut all = String::new();
        while !all.contains("id='last'") {
            all.push_str(&peer.reads("</message>").await);
        }
        all
    };
    let goes_on = async {
        let last = "<message id='last'/>".parse().unwrap();
        timeout(10 * SECOND, session.send(last)).await.unwrap().unwrap();
        session.flush().await;
        session.send("<message><body/></message>".parse().unwrap()).await.unwrap();
        session.flush().await;
    };
    let (all, ()) = tokio::join!(reads, goes_on);
    let ids: Vec<&str> =
        all.split("id='").skip(1).map(|it| it.split('\'').next().unwrap()).collect();
    let expected: Vec<String> =
        (0..accepted).map(|it| it.to_string()).chain(["last".to_owned()]).collect();
    assert_eq!(ids.len(), expected.len());
    assert!(ids.iter().zip(&expected).all(|(a, b)| a == b));
}

const END: &[u8] = b"</message>";

/// The peer says as much as it can, and reads what it is told only now and then.
async fn flood(peer: Peer, count: usize) -> usize {
    let (mut from, mut to) = split(peer.0);
    let writes = async move {
        for number in 0..count {
            to.write_all(stanza(number, 2000).as_bytes()).await.unwrap();
        }
        to
    };
    let reads = async move {
        let (mut read, mut seen) = (Vec::with_capacity(PIPE), 0);
        while seen < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_ne!(from.read_buf(&mut read).await.unwrap(), 0);
            seen += read.windows(END.len()).filter(|it| *it == END).count();
            // One may be cut in two.
            read.drain(..read.len().saturating_sub(END.len() - 1));
        }
        seen
    };
    let (_to, seen) = tokio::join!(writes, reads);
    seen
}

#[tokio::test(start_paused = true)]
async fn both_directions_at_once_never_lock_up() {
    const COUNT: usize = 2000;
    // Driven by hand: every stanza goes back at once.
    let (session, mut listener) = session_with(|it| it.event_bounds(16, 32 << 10));
    let (mut session, peer) = ready(session, &mut listener).await;
    let echo = async {
        let mut echoed = 0;
        while echoed < COUNT {
            if let Some(Event::Stanza(delivery)) = session.next().await {
                assert_eq!(id(&delivery.stanza), echoed, "in order");
                let mut stanza = delivery.stanza;
                // Where both are full `send` hands it back rather than wait for us; then we take.
                while let Err(error) = session.send(stanza).await {
                    assert!(matches!(error.reason, SendErrorReason::WouldBlock), "{error}");
                    stanza = error.stanza;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    session.flush().await;
                }
                echoed += 1;
            }
        }
        session.flush().await;
    };
    let both = async { tokio::join!(echo, flood(peer, COUNT)) };
    assert_eq!(timeout(600 * SECOND, both).await.expect("it is locked up").1, COUNT);

    // Spawned, with handles in other tasks.
    let (session, mut listener) = session_with(|it| it.event_bounds(16, 32 << 10));
    let (session, peer) = ready(session, &mut listener).await;
    let (client, mut events) = session.spawn();
    let echo = async {
        let mut echoed = 0;
        while echoed < COUNT {
            if let Some(Event::Stanza(delivery)) = events.next().await {
                client.send(delivery.stanza).await.unwrap().unwrap();
                echoed += 1;
            }
        }
    };
    let both = async { tokio::join!(echo, flood(peer, COUNT)) };
    assert_eq!(timeout(600 * SECOND, both).await.expect("it is locked up").1, COUNT);
}

/// The peer reads nothing until it has said all, and we have as much to say meanwhile: whoever puts reading
/// off until his own words are out waits for ever.
#[tokio::test(start_paused = true)]
async fn threat_33_reading_goes_on_while_the_peer_does_not_read() {
    const COUNT: usize = 2000;
    let (session, mut listener) = session_with(|it| it.event_bounds(16, 32 << 10));
    let (session, mut peer) = ready(session, &mut listener).await;
    let (client, mut events) = session.spawn();
    let says = tokio::spawn(async move {
        for number in 0..COUNT {
            client.send(stanza(number, 240).parse().unwrap()).await.unwrap().unwrap();
        }
        client
    });
    let takes = async {
        let mut taken = 0;
        while taken < COUNT {
            taken += usize::from(matches!(events.next().await, Some(Event::Stanza(_))));
        }
        // Whoever takes no more events drives it no more.
        while events.next().await.is_some() {}
    };
    let speaks = async {
        for number in 0..COUNT {
            peer.says(&stanza(number, 240)).await;
        }
        peer.reads(&format!("id='{}'", COUNT - 1)).await;
    };
    let both = async {
        tokio::select! {
            () = takes => panic!("the session has ended"),
            () = speaks => {}
        }
    };
    timeout(600 * SECOND, both).await.expect("it is locked up");
    drop(says.await.unwrap());
}

/// What was read at once is many events, and each takes the user 10 ms: what he sends meanwhile goes out
/// all the same, and what others ask of the session is done.
#[tokio::test(start_paused = true)]
async fn a_slow_user_does_not_keep_what_he_sends_waiting() {
    const COUNT: usize = 500;
    const PAUSE: Duration = Duration::from_millis(10);
    let (session, mut listener) = session_with(|it| it.subscribe(KindSet::EMPTY));
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let client = session.client();
    peer.says(&(0..COUNT).map(|number| stanza(number, 60)).collect::<String>()).await;
    let asks = tokio::spawn(async move {
        tokio::time::sleep(20 * PAUSE).await;
        let begun = tokio::time::Instant::now();
        client.send("<message id='asked'/>".parse().unwrap()).await.unwrap().unwrap();
        begun.elapsed()
    });
    let hears = tokio::spawn(async move {
        let begun = tokio::time::Instant::now();
        peer.reads("'answer'").await;
        (begun.elapsed(), peer)
    });
    let mut taken = 0;
    while taken < COUNT {
        let Some(Event::Stanza(delivery)) = session.next().await else { panic!("no stanza") };
        assert_eq!(id(&delivery.stanza), taken);
        taken += 1;
        if taken == 3 {
            session.try_send("<message id='answer'/>".parse().unwrap()).unwrap();
        }
        tokio::time::sleep(PAUSE).await;
    }
    let (heard, _peer) = hears.await.unwrap();
    assert!(heard <= 6 * PAUSE, "{heard:?}");
    let asked = asks.await.unwrap();
    assert!(asked <= 80 * PAUSE, "{asked:?}");
}

/// On one thread, in real time: others get their turn all the while.
#[tokio::test]
async fn a_flood_does_not_starve_other_tasks() {
    const COUNT: usize = 20_000;
    let (session, mut listener) = session_with(|it| it.subscribe(KindSet::EMPTY));
    let (mut session, mut peer) = ready(session, &mut listener).await;
    let turns = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let other = {
        let (turns, over) = (Arc::clone(&turns), Arc::clone(&over));
        tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                turns.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        })
    };
    let writer = tokio::spawn(async move {
        let text = "<message/>".repeat(100);
        for _ in 0..COUNT / 100 {
            peer.0.write_all(text.as_bytes()).await.unwrap();
        }
        peer
    });
    let mut taken = 0;
    while taken < COUNT {
        if let Some(Event::Stanza(_)) = session.next().await {
            taken += 1;
        }
    }
    over.store(true, Ordering::Relaxed);
    other.await.unwrap();
    drop(writer.await.unwrap());
    let turns = turns.load(Ordering::Relaxed);
    eprintln!("{COUNT} stanzas, and {turns} turns of another task meanwhile");
    // tokio's budget is 128 a turn.
    assert!(turns >= (COUNT / 256) as u64, "{turns}");
}
