//! The proxy of faults, over real sockets: each fault, at each byte, in each direction.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use jabber_testkit::faults::{Direction, Fault, FaultProxy, Passed, Plan};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

const WORDS: &[u8] = b"sixteen letters.";

/// Says back whatever it hears, and ends when it is ended.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = peer.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

/// Says its words through the proxy, and hears what comes back until the end, or an error.
async fn talk(proxy: &FaultProxy) -> (Vec<u8>, Option<ErrorKind>) {
    let mut us = TcpStream::connect(proxy.address()).await.unwrap();
    let mut heard = Vec::new();
    let said = us.write_all(WORDS).await;
    let ended = async {
        said?;
        us.shutdown().await?;
        us.read_to_end(&mut heard).await
    };
    let ended = timeout(Duration::from_secs(5), ended).await.unwrap();
    (heard, ended.err().map(|error| error.kind()))
}

async fn proxy(plan: Plan) -> FaultProxy {
    FaultProxy::start(echo().await, move |_| plan.clone()).await.unwrap()
}

#[tokio::test]
async fn without_a_fault_everything_passes() {
    for plan in [Plan::new(), Plan::new().in_pieces_of(3), Plan::new().in_pieces_of(0)] {
        let proxy = proxy(plan).await;
        for connections in 1..=2 {
            assert_eq!(talk(&proxy).await, (WORDS.to_vec(), None));
            let passed = proxy.passed();
            assert_eq!(passed.len(), connections);
            let Passed { to_server, to_client, .. } = passed[0];
            assert_eq!((to_server, to_client), (16, 16));
        }
    }
}

#[tokio::test]
async fn cut_and_reset_at_each_byte() {
    for direction in [Direction::ToServer, Direction::ToClient] {
        for byte in 0..16 {
            let cut = proxy(Plan::new().with(direction, byte, Fault::Cut)).await;
            let (heard, error) = talk(&cut).await;
            // What the server has said was there before the end, or may be lost with it.
            assert!(heard.len() as u64 <= byte && WORDS.starts_with(&heard), "{heard:?}");
            if direction == Direction::ToClient {
                assert_eq!((heard.len() as u64, error), (byte, None), "{direction:?} {byte}");
            }
            let passed = cut.passed()[0];
            let struck =
                if direction == Direction::ToServer { passed.to_server } else { passed.to_client };
            assert_eq!(struck, byte, "not a byte more");

            let reset = proxy(Plan::new().with(direction, byte, Fault::Reset)).await;
            let (heard, error) = talk(&reset).await;
            assert!(heard.len() as u64 <= byte, "{heard:?}");
            assert_eq!(error, Some(ErrorKind::ConnectionReset), "{direction:?} {byte}");
        }
    }
}

#[tokio::test]
async fn stalled_it_comes_later_and_held_never() {
    for direction in [Direction::ToServer, Direction::ToClient] {
        let stall = Fault::Stall(Duration::from_millis(300));
        let stalled = proxy(Plan::new().with(direction, 5, stall)).await;
        let start = Instant::now();
        assert_eq!(talk(&stalled).await, (WORDS.to_vec(), None));
        assert!(start.elapsed() >= Duration::from_millis(300));

        let held = proxy(Plan::new().with(direction, 5, Fault::Hold)).await;
        let mut us = TcpStream::connect(held.address()).await.unwrap();
        us.write_all(WORDS).await.unwrap();
        let mut heard = [0; 16];
        assert_eq!(us.read_exact(&mut heard[..5]).await.unwrap(), 5);
        let more = timeout(Duration::from_millis(300), us.read(&mut heard[5..])).await;
        assert!(more.is_err(), "half open: nothing, and no end");
    }
}

#[tokio::test]
async fn each_connection_has_its_plan_and_a_dropped_proxy_ends_them() {
    let first = Plan::new().with(Direction::ToClient, 0, Fault::Cut);
    let server = echo().await;
    let plan = move |number| if number == 0 { first.clone() } else { Plan::new() };
    let proxy = FaultProxy::start(server, plan).await.unwrap();
    assert_eq!(talk(&proxy).await.0, b"");
    assert_eq!(talk(&proxy).await.0, WORDS);
    let mut us = TcpStream::connect(proxy.address()).await.unwrap();
    us.write_all(b"x").await.unwrap();
    us.read_exact(&mut [0]).await.unwrap();
    drop(proxy);
    let ended = timeout(Duration::from_secs(5), us.read(&mut [0])).await.unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
}
