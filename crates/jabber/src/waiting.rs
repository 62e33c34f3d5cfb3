//! What happens to what somebody has stopped waiting for.

use jabber_connection::{Receipt, RequestId};

use crate::{Session, sink::Waiter};

/// Cancels a request that nobody waits for any more.
pub(crate) struct WaitingFor<'a> {
    pub(crate) session: &'a mut Session,
    pub(crate) request: RequestId,
}

impl Drop for WaitingFor<'_> {
    fn drop(&mut self) {
        let ended = self.session.driver.sink.waiting.remove(&self.request);
        if !matches!(ended, Some(Waiter::Session(Some(_)))) {
            self.session.driver.sink.waiting.insert(self.request, Waiter::Session(None));
            self.session.cancel_request(self.request);
            self.session.driver.sink.waiting.remove(&self.request);
        }
    }
}

/// What becomes of a stanza that nobody waits for any more is told as an event.
pub(crate) struct WaitingForFate<'a> {
    pub(crate) session: &'a mut Session,
    pub(crate) receipt: Receipt,
}

impl Drop for WaitingForFate<'_> {
    fn drop(&mut self) {
        self.session.driver.sink.fates.remove(&self.receipt);
    }
}
