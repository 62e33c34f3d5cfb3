//! Looking after a peer that says nothing, while the session is ready.

use std::time::Duration;

use jabber_dialect::fresh_id;
use jabber_xml::{Element, ns};

use crate::{
    Connection, Effects, Error, Part, Probe,
    keepalive::{Pulse, Waiting},
};

/// How long an answer may lie unread.
const GRACE: Duration = Duration::from_secs(1);

impl Connection {
    /// The session is ready.
    pub(crate) fn watch_over_peer(&mut self) {
        let now = self.core.now;
        let next = self.core.config.keepalive.map(|keepalive| now.saturating_add(keepalive.idle));
        self.core.pulse = Pulse { next, heard: now, ..Pulse::default() };
    }

    /// `input` was read and not taken yet.
    pub(crate) fn hear(&mut self, input: usize) {
        let pulse = &mut self.core.pulse;
        if input > pulse.left {
            pulse.heard = self.core.now;
            pulse.waiting = Waiting::No;
        }
    }

    /// It is time to look at when the peer was heard last.
    pub(crate) fn take_pulse<E: Effects>(&mut self, effects: &mut E) {
        let Some(keepalive) = self.core.config.keepalive else { return };
        let (now, pulse) = (self.core.now, &mut self.core.pulse);
        if pulse.next.is_none_or(|next| next > now) {
            return;
        }
        let quiet = now.saturating_sub(pulse.heard);
        match pulse.waiting {
            Waiting::No if quiet < keepalive.idle => {
                pulse.next = Some(pulse.heard.saturating_add(keepalive.idle));
            }
            Waiting::No => {
                pulse.next = Some(now.saturating_add(keepalive.idle));
                match keepalive.probe {
                    Probe::WhiteSpace => {
                        let from = effects.transmit().len();
                        effects.transmit().extend_from_slice(b" ");
                        self.core.show_sent(Part::Space, from, effects);
                    }
                    Probe::Ping => {
                        pulse.next = Some(now.saturating_add(keepalive.patience));
                        pulse.waiting = Waiting::Answer;
                        self.ping(effects);
                    }
                }
            }
            // We do not listen: the user takes nothing. Then silence proves nothing.
            Waiting::Answer | Waiting::LastChance if effects.has_enough() => {
                pulse.waiting = Waiting::LastChance;
                pulse.next = Some(now.saturating_add(keepalive.patience));
            }
            // Whoever drives us may have slept, and the answer may wait to be read: it is read
            // before the next tick.
            Waiting::Answer => {
                pulse.waiting = Waiting::LastChance;
                pulse.next = Some(now.saturating_add(GRACE.min(keepalive.patience)));
            }
            Waiting::LastChance => {
                let why = Error::Silent { heard_before: quiet };
                self.end_with_stream_error(why, effects);
            }
        }
    }

    fn ping<E: Effects>(&mut self, effects: &mut E) {
        let (Some(dialect), Some(own)) = (self.dialect.as_deref(), &self.core.identity) else {
            return;
        };
        let id = self.core.pulse.id.get_or_insert_with(|| fresh_id(effects.entropy()));
        // Its names and texts are ours and the server's, and were XML before.
        let Ok(ping) = dialect.ping(id, own) else { return };
        if let Ok(wire) = self.in_wire_form(&ping, effects) {
            self.write_stanza(&wire.unwrap_or(ping), effects);
        }
    }

    /// Whether it is what became of a ping of ours, which nobody else has asked for.
    pub(crate) fn is_pong(&self, stanza: &Element) -> bool {
        let Some(id) = &self.core.pulse.id else { return false };
        stanza.is("iq", ns::CLIENT) && stanza.attribute("id").as_deref() == Some(id)
    }
}
