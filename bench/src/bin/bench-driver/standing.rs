//! Connecting, and standing idle.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use futures_util::{
    StreamExt as _,
    future::{ready, try_join_all},
};
use jabber_bench::report::{Region, Report, memory};

use crate::Work;

/// Connects, until ready, and closes: one after the other, or all at once.
pub(crate) async fn connect(work: &Work) -> Result<Report, Box<dyn Error>> {
    let mut times = Vec::new();
    let region = Region::begin()?;
    if work.conns > 1 {
        let all = try_join_all((0..work.conns).map(|_| async {
            let begun = Instant::now();
            let session = work.maker.ready().await?;
            Ok::<_, Box<dyn Error>>((session, begun.elapsed()))
        }));
        let all = all.await?;
        let cost = region.end()?;
        times.extend(all.iter().map(|(_, time)| *time));
        return Ok(Report::new("ours", "connect", work.conns, cost).with_percentiles(times));
    }
    for _ in 0..work.n {
        let begun = Instant::now();
        let mut session = work.maker.ready().await?;
        times.push(begun.elapsed());
        session.shutdown();
        while session.next().await.is_some() {}
    }
    let cost = region.end()?;
    Ok(Report::new("ours", "connect", work.n, cost).with_percentiles(times))
}

/// So many connections that say nothing.
pub(crate) async fn idle(work: &Work) -> Result<Report, Box<dyn Error>> {
    let before = memory("VmRSS")?;
    let region = Region::begin()?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..work.conns {
        // Each is polled by a task of its own, as in any program.
        tasks.spawn(work.maker.ready().await?.for_each(|_| ready(())));
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    if tasks.try_join_next().is_some() {
        return Err("a connection was not kept".into());
    }
    let cost = region.end()?;
    let after = memory("VmRSS")?;
    let each = after.saturating_sub(before) as f64 / work.conns as f64;
    Ok(Report::new("ours", "idle", work.conns, cost)
        .with("base_rss_kb", before)
        .with("rss_kb", after)
        .with("per_conn_kb", format!("{each:.2}")))
}
