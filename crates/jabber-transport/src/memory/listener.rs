use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use super::MemoryPipe;
use crate::{ConnectError, ConnectFailure, Target};

/// A test's server side of a [`MemoryTransport`](super::MemoryTransport): gives the other end of
/// each pipe that the client connects.
///
/// While it is there, connecting succeeds at once, whether or not the other end was accepted yet;
/// once it is dropped, connecting is refused.
#[derive(Debug)]
pub struct MemoryListener(pub(super) Arc<Backlog>);

/// What the two sides share.
#[derive(Debug, Default)]
pub(super) struct Backlog(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<(MemoryPipe, Target)>,
    failures: VecDeque<ConnectFailure>,
    listener_gone: bool,
    transports: usize,
    acceptor: Option<Waker>,
}

impl MemoryListener {
    /// The server's end of the next connection; `None` once nobody can connect any more, because
    /// every clone of the transport is dropped.
    ///
    /// # Cancellation safety
    ///
    /// Cancel safe: a cancelled call has taken no connection.
    pub async fn accept(&mut self) -> Option<MemoryPipe> {
        self.accept_with_target().await.map(|(pipe, _)| pipe)
    }

    /// Like [`accept`](MemoryListener::accept), with what the client wanted to connect to.
    pub async fn accept_with_target(&mut self) -> Option<(MemoryPipe, Target)> {
        poll_fn(|context| {
            let mut state = self.0.lock();
            if let Some(accepted) = state.waiting.pop_front() {
                return Poll::Ready(Some(accepted));
            }
            if state.transports == 0 {
                return Poll::Ready(None);
            }
            state.acceptor = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Lets one attempt to connect fail with `failure`: the next one for which no failure is
    /// planned yet.
    pub fn refuse(&mut self, failure: ConnectFailure) {
        self.0.lock().failures.push_back(failure);
    }
}

impl Drop for MemoryListener {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.listener_gone = true;
        // Dropping the pipes wakes their other ends: not under the lock.
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop(waiting);
    }
}

impl Backlog {
    /// Hands `pipe` to the listener's side, unless a failure is planned or nobody listens.
    pub(super) fn offer(&self, pipe: MemoryPipe, target: &Target) -> Result<(), ConnectError> {
        let mut state = self.lock();
        if let Some(failure) = state.failures.pop_front() {
            return Err(ConnectError::new(target, failure));
        }
        if state.listener_gone {
            let refused = std::io::ErrorKind::ConnectionRefused.into();
            return Err(ConnectError::from_io(target, "connect", refused));
        }
        state.waiting.push_back((pipe, target.clone()));
        let acceptor = state.acceptor.take();
        drop(state);
        if let Some(acceptor) = acceptor {
            acceptor.wake();
        }
        Ok(())
    }

    pub(super) fn add_transport(&self) {
        self.lock().transports += 1;
    }

    pub(super) fn remove_transport(&self) {
        let mut state = self.lock();
        state.transports = state.transports.saturating_sub(1);
        let acceptor = if state.transports == 0 { state.acceptor.take() } else { None };
        drop(state);
        if let Some(acceptor) = acceptor {
            acceptor.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
