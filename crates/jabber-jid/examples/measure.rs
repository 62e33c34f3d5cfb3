//! The allocations and the time of parsing a JID:
//! `cargo run --release -p jabber-jid --example measure`.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use jabber_jid::{Jid, JidError};

const ROUNDS: u32 = 200_000;
const SERIES: u32 = 11;

fn main() -> Result<(), JidError> {
    println!("{:<28} {:>11} {:>10}", "JID", "allocations", "time");
    for text in [
        "alice@localhost/oracle",
        "Alice@LOCALHOST/Oracle",
        "alice@xn--bcher-kva.example/x",
        "älice@bücher.example/♚",
    ] {
        let allocations = measure(|| drop(black_box(Jid::new(text)))).count_total;
        // The best of some series: what disturbs only ever adds.
        let mut best = Duration::MAX;
        for _ in 0..SERIES {
            best = best.min(series(text)?);
        }
        println!("{text:<28} {allocations:>11} {best:>10.1?}");
    }
    Ok(())
}

/// The mean time of parsing and dropping.
fn series(text: &str) -> Result<Duration, JidError> {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(Jid::new(black_box(text))?);
    }
    Ok(start.elapsed() / ROUNDS)
}
