//! What is done wrong, and how the conversation goes on after it.

use jabber_xml::{StreamCondition, StreamError};

use super::{Conversation, State, Then};
use crate::misbehaving::{Act, Misbehaviour, Step, said::Said, speaker::Heard};

/// As jabberd2 opens a stream that it refuses.
const BARE_HEADER: &str =
    "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

impl Conversation {
    pub(super) fn misbehave(
        &mut self,
        step: Step,
        heard: Heard<'_>,
        said: &Said,
        misbehaviour: Misbehaviour,
    ) -> Then {
        match misbehaviour {
            Misbehaviour::Refuse => {
                let usual = self.speaker.server.refusals(step).first();
                return self.refuse(step, heard, usual.unwrap_or(&""));
            }
            Misbehaviour::RefuseWith(condition) => return self.refuse(step, heard, &condition),
            Misbehaviour::WrongNamespace => self.send(said.in_wrong_namespace()),
            Misbehaviour::WrongId => self.send(said.with_wrong_id()),
            Misbehaviour::Reorder => {
                let next = self.steps.get(self.at + 1).copied();
                if let Some(Ok(next)) = next.map(|next| self.speaker.say(next, Heard::Nothing)) {
                    self.say(&next);
                }
                self.say(said);
            }
            Misbehaviour::Repeat => self.send(said.twice()),
            Misbehaviour::Silent => return Then::Become(State::Mute),
            Misbehaviour::Cut => return self.gone(Act::Close),
            Misbehaviour::Truncate => return self.gone(Act::Truncate),
            Misbehaviour::Reset => return self.gone(Act::Reset),
            Misbehaviour::EndStream => {
                self.open(step);
                self.end();
                return Then::Become(State::Ended);
            }
            Misbehaviour::StreamError(condition) => {
                self.open(step);
                self.end_with(condition);
                return Then::Become(State::Ended);
            }
            Misbehaviour::BareStreamError(condition) => {
                self.say(&Said::bytes(BARE_HEADER));
                self.end_with(condition);
                return Then::Become(State::Ended);
            }
            Misbehaviour::HalfThenCut => {
                self.send(said.first_half());
                return self.gone(Act::Close);
            }
            Misbehaviour::HalfThenSilent => {
                self.send(said.first_half());
                return Then::Become(State::Mute);
            }
            Misbehaviour::NotWellFormed => {
                let broken = match step {
                    Step::Handshake => "HTTP/1.1 400 Bad Request\r\n\r\n",
                    _ => "<broken attribute=none/>",
                };
                self.say(&Said::bytes(broken));
                return Then::Become(State::Mute);
            }
            Misbehaviour::StanzaFirst => {
                self.say(&self.speaker.stanza());
                self.say(said);
            }
            Misbehaviour::UnknownFirst => {
                self.say(&self.speaker.unknown());
                self.say(said);
            }
            Misbehaviour::SpaceFirst => {
                self.say(&Said::bytes(" \n"));
                self.say(said);
            }
            Misbehaviour::ByteByByte => said.single_bytes().for_each(|byte| self.send(byte)),
            Misbehaviour::Lie(lie) => return self.lie(step, said, lie),
            Misbehaviour::Late(time) => {
                self.acts.push_back(Act::Wait(time));
                self.say(said);
            }
            Misbehaviour::Trickle(time) => said.single_bytes().for_each(|byte| {
                self.acts.push_back(Act::Wait(time));
                self.send(byte);
            }),
        }
        Then::GoOn
    }

    pub(super) fn refuse(&mut self, step: Step, heard: Heard<'_>, condition: &str) -> Then {
        match step {
            // RFC 6120 §4.9.1.2: what is wrong with a header is said within a stream.
            Step::TlsHeader | Step::AuthHeader | Step::BindHeader | Step::Accept => {
                self.open(step);
                self.end_with(condition.parse().unwrap_or(StreamCondition::UndefinedCondition));
                return Then::Become(State::Ended);
            }
            _ => {}
        }
        let refusal = self.speaker.refusal(step, heard, condition);
        self.say(&refusal);
        match step {
            // RFC 6120 §5.4.2.2: the stream ends with it.
            Step::Proceed => {
                self.end();
                Then::Become(State::Ended)
            }
            Step::Handshake => self.gone(Act::Close),
            // Nothing more was offered.
            Step::TlsFeatures | Step::AuthFeatures | Step::BindFeatures => Then::GoOn,
            Step::Challenge | Step::Success => {
                // RFC 6120 §6.4.5: from the beginning.
                let first =
                    self.steps.iter().position(|it| matches!(it, Step::Challenge | Step::Success));
                self.at = first.unwrap_or(self.at);
                Then::Stay
            }
            _ => Then::Stay,
        }
    }

    /// Opens the server's stream, where the step would have done it.
    pub(super) fn open(&mut self, step: Step) {
        if step.is_header() {
            self.say(&Said::bytes(self.speaker.header().to_string()));
        }
    }

    pub(super) fn end_with(&mut self, condition: StreamCondition) {
        self.say(&self.speaker.stream_error(&StreamError::new(condition)));
        self.end();
    }

    pub(super) fn end(&mut self) {
        self.say(&Said::bytes("</stream:stream>"));
        self.state = State::Ended;
    }
}
