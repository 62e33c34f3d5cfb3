//! The threads that the connections live on.

use std::{
    error::Error,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::Duration,
};

use nix::{
    sched::{CloneFlags, unshare},
    sys::resource::{Resource, getrlimit, setrlimit},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
    time::sleep,
};

use crate::member::Member;

/// Open files beside the connections.
const SPARE: usize = 100;

/// How often a worker looks for what it is to do. Nobody can wake it: what its runtime is woken by is a
/// file that only its own table has.
const LOOK: Duration = Duration::from_millis(5);

/// One thread; or, where the system allows fewer open files than there are to be connections, as many as it
/// takes. The limit is one of a table of open files (setrlimit(2)), and each has its own (unshare(2)).
pub(crate) struct Workers {
    count: usize,
    orders: Arc<Orders>,
}

/// What they are to do.
#[derive(Debug, Default)]
struct Orders {
    /// So many connections in all, each worker's part of them.
    open: AtomicUsize,
    /// All say something in each round.
    round: AtomicUsize,
}

impl Workers {
    /// As many as so many connections take.
    pub(crate) fn for_all(connections: usize) -> Result<Self, Box<dyn Error>> {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
        // Who may raise the limit does with one thread.
        let wanted = hard.max((connections + SPARE) as u64);
        let raised = setrlimit(Resource::RLIMIT_NOFILE, wanted, wanted);
        let most = if raised.is_ok() { wanted } else { hard };
        setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
        let room = usize::try_from(most)?.saturating_sub(SPARE);
        if room == 0 {
            return Err(format!("{most} open files are allowed here: they are too few").into());
        }
        Ok(Self { count: connections.div_ceil(room).max(1), orders: Arc::default() })
    }

    /// Each makes the connections itself that are its own.
    pub(crate) fn start<F>(&self, member: F) -> Result<(), Box<dyn Error>>
    where
        F: Fn(usize) -> Result<Member, Box<dyn Error>> + Clone + Send + 'static,
    {
        for first in 0..self.count {
            let (orders, step, member) = (Arc::clone(&self.orders), self.count, member.clone());
            let (tell, told) = mpsc::channel();
            thread::spawn(move || match runtime() {
                Ok(runtime) => {
                    let _ = tell.send(Ok(()));
                    runtime.block_on(work(&orders, (first, step), member));
                }
                Err(error) => drop(tell.send(Err(error))),
            });
            told.recv()??;
        }
        Ok(())
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// From now on so many connections in all.
    pub(crate) fn open(&self, count: usize) {
        self.orders.open.store(count, Relaxed);
    }

    pub(crate) fn begin_round(&self, round: usize) {
        self.orders.round.store(round, Relaxed);
    }
}

/// With a table of open files of its own.
fn runtime() -> io::Result<Runtime> {
    unshare(CloneFlags::CLONE_FILES)?;
    Builder::new_current_thread().enable_all().build()
}

/// For ever, with each `step`th connection from the `first` on.
async fn work(
    orders: &Orders,
    (first, step): (usize, usize),
    member: impl Fn(usize) -> Result<Member, Box<dyn Error>>,
) {
    let rounds = watch::Sender::new(0);
    let mut number = first;
    loop {
        while number < orders.open.load(Relaxed) {
            match member(number) {
                Ok(member) => drop(tokio::spawn(member.live(rounds.subscribe()))),
                Err(error) => eprintln!("connection {number}: {error}"),
            }
            number += step;
        }
        let round = orders.round.load(Relaxed);
        if *rounds.borrow() != round {
            rounds.send_replace(round);
        }
        sleep(LOOK).await;
    }
}
