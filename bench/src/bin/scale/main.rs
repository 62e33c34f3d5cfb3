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

use std::{error::Error, time::Duration};

use jabber::{Tcp, TlsConfig};
use jabber_bench::{options::Options, report::Region};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::{
    outcome::{Echo, Outcome},
    run::Run,
    server::LoadServer,
};

/// Open files beside the connections.
const SPARE: u64 = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::from_args();
    let counts = (options.number("plain", 20_000)?, options.number("tls", 5_000)?);
    let all = counts.0 + counts.1;
    allow_files(all as u64 + SPARE)?;
    let (mut outcome, region) = (Outcome::default(), Region::begin()?);
    let went = measure(&options, counts, &mut outcome).await;
    println!("{}", outcome.report(all, region.end()?)?);
    went
}

/// Ends where not all have come as far.
async fn measure(
    options: &Options,
    (plain, tls): (usize, usize),
    outcome: &mut Outcome,
) -> Result<(), Box<dyn Error>> {
    let server = LoadServer::start()?;
    let trust = TlsConfig::builder().without_system_roots().add_ca_file(server.authority())?;
    let mut run = Run::new(server, Tcp::new(trust.build()?));
    let (all, rate) = (plain + tls, options.number("rate", 1000)?);
    run.open((false, plain, rate), &mut outcome.plain).await?;
    run.open((true, tls, rate), &mut outcome.tls).await?;
    for round in 1..=options.number("rounds", 3)? {
        let mut echo = Echo::default();
        let come = run.echo(all, round, &mut echo).await;
        outcome.echoes.push(echo);
        come?;
    }
    let away = Duration::from_secs(options.number("away", 5)?);
    run.restart(all, away, &mut outcome.back).await
}

/// Raises what the system lets this process, and the server, open.
fn allow_files(count: u64) -> Result<(), Box<dyn Error>> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= count {
        return Ok(());
    }
    let most = hard.max(count);
    setrlimit(Resource::RLIMIT_NOFILE, most, most).map_err(|error| {
        format!(
            "{count} open files, and {hard} are allowed here ({error}): ask for fewer connections"
        )
        .into()
    })
}
