//! The pipe in memory behaves like a connection: bounded, woken, half closed, reset.

use std::{
    future::Future,
    io::ErrorKind,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use jabber_transport::memory;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn counter() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count::default());
    (count.clone(), count.into())
}

#[tokio::test]
async fn a_writer_waits_for_room_and_is_woken() {
    let (mut client, mut server) = memory::pair_with_capacity(4);
    assert_eq!(client.write(b"abcdef").await.unwrap(), 4);

    let (count, waker) = counter();
    let mut write = pin!(client.write(b"ef"));
    assert!(write.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(count.0.load(Ordering::SeqCst), 0);

    let mut buffer = [0; 1];
    server.read_exact(&mut buffer).await.unwrap();
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
    let written = write.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(matches!(written, Poll::Ready(Ok(1))), "{written:?}");
}

#[tokio::test]
async fn a_reader_is_woken_by_bytes_end_and_reset() {
    for what in ["bytes", "end", "drop", "reset"] {
        let (mut client, server) = memory::pair();
        let mut server = Some(server);
        let (count, waker) = counter();
        let mut buffer = [0; 8];
        let mut read = pin!(client.read(&mut buffer));
        assert!(read.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        match what {
            "bytes" => assert_eq!(server.as_mut().unwrap().write(b"x").await.unwrap(), 1),
            "end" => server.as_ref().unwrap().close(),
            "drop" => drop(server.take()),
            _ => server.as_ref().unwrap().reset(),
        }
        assert_eq!(count.0.load(Ordering::SeqCst), 1, "{what}");
        let Poll::Ready(read) = read.as_mut().poll(&mut Context::from_waker(&waker)) else {
            panic!("{what}: still waits")
        };
        match what {
            "bytes" => assert_eq!(read.unwrap(), 1),
            "reset" => assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset),
            _ => assert_eq!(read.unwrap(), 0),
        }
    }
}

#[tokio::test]
async fn half_closed_the_other_direction_lives() {
    let (mut client, mut server) = memory::pair();
    client.write_all(b"last words").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(client.write(b"x").await.unwrap_err().kind(), ErrorKind::BrokenPipe);

    let mut read = String::new();
    server.read_to_string(&mut read).await.unwrap();
    assert_eq!(read, "last words");
    server.write_all(b"answer").await.unwrap();
    drop(server);
    read.clear();
    client.read_to_string(&mut read).await.unwrap();
    assert_eq!(read, "answer");
}

#[tokio::test]
async fn a_reset_loses_what_is_on_its_way() {
    let (mut client, mut server) = memory::pair();
    server.write_all(b"lost").await.unwrap();
    server.reset();
    let mut buffer = [0; 8];
    assert_eq!(client.read(&mut buffer).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(client.write(b"x").await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(server.read(&mut buffer).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_reset_comes_after_a_close_too() {
    let (mut client, server) = memory::pair();
    server.close();
    server.reset();
    assert_eq!(client.read(&mut [0]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn broken_off_like_tls_without_close_notify() {
    let (mut client, mut server) = memory::pair();
    server.write_all(b"<mess").await.unwrap();
    server.fail(ErrorKind::UnexpectedEof);
    let mut read = Vec::new();
    let error = client.read_to_end(&mut read).await.unwrap_err();
    assert_eq!((read.as_slice(), error.kind()), (&b"<mess"[..], ErrorKind::UnexpectedEof));
}

#[tokio::test]
async fn a_waiting_writer_learns_that_nobody_reads() {
    let (mut client, server) = memory::pair_with_capacity(1);
    let (written, ()) = tokio::join!(client.write_all(b"abc"), async move {
        tokio::task::yield_now().await;
        drop(server);
    });
    assert_eq!(written.unwrap_err().kind(), ErrorKind::BrokenPipe);
}

#[tokio::test]
async fn large_transfers_arrive_whole_and_in_order() {
    let sent: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    let (mut client, mut server) = memory::pair_with_capacity(7);
    let copy = sent.clone();
    let writer = tokio::spawn(async move {
        client.write_all(&copy).await.unwrap();
    });
    let mut read = Vec::new();
    server.read_to_end(&mut read).await.unwrap();
    writer.await.unwrap();
    assert!(read == sent);
}
