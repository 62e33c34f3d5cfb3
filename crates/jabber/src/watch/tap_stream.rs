use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_core::Stream;
use jabber_connection::{Direction, Part, Wire};
use jabber_status::Phase;

use super::backlog::{Backlog, Taker, backlog};

/// All that is on the wire, for another task: [`Session::tap_stream`](crate::Session::tap_stream),
/// [`Client::tap_stream`](crate::Client::tap_stream).
///
/// It is bounded, and behaves as a [`StatusStream`](crate::StatusStream) does: full it makes the
/// session wait, dropped it is unsubscribed.
#[derive(Debug)]
#[must_use = "a stream that is dropped is unsubscribed"]
pub struct TapStream(Taker<Tapped>);

impl Stream for TapStream {
    type Item = Tapped;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Tapped>> {
        self.0.poll(cx)
    }
}

/// One item on the wire, with its text as it is there, secrets redacted by the kind of the element.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tapped {
    /// Which way it went.
    pub direction: Direction,
    /// What it is.
    pub part: Part,
    /// The phase.
    pub phase: Phase,
    /// The attempt's number.
    pub attempt: u32,
    /// The dialect's name.
    pub dialect: &'static str,
    /// When: the time since the session was made.
    pub at: Duration,
    /// How many bytes it had on the wire, secrets included.
    pub byte_len: usize,
    /// Its text.
    pub text: String,
}

impl Tapped {
    pub(crate) fn new(item: &Wire<'_>) -> Self {
        let stamp = item.stamp();
        Self {
            direction: item.direction(),
            part: item.part(),
            phase: stamp.phase,
            attempt: stamp.attempt,
            dialect: stamp.dialect,
            at: item.at(),
            byte_len: item.byte_len(),
            text: item.to_string(),
        }
    }
}

impl fmt::Display for Tapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Tapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the text: stanzas are private.
        let Self { direction, part, attempt, at, byte_len, .. } = self;
        write!(f, "Tapped({direction} {part:?}, attempt {attempt}, {at:?}, {byte_len} bytes)")
    }
}

/// The session's end of one.
pub(super) fn tapped(capacity: usize) -> (Backlog<Tapped>, TapStream) {
    let (backlog, taker) = backlog(capacity);
    (backlog, TapStream(taker))
}
