//! A server restarts, and all its clients come back: not all at once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and shows its histogram"
)]

mod common;

use std::sync::{Arc, Mutex};

use common::{Peer, SECOND, session_with};
use futures_util::StreamExt;
use jabber::{Event, Reconnect, Status};
use jabber_transport::memory::MemoryListener;
use tokio::time::Instant;

/// Lets everybody in, and is down between two times.
async fn server(mut listener: MemoryListener, down: std::ops::Range<u64>, start: Instant) {
    let mut peers = tokio::task::JoinSet::new();
    let seconds = || start.elapsed().as_secs();
    let mut was_up = true;
    loop {
        let pipe = tokio::select! {
            pipe = listener.accept() => pipe,
            () = tokio::time::sleep(SECOND / 10) => {
                let up = !down.contains(&seconds());
                if was_up && !up {
                    peers.abort_all();
                }
                was_up = up;
                continue;
            }
        };
        let Some(pipe) = pipe else { return };
        if down.contains(&seconds()) {
            drop(pipe);
            continue;
        }
        peers.spawn(async move {
            let mut peer = Peer(pipe);
            peer.reads("toy.example").await;
            peer.says(common::HEADER).await;
            peer.says("<welcome/>").await;
            peer.reads_end().await;
        });
    }
}

/// A thousand clients lose their server for 20 seconds, and come back.
#[tokio::test(start_paused = true)]
async fn a_thousand_clients_do_not_storm_a_server_that_restarts() {
    const CLIENTS: usize = 1000;
    let start = Instant::now();
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let mut back = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (mut session, listener) = session_with(|it| it.reconnect(Reconnect::default()));
        let attempts = Arc::clone(&attempts);
        back.spawn(async move {
            let server = tokio::spawn(server(listener, 60..80, start));
            session.connect().unwrap();
            session.ready().await.unwrap();
            let mut ready = None;
            while ready.is_none() {
                let Some(Event::Status(status)) = session.next().await else { continue };
                let second = start.elapsed().as_secs();
                if status.kind() == Status::Connect.into() && second >= 60 {
                    attempts.lock().unwrap().push(second);
                }
                if status.kind() == Status::InitFinished.into() && second >= 60 {
                    ready = Some(second);
                }
            }
            server.abort();
            ready.unwrap()
        });
    }
    let back: Vec<u64> = back.join_all().await;
    let attempts = attempts.lock().unwrap();
    let end = *back.iter().max().unwrap();
    eprintln!(
        "second after the loss: attempts, of them a ready session; the server is back after 20"
    );
    let mut busiest = 0;
    for second in 60..=end {
        let tried = attempts.iter().filter(|at| **at == second).count();
        let came = back.iter().filter(|at| **at == second).count();
        busiest = busiest.max(came);
        let bar = "#".repeat(tried / 5);
        eprintln!("{:>4}: {tried:>4} {came:>4} {bar}", second - 60);
    }
    assert_eq!(back.len(), CLIENTS);
    // How long who was unlucky stays away, and that no second has more than a quarter of them.
    assert!(end <= 60 + 20 + 300, "the last comes back after {} s", end - 60);
    assert!(busiest < CLIENTS / 4, "{busiest} in one second");
    assert!(attempts.len() < CLIENTS * 8, "{} attempts", attempts.len());
}
