//! One connection, passed on until its plan says otherwise.

use std::{
    convert::Infallible,
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use super::{Direction, Fault, Plan};

/// What has passed so far.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) to_server: AtomicU64,
    pub(super) to_client: AtomicU64,
}

/// How one direction ended that was not passed on to its end.
enum Broken {
    Cut,
    Reset,
    /// One of the two has failed by itself.
    Failed,
}

pub(super) async fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    plan: &Plan,
    counts: &Counts,
) {
    // A piece is to arrive as one.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let broken = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let up = one_way(from_client, to_server, plan, Direction::ToServer, &counts.to_server);
        let down = one_way(from_server, to_client, plan, Direction::ToClient, &counts.to_client);
        tokio::try_join!(up, down).err()
    };
    if let Some(Broken::Reset) = broken {
        for end in [&client, &server] {
            let _ = end.set_zero_linger();
        }
    }
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    plan: &Plan,
    direction: Direction,
    passed: &AtomicU64,
) -> Result<(), Broken> {
    let mut faults = plan.of(direction).into_iter().peekable();
    let mut buffer = vec![0; 16 << 10];
    loop {
        let done = passed.load(Ordering::Relaxed);
        while let Some((_, fault)) = faults.next_if(|(byte, _)| *byte <= done) {
            strike(fault).await?;
        }
        let until_fault = faults.peek().map_or(u64::MAX, |(byte, _)| byte - done);
        let most = plan.piece().unwrap_or(buffer.len()).min(buffer.len());
        let most = most.min(usize::try_from(until_fault).unwrap_or(usize::MAX));
        let Some(room) = buffer.get_mut(..most) else { return Ok(()) };
        let count = from.read(room).await.map_err(failed)?;
        if count == 0 {
            // Only this direction has ended.
            to.shutdown().await.map_err(failed)?;
            return Ok(());
        }
        to.write_all(room.get(..count).unwrap_or_default()).await.map_err(failed)?;
        passed.fetch_add(count as u64, Ordering::Relaxed);
        if plan.piece().is_some() {
            tokio::task::yield_now().await;
        }
    }
}

async fn strike(fault: Fault) -> Result<(), Broken> {
    match fault {
        Fault::Cut => Err(Broken::Cut),
        Fault::Reset => Err(Broken::Reset),
        Fault::Stall(time) => {
            sleep(time).await;
            Ok(())
        }
        Fault::Hold => {
            std::future::pending::<Infallible>().await;
            Ok(())
        }
    }
}

fn failed(_: io::Error) -> Broken {
    Broken::Failed
}
