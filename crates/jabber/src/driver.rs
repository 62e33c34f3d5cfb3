//! Drives a connection over a transport's pipe: reads, writes and waits at the same time, and does
//! what the connection has put into its sink.

mod taking;

use std::{
    future::Future,
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::BytesMut;
use jabber_connection::{AlreadyConnected, Connection, Effects, WriteBuffer};
use jabber_security::DerivedKey;
use jabber_status::Phase;
use jabber_transport::{BoxFuture, BoxPipe, ConnectError, Connected, Target, TlsError, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWrite},
    task::JoinHandle,
    time::Sleep,
};

use crate::{
    clock::Clock,
    closing::Closing,
    sink::{Dial, Sink},
};

/// How much is read at once. Elements share the buffer they came in.
pub(crate) const READ: usize = 48 << 10;

/// With less room than this in the read buffer another one is taken.
const LEAST_READ: usize = READ / 8;

pub(crate) struct Driver {
    pub(crate) connection: Connection,
    pub(crate) sink: Sink,
    pub(crate) clock: Clock,
    transport: Arc<dyn Transport>,
    target: Arc<Target>,
    io: Io,
    input: BytesMut,
    /// When it was driven last.
    now: Duration,
    /// How many events were taken since then.
    taken: usize,
    /// Something was written and not flushed.
    unflushed: bool,
    /// Writing has failed with this; what the peer said before is read first.
    write_error: Option<io::Error>,
    deriving: Option<JoinHandle<DerivedKey>>,
    closing: Option<Closing>,
    timer: Timer,
}

/// What the caller of [`Driver::drive`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// The next event: taking in stops as soon as there is one. What was read and not taken in is for
    /// [`Driver::take`].
    Event,
    /// Something that may come behind other events: reading goes on, up to the sink's bound.
    End,
    /// Room to write, as `End`. It is filled at once, so the buffers stay.
    Room,
}

enum Io {
    None,
    Connecting(BoxFuture<'static, Result<Connected, ConnectError>>),
    Open { pipe: BoxPipe, ended: bool },
    Securing(BoxFuture<'static, Result<Connected, TlsError>>),
}

#[derive(Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    at: Option<Duration>,
}

impl Driver {
    pub(crate) fn new(
        connection: Connection,
        sink: Sink,
        transport: Arc<dyn Transport>,
        target: Target,
    ) -> Self {
        Self {
            connection,
            sink,
            clock: Clock::start(),
            transport,
            target: Arc::new(target),
            io: Io::None,
            input: BytesMut::new(),
            now: Duration::ZERO,
            taken: 0,
            unflushed: false,
            write_error: None,
            deriving: None,
            closing: None,
            timer: Timer::default(),
        }
    }

    pub(crate) fn connect(&mut self) -> Result<(), AlreadyConnected> {
        self.connection.connect(self.clock.now(), &mut self.sink)
    }

    pub(crate) fn connect_on(&mut self, connected: Connected) -> Result<(), AlreadyConnected> {
        self.connect()?;
        self.obey();
        self.io = Io::Connecting(Box::pin(std::future::ready(Ok(connected))));
        Ok(())
    }

    fn dial(&mut self, dial: Dial) {
        self.input.clear();
        let target = match dial {
            Dial::Configured => Ok(Arc::clone(&self.target)),
            Dial::Elsewhere(elsewhere) => self.target.redirected(&elsewhere).map(Arc::new),
        };
        // STARTTLS on this pipe is for the same name.
        let transport = Arc::clone(&self.transport);
        self.io = Io::Connecting(match target {
            Ok(target) => Box::pin(async move { transport.connect(&target).await }),
            Err(error) => {
                let error = io::Error::new(io::ErrorKind::InvalidInput, error);
                let error = ConnectError::from_io(&self.target, "see-other-host", error);
                Box::pin(std::future::ready(Err(error)))
            }
        });
    }

    /// True where no attempt lives or is to come, and nothing is left to be closed.
    pub(crate) fn is_over(&self) -> bool {
        self.connection.phase() == Phase::Idle
            && self.connection.next_attempt().is_none()
            && self.closing.is_none()
    }

