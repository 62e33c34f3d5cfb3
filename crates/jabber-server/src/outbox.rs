//! What is to be written to one connection, with a bound.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::BytesMut;
use jabber_xml::{Element, Scope, StreamCondition};
use tokio::{sync::Notify, time::timeout};

use crate::{ending::Ending, stream::write_end};

/// Whoever writes to a connection waits while so many bytes are not on their way yet.
const BOUND: usize = 1 << 20;

/// The outgoing bytes of one connection. Any task adds to it, one takes from it.
#[derive(Debug)]
pub(crate) struct Outbox {
    scope: Scope,
    patience: Duration,
    state: Mutex<State>,
    /// There are bytes, or the end has come.
    filled: Notify,
    /// There is room, or the end has come.
    room: Notify,
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    bytes: BytesMut,
    ended: bool,
}

/// The connection that an outbox belongs to has ended.
#[derive(Debug)]
pub(crate) struct Gone;

impl Outbox {
    /// For a stream whose stanzas are in that namespace. A peer that makes no room for so long,
    /// while others wait to write to it, is cut off.
    pub(crate) fn new(content: &str, patience: Duration) -> Self {
        Self {
            scope: Scope::content(content),
            patience,
            state: Mutex::default(),
            filled: Notify::new(),
            room: Notify::new(),
            ended: Notify::new(),
        }
    }

    /// Adds a stanza as soon as there is room. Cancelled, it was added wholly or not at all.
    pub(crate) async fn send(&self, stanza: &Element) -> Result<(), Gone> {
        if let Some(result) = self.try_send(stanza) {
            return result;
        }
        let waiting = async {
            loop {
                // Before the look, so that no wake-up between the two is missed.
                let mut room = std::pin::pin!(self.room.notified());
                room.as_mut().enable();
                if let Some(result) = self.try_send(stanza) {
                    return result;
                }
                room.await;
            }
        };
        match timeout(self.patience, waiting).await {
            Ok(result) => result,
            Err(_) => {
                let text = "you have not read for too long";
                self.end(Ending::because(StreamCondition::PolicyViolation, text));
                Err(Gone)
            }
        }
    }

    /// `None` if there is no room.
    pub(crate) fn try_send(&self, stanza: &Element) -> Option<Result<(), Gone>> {
        let mut state = self.lock();
        if state.ended {
            return Some(Err(Gone));
        }
        if state.bytes.len() >= BOUND {
            return None;
        }
        stanza.write_to(&mut state.bytes, &self.scope);
        drop(state);
        self.filled.notify_one();
        Some(Ok(()))
    }

    /// Adds the last words. Whatever ends it first counts.
    pub(crate) fn end(&self, ending: Ending) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        state.ended = true;
        match ending {
            Ending::Lost => state.bytes.clear(),
            Ending::Closed => write_end(&mut state.bytes),
            Ending::Error(error) => {
                error.to_element().write_to(&mut state.bytes, &self.scope);
                write_end(&mut state.bytes);
            }
        }
        drop(state);
        self.filled.notify_one();
        self.ended.notify_one();
        self.room.notify_waiters();
    }

    /// Waits for the end; for one task.
    pub(crate) async fn ended(&self) {
        self.ended.notified().await;
    }

    /// The next bytes to write, for one task. After the end and the last words: `None`.
    pub(crate) async fn take(&self) -> Option<BytesMut> {
        loop {
            {
                let mut state = self.lock();
                if !state.bytes.is_empty() {
                    let bytes = state.bytes.split();
                    self.room.notify_waiters();
                    return Some(bytes);
                }
                if state.ended {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
