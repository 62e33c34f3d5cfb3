//! What follows the end of an attempt: a redirect, a pause and another attempt, or nothing.

use std::{sync::Arc, time::Duration};

use jabber_dialect::Retry;
use jabber_status::{ErrorStatus, Extra, Status};
use jabber_xml::StreamCondition;

use crate::{
    AlreadyConnected, Connection, Detail, Effects, Error, Stopped,
    event::{Elsewhere, Pause},
    life::Life,
    reconnect::Attempts,
};

impl Connection {
    /// Starts an attempt: CONNECT, CONNECTING, [`Effects::connect`]. In a pause before another
    /// attempt it takes that one's place.
    ///
    /// # Errors
    /// While an attempt lives; nothing fires then.
    pub fn connect(
        &mut self,
        now: Duration,
        effects: &mut impl Effects,
    ) -> Result<(), AlreadyConnected> {
        if !matches!(self.core.life, Life::Idle) {
            return Err(AlreadyConnected);
        }
        self.core.now = now;
        self.core.attempts = Attempts::default();
        self.begin(None, effects);
        Ok(())
    }

    /// Starts an attempt as [`connect`](Self::connect) does; one that lives is ended first, in good
    /// order. It begins then as soon as that has ended, a shutdown that is under way included.
    pub fn reconnect(&mut self, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        match self.core.life {
            Life::Idle => {
                self.core.attempts = Attempts::default();
                self.begin(None, effects);
            }
            Life::Closing(_) => self.core.attempts.again = true,
            Life::Connecting { .. } => {
                self.core.attempts.again = true;
                self.fail_connecting(Error::Reconnect, effects);
            }
            Life::Negotiating { .. } | Life::Ready => {
                self.core.attempts.again = true;
                self.close_for(Error::Reconnect, effects);
            }
        }
    }

    /// When the next attempt begins, in a pause before it.
    #[must_use]
    pub const fn next_attempt(&self) -> Option<Duration> {
        self.core.attempts.due
    }

    /// True where the pause is over and the sink is full: the next attempt begins with the first
    /// [`tick`](Self::tick) that finds room. What it tells would wait for nobody, again and again.
    #[must_use]
    pub const fn waits_for_room(&self) -> bool {
        self.core.attempts.held_up
    }

    fn begin(&mut self, elsewhere: Option<&str>, effects: &mut impl Effects) {
        self.core.ready_by = self.core.now.saturating_add(self.core.config.deadlines.ready);
        self.begin_in_time(elsewhere, effects);
    }

    /// The same, within what is left of the time until INIT_FINISHED.
    fn begin_in_time(&mut self, elsewhere: Option<&str>, effects: &mut impl Effects) {
        let core = &mut self.core;
        core.attempts.due = None;
        core.attempts.held_up = false;
        core.attempt = core.attempt.saturating_add(1);
        let left = core.ready_by.saturating_sub(core.now);
        let within = core.config.deadlines.connecting.min(left);
        core.life = Life::Connecting { deadline: core.now.saturating_add(within), within };
        core.fire(Status::Connect, || Detail::None, effects);
        core.fire(Status::Connecting, || Detail::None, effects);
        effects.connect(elsewhere);
    }

    /// The pause is over.
    pub(crate) fn end_pause(&mut self, effects: &mut impl Effects) {
        if self.core.attempts.due.is_some_and(|due| due <= self.core.now) {
            self.core.attempts.held_up = effects.is_full();
            if !self.core.attempts.held_up {
                self.begin(None, effects);
            }
        }
    }

    /// An attempt has ended with `why`, after the error status `cause`; `asked` for by the user.
    pub(crate) fn recover(
        &mut self,
        why: Error,
        cause: Option<ErrorStatus>,
        asked: bool,
        effects: &mut impl Effects,
    ) {
        let attempts = &mut self.core.attempts;
        if std::mem::take(&mut attempts.again) {
            *attempts = Attempts::default();
            return self.begin(None, effects);
        }
        if asked || matches!(why, Error::Shutdown | Error::ShutdownUnanswered | Error::Halted) {
            *attempts = Attempts::default();
            return;
        }
        let policy = self.core.config.reconnect;
        let stable = policy.unwrap_or_default().stable;
        let since = attempts.ready.take();
        if since.is_some_and(|since| self.core.now.saturating_sub(since) >= stable) {
            *attempts = Attempts::default();
        }
        if let Some(elsewhere) = elsewhere(&why).filter(|_| self.core.config.redirects > 0) {
            if attempts.redirects >= self.core.config.redirects {
                return self.stop(Stopped::Redirects, why, effects);
            }
            attempts.redirects += 1;
            let told = Elsewhere(Arc::from(elsewhere));
            self.core.fire(Extra::Redirect, || Detail::Redirect(told), effects);
            // Whoever sends us on and on has no more time for it than whoever says nothing.
            return match since {
                Some(_) => self.begin(Some(elsewhere), effects),
                None => self.begin_in_time(Some(elsewhere), effects),
            };
        }
        let Some(policy) = policy else { return };
        // A bind that was refused, for whatever reason, is refused again (docs/cli.md).
        if why.retry() != Retry::Later || cause == Some(ErrorStatus::BindFail) {
            return self.stop(Stopped::Hopeless, why, effects);
        }
        if attempts.failures >= policy.attempts {
            return self.stop(Stopped::Attempts, why, effects);
        }
        let length = policy.pause(attempts.failures, effects.entropy());
        attempts.failures += 1;
        attempts.due = Some(self.core.now.saturating_add(length));
        let failures = attempts.failures;
        let pause = || Detail::Pause(Pause { length, failures, why: Arc::new(why) });
        self.core.fire(Extra::ReconnectWait, pause, effects);
    }

    fn stop(&mut self, stopped: Stopped, why: Error, effects: &mut impl Effects) {
        self.core.attempts = Attempts::default();
        let detail = || Detail::Stopped(stopped, Arc::new(why));
        self.core.fire(Extra::ReconnectStopped, detail, effects);
    }
}

/// Where the server has sent us.
fn elsewhere(why: &Error) -> Option<&str> {
    match why {
        Error::Stream { error, .. } if error.condition() == StreamCondition::SeeOtherHost => {
            error.see_other_host()
        }
        _ => None,
    }
}