    /// Does all that can be done now.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>, awaits: Awaits) {
        self.sink.one_by_one = awaits == Awaits::Event;
        self.taken = 0;
        loop {
            let now = self.clock.now();
            self.now = now;
            let due = self.connection.next_deadline().is_some_and(|deadline| deadline <= now);
            if due || (self.connection.waits_for_room() && !self.sink.is_full()) {
                self.connection.tick(now, &mut self.sink);
            }
            self.obey();
            let moved = self.poll_derivation(cx, now) | self.poll_io(cx, now, awaits);
            self.obey();
            let goes_on = moved && (awaits != Awaits::Event || !self.sink.has_events());
            // The timer last, and always: whoever returns has to be woken by it.
            if !goes_on && !self.poll_timer(cx) && !self.sink.watchers.poll_room(cx) {
                break;
            }
        }
        self.sink.publish(&self.connection);
        self.poll_closing(cx);
    }

    /// Carries out what the connection has asked for.
    fn obey(&mut self) {
        if let Some(job) = self.sink.job.take() {
            self.deriving = Some(tokio::task::spawn_blocking(|| job.run()));
        }
        if std::mem::take(&mut self.sink.close) {
            self.sink.start_tls = false;
            self.deriving = None;
            self.write_error = None;
            self.unflushed = false;
            self.sink.transmit.discard();
            self.input = BytesMut::new();
            if let Io::Open { pipe, .. } = std::mem::replace(&mut self.io, Io::None) {
                self.closing = Some(Closing::of(pipe));
            }
            self.io = Io::None;
        }
        if let Some(dial) = self.sink.dial.take() {
            self.dial(dial);
        }
        if self.sink.start_tls && self.is_flushed() && matches!(self.io, Io::Open { .. }) {
            self.sink.start_tls = false;
            if let Io::Open { pipe, .. } = std::mem::replace(&mut self.io, Io::None) {
                let (transport, target) = (Arc::clone(&self.transport), Arc::clone(&self.target));
                self.io =
                    Io::Securing(Box::pin(async move { transport.start_tls(pipe, &target).await }));
            }
        }
    }

    fn poll_derivation(&mut self, cx: &mut Context<'_>, now: Duration) -> bool {
        let Some(deriving) = &mut self.deriving else { return false };
        let Poll::Ready(key) = Pin::new(deriving).poll(cx) else { return false };
        self.deriving = None;
        match key {
            Ok(key) => self.connection.derived(key, now, &mut self.sink),
            // The runtime is shutting down; there is nobody left to go on for.
            Err(_) => self.connection.halt(now, &mut self.sink),
        }
        true
    }

    fn poll_io(&mut self, cx: &mut Context<'_>, now: Duration, awaits: Awaits) -> bool {
        match &mut self.io {
            Io::None => false,
            Io::Connecting(connecting) => {
                let Poll::Ready(outcome) = connecting.as_mut().poll(cx) else { return false };
                self.io = Io::None;
                match outcome {
                    Ok(connected) => {
                        self.io = Io::Open { pipe: connected.pipe, ended: false };
                        self.sink.state.secured(&connected.security);
                        self.connection.connected(connected.security, now, &mut self.sink);
                    }
                    Err(error) => {
                        self.connection.connect_failed(Arc::new(error), now, &mut self.sink);
                    }
                }
                true
            }
            Io::Securing(securing) => {
                let Poll::Ready(outcome) = securing.as_mut().poll(cx) else { return false };
                self.io = Io::None;
                match outcome {
                    Ok(connected) => {
                        self.io = Io::Open { pipe: connected.pipe, ended: false };
                        self.sink.state.secured(&connected.security);
                        self.connection.tls_established(connected.security, now, &mut self.sink);
                    }
                    Err(error) => {
                        self.connection.tls_failed(Arc::new(error), now, &mut self.sink);
                    }
                }
                true
            }
            Io::Open { .. } => {
                let wrote = self.poll_write(cx, now);
                wrote | self.poll_read(cx, now, awaits)
            }
        }
    }

