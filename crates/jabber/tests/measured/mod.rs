//! What a thread allocates, held against what is stated.
#![allow(dead_code, reason = "each test file uses its part")]

use std::time::Duration;

use jabber::{QueueConfig, Session, SessionBuilder};
use jabber_transport::memory::MemoryPipe;
use tokio::{io::AsyncWriteExt, runtime::Builder};

pub(crate) const KIB: usize = 1 << 10;
pub(crate) const MIB: usize = 1 << 20;
/// The pipe in memory, which is the test's.
pub(crate) const PIPES: usize = 2 * 64 * KIB;

/// The greatest number of bytes that were allocated at once, on virtual time.
pub(crate) fn peak<F: Future<Output = ()>>(scenario: impl FnOnce() -> F) -> usize {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let info = allocation_counter::measure(|| runtime.block_on(scenario()));
    usize::try_from(info.bytes_max).unwrap()
}

/// Nothing in the queue and no requests, so that their part of the bound hides nothing.
pub(crate) fn bare(builder: SessionBuilder) -> SessionBuilder {
    builder.queue(QueueConfig::default().with_bounds(0, 0)).requests(0)
}

/// Lets the session read as far as it likes, ten thousand times in that time, and takes no event.
pub(crate) async fn drives(session: &mut Session, time: Duration) {
    for _ in 0..10_000 {
        session.flush().await;
        tokio::time::sleep(time / 10_000).await;
    }
}

/// Says the same until nobody listens.
pub(crate) async fn floods(pipe: &mut MemoryPipe, text: &[u8]) {
    while pipe.write_all(text).await.is_ok() {}
    std::future::pending::<()>().await;
}

/// Held against a bound of its own, or against what [`SessionBuilder::memory_bound`] states.
pub(crate) fn holds(what: &str, measured: usize, bound: usize) {
    let percent = measured.saturating_sub(PIPES) * 100 / bound;
    eprintln!("{what}: {} KiB at most, {percent} % of {} KiB", measured / KIB, bound / KIB);
    assert!(measured <= bound + PIPES, "{what}: {measured} bytes are more than {bound}");
}
