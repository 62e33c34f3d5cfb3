//! The run: each part says what it has come to, also where it is the last one.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use jabber::Tcp;
use jabber_bench::report::{Region, memory};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    member::Member,
    outcome::{Back, Echo, Opened},
    server::LoadServer,
    tally::Tally,
};

type Done = Result<(), Box<dyn Error>>;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is said how far a part is.
const NEWS: Duration = Duration::from_secs(5);

/// The server, and all connections' common things.
pub(crate) struct Run {
    server: LoadServer,
    transport: Tcp,
    tally: Arc<Tally>,
    next_round: watch::Sender<usize>,
}

impl Run {
    pub(crate) fn new(server: LoadServer, transport: Tcp) -> Self {
        Self { server, transport, tally: Arc::default(), next_round: watch::Sender::new(0) }
    }

    /// `count` connections more, so many a second.
    pub(crate) async fn open(
        &self,
        (secure, count, rate): (bool, usize, u32),
        opened: &mut Opened,
    ) -> Done {
        let name = if secure { "with TLS" } else { "without TLS" };
        let (before, there, region) = (memory("VmRSS")?, self.tally.ready(), Region::begin()?);
        let mut pace = interval(Duration::from_secs(1) / rate.max(1));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for number in 0..count {
            pace.tick().await;
            let address = self.server.address(secure, number).parse()?;
            let (transport, tally) = (self.transport.clone(), Arc::clone(&self.tally));
            let member = Member::new(secure, address, transport, tally)?;
            tokio::spawn(member.live(self.next_round.subscribe()));
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
        self.next_round.send(round)?;
        let echoed = || self.tally.echoed() - before;
        let come = until("echoes", all, echoed).await;
        echo.echoed = echoed();
        echo.wall_s = begun.elapsed().as_secs_f64();
        echo.us = each(region, all)?;
        let Echo { echoed, wall_s, us } = echo;
        eprintln!("round {round}: {echoed} echoes in {wall_s:.2} s, {us:.1} us of CPU each");
        come
    }

    /// The server ends, all have noticed that, it stays away for so long, and is there again.
    pub(crate) async fn restart(&mut self, all: usize, away: Duration, back: &mut Back) -> Done {
        self.tally.begin_return();
        let gone = Instant::now();
        self.server.stop()?;
        until("without a server", all, || all.saturating_sub(self.tally.ready())).await?;
        eprintln!("the server is gone; memory {} MiB", memory("VmRSS")? >> 10);
        sleep(away).await;
        self.server.restart()?;
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
