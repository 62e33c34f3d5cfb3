//! Very many connections in one process: opened at a bounded rate, kept, each echoing, and back
//! again after the server was gone.
//!
//! ```text
//! scale [--plain 20000] [--tls 5000] [--rate 1000] [--rounds 3] [--away 5]
//! ```

mod member;
mod server;
mod tally;

use std::{error::Error, sync::Arc, time::Duration};

use jabber::{Tcp, TlsConfig};
use jabber_bench::{
    options::Options,
    report::{Region, memory},
};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

use crate::{member::Member, server::LoadServer, tally::Tally};

/// Open files beside the connections.
const SPARE: u64 = 100;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let (plain, tls) = (options.number("plain", 20_000)?, options.number("tls", 5_000)?);
    let rate: u32 = options.number("rate", 1000)?;
    allow_files((plain + tls) as u64 + SPARE)?;

    let mut server = LoadServer::start()?;
    let trust = TlsConfig::builder().without_system_roots().add_ca_file(server.authority())?;
    let transport = Tcp::new(trust.build()?);
    let tally = Arc::new(Tally::default());
    let (next_round, rounds) = watch::channel(0);

    for (name, count, secure) in [("plain", plain, false), ("TLS", tls, true)] {
        let (before, region) = (memory("VmRSS")?, Region::begin()?);
        let ready = tally.ready() + count;
        let mut pace = interval(Duration::from_secs(1) / rate);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..count {
            pace.tick().await;
            let address = server.address(secure).parse()?;
            let member = Member::new(secure, address, transport.clone(), Arc::clone(&tally))?;
            tokio::spawn(member.live(rounds.clone()));
        }
        until(name, || tally.ready() >= ready).await?;
        // What a burst has taken is given back by then.
        sleep(Duration::from_secs(1)).await;
        let cost = region.end()?;
        let each = memory("VmRSS")?.saturating_sub(before) as f64 / count as f64;
        let micros = cost.cpu().as_secs_f64() * 1e6 / count as f64;
        println!("{name}: {count} ready, {each:.2} KiB and {micros:.0} us of CPU each");
    }

    let all = plain + tls;
    for round in 1..=options.number("rounds", 3)? {
        let (begun, region) = (Instant::now(), Region::begin()?);
        next_round.send(round)?;
        until("echo", || tally.echoed() >= all * round).await?;
        let took = begun.elapsed().as_secs_f64();
        let micros = region.end()?.cpu().as_secs_f64() * 1e6 / all as f64;
        println!("round {round}: {all} echoes in {took:.2} s, {micros:.1} us of CPU each");
    }

    tally.begin_return();
    server.stop()?;
    until("the server's end", || tally.ready() == 0).await?;
    println!("the server is gone; memory {} MiB", memory("VmRSS")? >> 10);
    sleep(Duration::from_secs(options.number("away", 5)?)).await;
    server.restart()?;
    let (begun, region) = (Instant::now(), Region::begin()?);
    until("the return", || tally.ready() >= all).await?;
    let took = begun.elapsed().as_secs_f64();
    let micros = region.end()?.cpu().as_secs_f64() * 1e6 / all as f64;
    println!("all {all} are back {took:.1} s after the server, {micros:.0} us of CPU each");
    println!("attempts: {}", tally.attempts());
    println!("memory: {} MiB, at most {} MiB", memory("VmRSS")? >> 10, memory("VmHWM")? >> 10);
    Ok(())
}

/// Raises what the system lets this process, and the server, open.
fn allow_files(count: u64) -> Result<(), Box<dyn Error>> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= count {
        return Ok(());
    }
    setrlimit(Resource::RLIMIT_NOFILE, count, hard.max(count)).map_err(|error| {
        format!(
            "{count} open files, and {hard} are allowed here ({error}): ask for fewer connections"
        )
        .into()
    })
}

async fn until(what: &str, done: impl Fn() -> bool) -> Result<(), String> {
    let waiting = async {
        while !done() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.map_err(|_| format!("{what}: it takes too long"))
}
