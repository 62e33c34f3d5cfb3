//! The run: each part says what it has come to, also where it is the last one.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use jabber::Tcp;
use jabber_bench::report::{Region, memory};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::{
    member::Member,
    outcome::{Back, Echo, Opened},
    server::LoadServers,
    tally::Tally,
    workers::Workers,
};

type Done = Result<(), Box<dyn Error>>;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is said how far a part is.
const NEWS: Duration = Duration::from_secs(5);

/// The servers, and all connections.
pub(crate) struct Run {
    servers: LoadServers,
    workers: Workers,
    tally: Arc<Tally>,
    /// How many were opened.
    opened: usize,
}

impl Run {
    /// The first `plain` connections are without TLS.
    pub(crate) fn start(
        servers: LoadServers,
        workers: Workers,
        transport: Tcp,
        plain: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let tally = Arc::new(Tally::default());
        let run = Self { servers, workers, tally: Arc::clone(&tally), opened: 0 };
        let addresses = run.servers.addresses();
        run.workers.start(move |number| {
            let secure = number >= plain;
            let address = addresses.of(secure, number).parse()?;
            Member::new(secure, address, transport.clone(), Arc::clone(&tally))
        })?;
        Ok(run)
    }

    /// `count` connections more, so many a second.
    pub(crate) async fn open(
        &mut self,
        name: &str,
        count: usize,
        rate: u32,
        opened: &mut Opened,
    ) -> Done {
        if count == 0 {
            return Ok(());
        }
        let (before, there, region) = (memory("VmRSS")?, self.tally.ready(), Region::begin()?);
        let mut pace = interval(Duration::from_secs(1) / rate.max(1));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..count {
            pace.tick().await;
            self.opened += 1;
            self.workers.open(self.opened);
        }
        let ready = || self.tally.ready().saturating_sub(there);
        let come = until(&format!("ready {name}"), count, ready).await;
        // What a burst has taken is given back by then.
        sleep(Duration::from_secs(1)).await;
        opened.ready = ready();
        opened.us = each(region, count)?;
        opened.kib = memory("VmRSS")?.saturating_sub(before) as f64 / count as f64;
        let Opened { ready, kib, us } = opened;
        eprintln!("{ready} ready {name}, {kib:.2} KiB and {us:.0} us of CPU each");
        come
    }

    /// All `all` say something at once, for the `round`th time.
    pub(crate) async fn echo(&self, all: usize, round: usize, echo: &mut Echo) -> Done {
        let (begun, before, region) = (Instant::now(), self.tally.echoed(), Region::begin()?);
        self.workers.begin_round(round);
        let echoed = || self.tally.echoed() - before;
        let come = until("echoes", all, echoed).await;
        echo.echoed = echoed();
        echo.wall_s = begun.elapsed().as_secs_f64();
        echo.us = each(region, all)?;
        let Echo { echoed, wall_s, us } = echo;
        eprintln!("round {round}: {echoed} echoes in {wall_s:.2} s, {us:.1} us of CPU each");
        come
    }

    /// The servers end, all have noticed that, they stay away for so long, and are there again.
    pub(crate) async fn restart(&mut self, all: usize, away: Duration, back: &mut Back) -> Done {
        self.tally.begin_return();
        let gone = Instant::now();
        self.servers.stop()?;
        until("without a server", all, || all.saturating_sub(self.tally.ready())).await?;
        eprintln!("the server is gone; memory {} MiB", memory("VmRSS")? >> 10);
        sleep(away).await;
        self.servers.restart()?;
        back.away_s = gone.elapsed().as_secs_f64();
        let (begun, region) = (Instant::now(), Region::begin()?);
        let come = until("back", all, || self.tally.ready()).await;
        back.ready = self.tally.ready();
        back.wall_s = begun.elapsed().as_secs_f64();
        back.us = each(region, all)?;
        back.attempts = self.tally.attempts();
        let Back { ready, wall_s, us, attempts, .. } = back;
        eprintln!("{ready} are back {wall_s:.1} s after the server, {us:.0} us of CPU each");
        eprintln!("attempts: {attempts}");
        eprintln!("memory: {} MiB, at most {} MiB", memory("VmRSS")? >> 10, memory("VmHWM")? >> 10);
        come
    }
}

fn each(region: Region, count: usize) -> Result<f64, Box<dyn Error>> {
    Ok(region.end()?.cpu().as_secs_f64() * 1e6 / count as f64)
}

/// Until there are `all`, as long as that is bearable.
async fn until(what: &str, all: usize, count: impl Fn() -> usize) -> Done {
    let begun = Instant::now();
    let mut told = begun;
    loop {
        let now = count();
        if now >= all {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            let seconds = PATIENCE.as_secs();
            return Err(format!("{now} of {all} {what} after {seconds} s").into());
        }
        if told.elapsed() > NEWS {
            told = Instant::now();
            eprintln!("  {now} of {all} {what}");
        }
        sleep(Duration::from_millis(20)).await;
    }
}
