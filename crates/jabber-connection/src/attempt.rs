//! An attempt from CONNECT to INIT_FINISHED.

use std::time::Duration;

use jabber_dialect::{Actions, Dialect, Failure, Input, Step};
use jabber_security::{DerivedKey, Security};
use jabber_status::{ErrorStatus, Extra, Status};

use crate::{
    Connection, Detail, Effects, Error, SharedError,
    acting::Acting,
    life::{Handshake, Life, Stream},
};

/// How much memory stanzas may take that come before INIT_FINISHED, at least: one of the largest
/// always fits. Tiny ones take many times their text.
const HELD_BYTES: usize = 256 << 10;

impl Connection {
    /// The pipe is connected. With direct TLS in a dialect without TLS statuses the handshake
    /// comes first, and CONNECTED after it (statuses.md: it is part of connecting).
    pub fn connected(&mut self, security: Security, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if !matches!(self.core.life, Life::Connecting { .. }) {
            return;
        }
        if security == Security::TlsNext && !self.core.protocol.shape().tls {
            self.core.handshake = Handshake::Running;
            effects.start_tls();
            return;
        }
        self.begin_negotiation(&security, effects);
    }

    fn begin_negotiation(&mut self, security: &Security, effects: &mut impl Effects) {
        self.core.fire(Status::Connected, || Detail::Security(security.clone()), effects);
        self.dialect = Some(self.core.protocol.begin(self.memory.take()));
        self.await_next_step();
        self.step(effects, |dialect, actions| dialect.start(security, actions));
        self.begin_handshake(0, effects);
    }

    /// The pipe could not be connected: CONNECTFAIL.
    pub fn connect_failed(
        &mut self,
        error: SharedError,
        now: Duration,
        effects: &mut impl Effects,
    ) {
        self.core.now = now;
        if matches!(self.core.life, Life::Connecting { .. }) {
            self.fail_connecting(Error::Connect(error), effects);
        }
    }

    /// The TLS handshake is complete; the pipe is `security` now.
    pub fn tls_established(
        &mut self,
        security: Security,
        now: Duration,
        effects: &mut impl Effects,
    ) {
        self.core.now = now;
        if self.core.handshake != Handshake::Running {
            return;
        }
        self.core.handshake = Handshake::None;
        match self.core.life {
            Life::Connecting { .. } => {
                let told = || Detail::Security(security.clone());
                self.core.fire(Extra::TlsEstablished, told, effects);
                self.begin_negotiation(&security, effects);
            }
            Life::Negotiating { .. } => self.handle(Input::TlsEstablished(security), effects),
            Life::Idle | Life::Ready | Life::Closing(_) => {}
        }
    }

    /// The TLS handshake failed: SSLFAIL.
    pub fn tls_failed(&mut self, error: SharedError, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if self.core.handshake != Handshake::Running {
            return;
        }
        self.core.handshake = Handshake::None;
        if matches!(self.core.life, Life::Connecting { .. }) {
            // The transport's connection stood, and this is no CONNECTFAIL.
            self.core.fire(Status::Connected, || Detail::Security(Security::TlsNext), effects);
            self.await_next_step();
        }
        self.fail(Some(ErrorStatus::SslFail), Error::Tls(error), effects);
    }

    /// A key that [`Effects::derive`] was asked for.
    pub fn derived(&mut self, key: DerivedKey, now: Duration, effects: &mut impl Effects) {
        self.core.now = now;
        if matches!(self.core.life, Life::Negotiating { .. }) {
            self.handle(Input::KeyDerived(key), effects);
        }
    }

    pub(crate) fn handle(&mut self, input: Input, effects: &mut impl Effects) {
        let before = self.awaiting();
        self.core.acted = false;
        self.step(effects, |dialect, actions| dialect.handle(input, actions));
        // What the dialect only takes notice of completes no step, and gains the peer no time.
        let completed = self.core.acted || self.awaiting() != before;
        if completed && matches!(self.core.life, Life::Negotiating { .. }) {
            self.await_next_step();
        }
    }

    pub(crate) fn await_next_step(&mut self) {
        let deadline = self.core.now.saturating_add(self.core.config.deadlines.step);
        self.core.life = Life::Negotiating { deadline };
    }

    /// Lets the dialect take one step, and takes the consequences.
    fn step<E: Effects>(
        &mut self,
        effects: &mut E,
        step: impl FnOnce(&mut dyn Dialect, &mut dyn Actions) -> Result<Step, Failure>,
    ) {
        let Some(dialect) = self.dialect.as_deref_mut() else { return };
        let result = step(dialect, &mut Acting { core: &mut self.core, effects });
        let held_bound = HELD_BYTES.max(self.core.config.limits.element_memory());
        match result {
            Err(failure) => self.fail_step(&failure, effects),
            Ok(_) if self.core.held_bytes > held_bound => {
                self.end_with_stream_error(Error::TooEarly { bytes: held_bound }, effects);
            }
            Ok(Step::Ready(identity)) => {
                self.core.life = Life::Ready;
                self.core.identity = Some(identity.clone());
                self.core.fire(Status::InitFinished, || Detail::Ready(identity), effects);
                self.core.attempts.ready = Some(self.core.now);
                self.watch_over_peer();
                self.treat_queue(effects);
                self.deliver_held(effects);
            }
            Ok(_) => {}
        }
    }

    /// Starts the handshake that the dialect has asked for, unless `left` bytes have come that the
    /// server sent before it (RFC 6120 §5.4.3.3: they could have been injected).
    pub(crate) fn begin_handshake(&mut self, left: usize, effects: &mut impl Effects) {
        if self.core.handshake != Handshake::Requested {
            return;
        }
        self.core.stream = Stream::None;
        if left > 0 {
            self.core.handshake = Handshake::None;
            let error = Error::BytesBeforeTls { count: left };
            self.fail(Some(ErrorStatus::SslFail), error, effects);
        } else {
            self.core.handshake = Handshake::Running;
            effects.start_tls();
        }
    }
}
