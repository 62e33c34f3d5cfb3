//! What was read: taken in as it is wanted, and its memory.

use std::time::Duration;

use bytes::BytesMut;
use jabber_connection::Progress;
use jabber_status::Phase;

use super::{Driver, LEAST_READ};
use crate::Event;

/// As long as events that were read are taken, what was sent waits that long for more to be written with
/// it, and so do deadlines and commands, which are looked after each so many events.
const PATIENCE: Duration = Duration::from_millis(1);
const UNDRIVEN: usize = 32;

impl Driver {
    /// The next event, without driving: one that waits, or the next of what was read.
    ///
    /// So each is taken in when it is wanted, while the processor has it at hand, and what it was made
    /// of is free again before the next.
    pub(crate) fn take(&mut self) -> Option<Event> {
        if !self.sink.has_events() && self.has_read() {
            self.sink.one_by_one = true;
            self.take_in(self.now);
            self.sink.publish(&self.connection);
        }
        self.taken += 1;
        self.sink.pop()
    }

    /// True where it is time to drive before more is taken: whoever takes its time with each event must
    /// not keep what was sent, or what has a deadline, waiting for all that was read.
    pub(crate) fn is_due(&self) -> bool {
        // Reading the clock costs a tenth of a stanza.
        let is_asked = !self.is_flushed() || self.taken % UNDRIVEN == UNDRIVEN - 1;
        is_asked && self.clock.now() >= self.now.saturating_add(PATIENCE)
    }

    /// True where nothing has to be done but to take in more of what was read.
    pub(crate) fn has_read(&self) -> bool {
        !self.input.is_empty()
            && self.connection.phase() == Phase::Ready
            && self.write_error.is_none()
            && self.sink.has_room()
    }

    /// How many bytes were read and not taken in.
    pub(crate) fn unread(&self) -> usize {
        self.input.len()
    }

    pub(super) fn take_in(&mut self, now: Duration) {
        let progress = self.connection.receive(&mut self.input, now, &mut self.sink);
        if progress == Progress::NeedsInput {
            self.leave_full_buffer();
        }
    }

    /// Half a node is no reason to keep a whole buffer that is used up: among many connections each
    /// read would go to memory that the processor has not seen for long.
    fn leave_full_buffer(&mut self) {
        let left = self.input.len();
        if left <= LEAST_READ && self.input.capacity() - left < LEAST_READ {
            self.input = BytesMut::from(&self.input[..]);
        }
    }

    /// Gives back the buffers of a connection that has nothing to do.
    pub(super) fn release(&mut self) {
        // As long as elements wait that share it, letting it go frees nothing.
        if self.input.is_empty() && !self.sink.has_events() {
            self.input = BytesMut::new();
        }
        // What a login needs for one step it needs for the next, and it has a deadline.
        if self.connection.phase() == Phase::Ready {
            self.sink.release_all();
            self.connection.release();
        }
    }
}

#[cfg(feature = "component")]
#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Poll};

    use futures_util::StreamExt as _;
    use jabber_component::Config;
    use jabber_status::KindSet;
    use jabber_transport::memory::{MemoryPipe, MemoryTransport};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::timeout,
    };

    use super::*;
    use crate::{Element, Session, driver::Awaits, sink::HIGH_WATER};

    const SECOND: Duration = Duration::from_secs(1);

    async fn ready() -> (Session, MemoryPipe) {
        let (transport, mut listener) = MemoryTransport::new();
        let config = Config::new("bot.localhost".parse().unwrap(), "secret");
        let mut session = Session::builder(config).subscribe(KindSet::EMPTY).build_with(transport);
        session.connect().unwrap();
        let server = async {
            let mut pipe = listener.accept().await.unwrap();
            let mut said = [0; 4096];
            assert_ne!(pipe.read(&mut said).await.unwrap(), 0);
            let header = "<stream:stream xmlns='jabber:component:accept' id='1' \
                          xmlns:stream='http://etherx.jabber.org/streams'>";
            pipe.write_all(header.as_bytes()).await.unwrap();
            assert_ne!(pipe.read(&mut said).await.unwrap(), 0);
            pipe.write_all(b"<handshake/>").await.unwrap();
            pipe
        };
        let (ready, pipe) = tokio::join!(session.ready(), server);
        ready.unwrap();
        (session, pipe)
    }

    fn held(session: &mut Session) -> [usize; 2] {
        let driver = &mut session.driver;
        [driver.input.capacity(), driver.sink.transmit.bytes_mut().capacity()]
    }

    async fn idles(session: &mut Session) {
        assert!(timeout(SECOND, session.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_idle_keeps_no_buffer() {
        let (mut session, mut pipe) = ready().await;
        pipe.write_all("<message/>".repeat(100).as_bytes()).await.unwrap();
        for number in 0..100 {
            session.next().await.unwrap();
            // Each is taken in as it is wanted.
            assert_eq!(session.driver.unread(), (99 - number) * "<message/>".len());
            let answer: Element = "<message to='a@b'/>".parse().unwrap();
            session.try_send(answer).unwrap();
            assert!(held(&mut session).iter().all(|held| *held > 0), "at {number}");
        }
        idles(&mut session).await;
        assert_eq!(held(&mut session), [0, 0]);
    }

    /// It is filled again at once: what was given back would have to grow anew each time.
    #[tokio::test(start_paused = true)]
    async fn who_waits_for_room_keeps_the_buffer() {
        let (mut session, mut pipe) = ready().await;
        let message: Element =
            format!("<message to='a@b'>{}</message>", "x".repeat(1000)).parse().unwrap();
        while timeout(SECOND, session.send(message.clone())).await.is_ok() {}
        let [_, full] = held(&mut session);
        assert!(full >= HIGH_WATER, "{full}");
        let mut sink = vec![0; HIGH_WATER];
        while !session.driver.is_flushed() {
            assert_ne!(pipe.read(&mut sink).await.unwrap(), 0);
            poll_fn(|cx| {
                session.driver.drive(cx, Awaits::Room);
                Poll::Ready(())
            })
            .await;
        }
        assert_ne!(held(&mut session).last(), Some(&0), "of {full}");
        idles(&mut session).await;
        assert_eq!(held(&mut session), [0, 0]);
    }
}
