use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::io::ReadBuf;

/// One direction of a pipe: bytes on their way from a writer to a reader.
#[derive(Clone, Debug)]
pub(super) struct Direction(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    bytes: VecDeque<u8>,
    capacity: usize,
    end: Option<End>,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The writer is done: what is on its way is still read, then comes the end of file.
    Finished,
    /// The writer broke off: what is on its way is still read, then comes this error.
    Failed(io::ErrorKind),
    /// The reader is gone: writing fails.
    Unread,
    /// Torn down: what is on its way is lost, both sides fail.
    Reset,
}

impl Direction {
    pub(super) fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            bytes: VecDeque::new(),
            capacity: capacity.max(1),
            end: None,
            reader: None,
            writer: None,
        })))
    }

    pub(super) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        if state.end == Some(End::Reset) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if state.bytes.is_empty() {
            return match state.end {
                None => {
                    state.reader = Some(context.waker().clone());
                    Poll::Pending
                }
                Some(End::Failed(kind)) => Poll::Ready(Err(kind.into())),
                Some(_) => Poll::Ready(Ok(())),
            };
        }
        let (front, _) = state.bytes.as_slices();
        let count = front.len().min(buffer.remaining());
        buffer.put_slice(front.get(..count).unwrap_or_default());
        state.bytes.drain(..count);
        let writer = state.writer.take();
        drop(state);
        wake(writer);
        Poll::Ready(Ok(()))
    }

    pub(super) fn poll_write(
        &self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.lock();
        match state.end {
            Some(End::Reset) => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            Some(_) => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            None if bytes.is_empty() => return Poll::Ready(Ok(0)),
            None => {}
        }
        let count = bytes.len().min(state.capacity.saturating_sub(state.bytes.len()));
        if count == 0 {
            state.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        state.bytes.extend(bytes.iter().take(count));
        let reader = state.reader.take();
        drop(state);
        wake(reader);
        Poll::Ready(Ok(count))
    }

    /// Ends the direction; what ended it first stands, but a reset overrides all.
    pub(super) fn end(&self, end: End) {
        let mut state = self.lock();
        if state.end.is_none() || end == End::Reset {
            state.end = Some(end);
        }
        if matches!(end, End::Reset | End::Unread) {
            state.bytes.clear();
        }
        let wakers = [state.reader.take(), state.writer.take()];
        drop(state);
        wakers.into_iter().for_each(wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No lock is held while foreign code runs, so that a poisoned state is still a whole one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
