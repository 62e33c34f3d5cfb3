//! Very many connections in one process: opened at a bounded rate, kept, each echoing, and back
//! again after the server was gone. How it goes is told on standard error; at the end there is one
//! line of JSON.
//!
//! ```text
//! scale [--plain 20000] [--tls 5000] [--rate 1000] [--rounds 3] [--away 5]
//! ```

mod member;
mod outcome;
mod run;
mod server;
mod tally;
mod workers;

use std::{error::Error, time::Duration};

use jabber::{Tcp, TlsConfig};
use jabber_bench::{options::Options, report::Region};

use crate::{
    outcome::{Echo, Outcome},
    run::Run,
    server::LoadServers,
    workers::Workers,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let counts = (options.number("plain", 20_000)?, options.number("tls", 5_000)?);
    let all = counts.0 + counts.1;
    let workers = Workers::for_all(all)?;
    let mut outcome = Outcome { threads: workers.count(), ..Outcome::default() };
    let region = Region::begin()?;
    let went = measure(&options, counts, workers, &mut outcome).await;
    println!("{}", outcome.report(all, region.end()?)?);
    went
}

/// Ends where not all have come as far.
async fn measure(
    options: &Options,
    (plain, tls): (usize, usize),
    workers: Workers,
    outcome: &mut Outcome,
) -> Result<(), Box<dyn Error>> {
    let servers = LoadServers::start(workers.count())?;
    let trust = TlsConfig::builder().without_system_roots().add_ca_file(servers.authority())?;
    let transport = Tcp::new(trust.build()?);
    let mut run = Run::start(servers, workers, transport, plain)?;
    let (all, rate) = (plain + tls, options.number("rate", 1000)?);
    run.open("without TLS", plain, rate, &mut outcome.plain).await?;
    run.open("with TLS", tls, rate, &mut outcome.tls).await?;
    for round in 1..=options.number("rounds", 3)? {
        let mut echo = Echo::default();
        let come = run.echo(all, round, &mut echo).await;
        outcome.echoes.push(echo);
        come?;
    }
    let away = Duration::from_secs(options.number("away", 5)?);
    run.restart(all, away, &mut outcome.back).await
}
