use std::{future::poll_fn, net::SocketAddr, pin::Pin, task::Poll, time::Duration};

use tokio::time::{Sleep, sleep};

/// Happy Eyeballs (RFC 8305 §5): tries the addresses one after the other, each `delay` after the
/// one before, or at once when one fails; the first to connect wins, the others are closed.
///
/// The addresses come from one look-up, so there is nothing to wait for between the families (§3).
///
/// # Errors
///
/// What all attempts failed with, in the order in which they failed.
pub(crate) async fn race<T, E, F>(
    addresses: Vec<SocketAddr>,
    delay: Duration,
    attempt: impl Fn(SocketAddr) -> F,
) -> Result<T, Vec<E>>
where
    F: Future<Output = Result<T, E>>,
{
    let mut waiting = interleave(addresses).into_iter();
    let mut running: Vec<Pin<Box<F>>> = Vec::new();
    let mut failures = Vec::new();
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        loop {
            let mut winner = None;
            let before = failures.len();
            running.retain_mut(|attempt| match attempt.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(Err(failure)) => {
                    failures.push(failure);
                    false
                }
                Poll::Ready(Ok(connected)) => {
                    winner.get_or_insert(connected);
                    false
                }
            });
            if let Some(connected) = winner {
                return Poll::Ready(Ok(connected));
            }
            let due = failures.len() > before
                || running.is_empty()
                || timer.as_mut().is_some_and(|timer| timer.as_mut().poll(context).is_ready());
            match waiting.as_slice() {
                [] if running.is_empty() => {
                    return Poll::Ready(Err(std::mem::take(&mut failures)));
                }
                [] => return Poll::Pending,
                _ if !due => return Poll::Pending,
                rest => {
                    // No timer for the last one: nobody comes after it.
                    timer = (rest.len() > 1).then(|| Box::pin(sleep(delay)));
                    running.extend(waiting.next().map(|address| Box::pin(attempt(address))));
                }
            }
        }
    })
    .await
}

/// The families by turns, beginning with the one that the system prefers (RFC 8305 §4); within a
/// family the order stays.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, other): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    let mut ordered = Vec::new();
    loop {
        match (preferred.next(), other.next()) {
            (None, None) => return ordered,
            pair => ordered.extend([pair.0, pair.1].into_iter().flatten()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, future::pending};

    use tokio::time::Instant;

    use super::*;

    const DELAY: Duration = Duration::from_millis(250);

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// Attempts that behave by port: 1 hangs, 2 fails at once, 3 connects at once, 4 connects
    /// after a second, 5 fails after 100 ms. Also gives what started when, in milliseconds.
    async fn run(texts: &[&str]) -> (Result<u16, Vec<u16>>, Vec<(u16, u128)>, u128) {
        let start = Instant::now();
        let started = RefCell::new(Vec::new());
        let result = race(addresses(texts), DELAY, |address| {
            started.borrow_mut().push((address.port(), start.elapsed().as_millis()));
            async move {
                let port = address.port();
                match port {
                    1 => pending().await,
                    4 => sleep(Duration::from_secs(1)).await,
                    5 => sleep(Duration::from_millis(100)).await,
                    _ => {}
                }
                if port == 3 || port == 4 { Ok(port) } else { Err(port) }
            }
        })
        .await;
        (result, started.into_inner(), start.elapsed().as_millis())
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_one_starts_beside_one_that_hangs() {
        let (result, started, took) = run(&["[::1]:1", "127.0.0.1:3"]).await;
        assert_eq!((result, took), (Ok(3), 250));
        assert_eq!(started, [(1, 0), (3, 250)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_one_starts_at_once_after_a_failure() {
        let (result, started, took) = run(&["[::1]:2", "127.0.0.1:5", "127.0.0.2:3"]).await;
        assert_eq!((result, took), (Ok(3), 100));
        assert_eq!(started, [(2, 0), (5, 0), (3, 100)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_does_not_wait_for_one_that_hangs() {
        let (result, started, took) = run(&["[::1]:1", "127.0.0.1:5", "[::2]:3"]).await;
        assert_eq!((result, took), (Ok(3), 350));
        assert_eq!(started, [(1, 0), (5, 250), (3, 350)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_one_may_still_win() {
        let (result, started, took) = run(&["[::1]:4", "127.0.0.1:1", "[::2]:1"]).await;
        assert_eq!((result, took), (Ok(4), 1000));
        assert_eq!(started, [(4, 0), (1, 250), (1, 500)]);
    }

    #[tokio::test(start_paused = true)]
    async fn all_failures_are_kept() {
        let (result, _, took) = run(&["[::1]:5", "127.0.0.1:2", "[::2]:2"]).await;
        assert_eq!((result, took), (Err(vec![5, 2, 2]), 100));
        let (result, started, _) = run(&[]).await;
        assert_eq!((result, started), (Err(vec![]), vec![]));
    }

    #[test]
    fn the_families_take_turns() {
        let ordered = interleave(addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]));
        assert_eq!(ordered, addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
        let ordered = interleave(addresses(&["1.1.1.1:1", "1.1.1.2:1", "[::1]:1"]));
        assert_eq!(ordered, addresses(&["1.1.1.1:1", "[::1]:1", "1.1.1.2:1"]));
    }
}