    /// Writes and flushes what is there to be written.
    fn poll_write(&mut self, cx: &mut Context<'_>, now: Duration) -> bool {
        if self.write_error.is_some() || self.is_flushed() {
            return false;
        }
        let Io::Open { pipe, ended } = &mut self.io else { return false };
        let ended = *ended;
        let waiting = self.sink.transmit.bytes().len();
        let outcome = write_all(Pin::new(pipe), &mut self.sink.transmit, cx);
        let taken = waiting - self.sink.transmit.bytes().len();
        if taken > 0 {
            self.connection.wrote(taken, &mut self.sink);
        }
        match outcome {
            Poll::Pending => {
                self.unflushed = true;
                false
            }
            Poll::Ready(Ok(())) => {
                self.unflushed = false;
                self.connection.flushed(now, &mut self.sink);
                true
            }
            Poll::Ready(Err(error)) => {
                self.sink.transmit.discard();
                self.unflushed = false;
                self.write_error = Some(error);
                // Nothing is read any more that it could wait for.
                if ended {
                    self.report_write_error(now);
                }
                true
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, now: Duration, awaits: Awaits) -> bool {
        if !self.input.is_empty() && !self.sink.has_enough() {
            self.take_in(now);
        }
        let Io::Open { pipe, ended } = &mut self.io else { return true };
        if *ended || self.sink.start_tls || self.sink.close || self.sink.has_enough() {
            return false;
        }
        // What is left of a buffer is used up first: each tiny read would pin a whole one else, for as
        // long as its element waits.
        if self.input.capacity() - self.input.len() < LEAST_READ {
            self.input.reserve(READ);
        }
        let Poll::Ready(read) = pin!(pipe.read_buf(&mut self.input)).poll(cx) else {
            if awaits != Awaits::Room {
                self.release();
            }
            return self.report_write_error(now);
        };
        match read {
            Ok(0) => {
                *ended = true;
                if !self.report_write_error(now) {
                    self.connection.ended(now, &mut self.sink);
                }
            }
            Ok(_) => self.take_in(now),
            Err(error) => {
                *ended = true;
                self.connection.socket_failed("read", error, now, &mut self.sink);
            }
        }
        true
    }

    /// True where nothing waits to be written or flushed.
    pub(crate) fn is_flushed(&self) -> bool {
        self.sink.transmit.bytes().is_empty() && !self.unflushed
    }

    fn report_write_error(&mut self, now: Duration) -> bool {
        let Some(error) = self.write_error.take() else { return false };
        self.connection.socket_failed("write", error, now, &mut self.sink);
        true
    }

    /// Waits for the connection's next deadline; true once it has passed.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let next = self.connection.next_deadline();
        if self.timer.at != next {
            self.timer.at = next;
            match (next, &mut self.timer.sleep) {
                (None, sleep) => *sleep = None,
                (Some(at), Some(sleep)) => sleep.as_mut().reset(self.clock.instant(at)),
                (Some(at), sleep @ None) => {
                    *sleep = Some(Box::pin(tokio::time::sleep_until(self.clock.instant(at))));
                }
            }
        }
        let Some(sleep) = &mut self.timer.sleep else { return false };
        let passed = sleep.as_mut().poll(cx).is_ready();
        if passed {
            self.timer = Timer::default();
        }
        passed
    }

    fn poll_closing(&mut self, cx: &mut Context<'_>) {
        if self.closing.as_mut().is_some_and(|closing| closing.poll(cx).is_ready()) {
            self.closing = None;
        }
    }
}

fn write_all(
    mut pipe: Pin<&mut BoxPipe>,
    buffer: &mut WriteBuffer,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    while !buffer.bytes().is_empty() {
        match pipe.as_mut().poll_write(cx, buffer.bytes()) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(written)) => drop(buffer.taken(written)),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
        }
    }
    pipe.poll_flush(cx)
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").field("connection", &self.connection).finish_non_exhaustive()
    }
}
