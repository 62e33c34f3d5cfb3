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
        self.sink.release_all();
        self.connection.release();
    }
}
