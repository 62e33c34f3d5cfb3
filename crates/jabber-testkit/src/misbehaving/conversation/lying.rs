//! What is said at a step though it is not so.

mod answers;
mod floods;
mod sasl;

use std::time::Duration;

use jabber_sasl::Mechanism;

use super::{Conversation, State, Then};
use crate::misbehaving::{Act, Lie, Step, login::blind, said::Said};

const UNKNOWN: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
    <mechanism>X-NOBODY-KNOWS</mechanism></mechanisms></stream:features>";
const BIND: &str = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
    </stream:features>";
/// XEP-0138 §3, and something that nobody has heard of.
const EXTENSIONS: &str = "<compression xmlns='http://jabber.org/features/compress'>\
    <method>zlib</method><required/></compression>\
    <control xmlns='urn:example:control'><required/></control></stream:features>";
/// A login, offered.
const FEATURES: &str = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
    <mechanism>PLAIN</mechanism></mechanisms></stream:features>";
/// What a server has whose list is shortened.
const SCRAM: &[&str] = &["SCRAM-SHA-256", "SCRAM-SHA-1"];
const HALF: &str = "<message><bo";
/// Of a redirect, and of a flood.
const MANY: usize = 64 * 1024;

impl Conversation {
    /// A client that believes it is served as if it were true, so that its mistake shows.
    pub(super) fn lie(&mut self, step: Step, said: &Said, lie: Lie) -> Then {
        if let Some(data) = sasl::challenge(lie, &said.sasl_data()) {
            self.say_text(&sasl::element("challenge", &data));
            return Then::GoOn;
        }
        if let Some(flood) = floods::before(lie, &self.speaker.stanza()) {
            self.send(flood.into());
            self.say(said);
            return Then::GoOn;
        }
        if let Some(endless) = floods::endless(lie) {
            self.send(endless.into());
            return Then::Become(State::Mute);
        }
        if let Some(text) = answers::instead(lie, said, &self.speaker.server.jid) {
            self.say_text(&text);
            return Then::GoOn;
        }
        if let Some(text) = answers::before(lie, said) {
            self.say_text(&text);
            self.say(said);
            return Then::GoOn;
        }
        match lie {
            Lie::StartTlsStripped => {
                self.say_text(&FEATURES.replace("PLAIN", self.speaker.server.mechanism.name()));
                self.expect(|step| matches!(step, Step::Challenge | Step::Success))
            }
            Lie::StopsReading => {
                self.say(said);
                self.acts.push_back(Act::StopReading);
                Then::Become(State::Mute)
            }
            Lie::EndTrickled => {
                self.say_text("<message><body>");
                self.without_end(Duration::from_millis(50), "a".into())
            }
            Lie::EndFlooded => {
                let stanzas = self.speaker.stanza().text().repeat(20);
                self.without_end(Duration::from_millis(10), stanzas)
            }
            Lie::EndTruncated => {
                self.say(said);
                self.gone(Act::Truncate)
            }
            Lie::MechanismsUnknown => self.and_go_on(UNKNOWN),
            Lie::MechanismsPlain => self.and_go_on(FEATURES),
            Lie::MechanismsShortened => {
                // The login is one by what is left.
                self.speaker.offered = SCRAM;
                self.speaker.server.mechanism = Mechanism::ScramSha1;
                self.and_go_on(&FEATURES.replace("PLAIN", Mechanism::ScramSha1.name()))
            }
            Lie::LoginSkipped => {
                self.say_text(BIND);
                self.expect(|step| step == Step::Bind)
            }
            Lie::Extensions => {
                let text = said.text().replacen("</stream:features>", EXTENSIONS, 1);
                self.and_go_on(&text)
            }
            Lie::FeaturesBehind => self.and_go_on(&(said.text() + FEATURES)),
            Lie::HalfBehind => self.and_go_on(&(said.text() + HALF)),
            Lie::SpaceBehind => self.and_go_on(&(said.text() + " ")),
            Lie::NulBehind => self.and_go_on(&(said.text() + "\0")),
            Lie::FeaturesLater => self.say_then(said, FEATURES),
            Lie::HalfLater => self.say_then(said, HALF),
            Lie::SpaceLater => self.say_then(said, " "),
            Lie::NulLater => self.say_then(said, "\0"),
            Lie::RedirectOther => self.redirect(step, "elsewhere.example:5269"),
            Lie::RedirectItself => self.redirect(step, "localhost"),
            Lie::RedirectEmpty => self.redirect(step, ""),
            Lie::RedirectPort => self.redirect(step, "elsewhere.example:99999"),
            Lie::RedirectBracket => self.redirect(step, "[::1"),
            Lie::RedirectHuge => self.redirect(step, &"a".repeat(MANY)),
            _ => self.lie_about_login(said, lie),
        }
    }

    fn lie_about_login(&mut self, said: &Said, lie: Lie) -> Then {
        let proof = said.sasl_data();
        match lie {
            Lie::ChallengeNotBase64 => self.and_go_on(&sasl::raw("challenge", "*no base64*")),
            Lie::ChallengeHuge => self.and_go_on(&sasl::raw("challenge", &"QUFB".repeat(MANY / 2))),
            Lie::Challenges => self.and_go_on(&said.text().repeat(1000)),
            Lie::SuccessEarly | Lie::SuccessUnasked | Lie::ProofMissing => {
                self.succeed(&sasl::raw("success", ""))
            }
            Lie::SuccessEarlyWithData => {
                let (_, proof) = blind(self.speaker.server.mechanism);
                self.succeed(&sasl::element("success", proof))
            }
            Lie::ProofEmpty | Lie::ProofWrong | Lie::ProofTruncated | Lie::ErrorInSuccess => {
                self.succeed(&sasl::element("success", &sasl::proof(lie, &proof)))
            }
            Lie::ProofInChallenge | Lie::ProofWrongInChallenge => {
                self.say_text(&sasl::element("challenge", &sasl::proof(lie, &proof)));
                // Its response is all that is waited for, whatever stands in it.
                self.believes = true;
                Then::Stay
            }
            Lie::ChallengeAgain => {
                let (again, _) = blind(self.speaker.server.mechanism);
                self.say_text(&sasl::element("challenge", again));
                Then::Stay
            }
            _ => {
                self.say(said);
                Then::GoOn
            }
        }
    }

    /// The login is over, and never mind what it lacks.
    pub(super) fn succeed(&mut self, success: &str) -> Then {
        self.say_text(success);
        self.scanner.restart();
        self.expect(|step| step == Step::BindHeader)
    }

    /// Goes on at another step.
    fn expect(&mut self, at: impl FnMut(Step) -> bool) -> Then {
        self.at = self.steps.iter().copied().position(at).unwrap_or(self.at);
        Then::Stay
    }

    fn and_go_on(&mut self, text: &str) -> Then {
        self.say_text(text);
        Then::GoOn
    }

    /// Sends that for ever, and hears nothing any more.
    fn without_end(&mut self, pause: Duration, text: String) -> Then {
        self.endless = Some((pause, text.into()));
        Then::Become(State::Mute)
    }

    fn say_then(&mut self, said: &Said, text: &str) -> Then {
        self.say(said);
        self.and_go_on(text)
    }

    /// RFC 6120 §4.9.3.19.
    fn redirect(&mut self, step: Step, to: &str) -> Then {
        self.open(step);
        self.say_text(&format!(
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{to}\
             </see-other-host></stream:error>"
        ));
        self.end();
        Then::Become(State::Ended)
    }

    pub(super) fn say_text(&mut self, text: &str) {
        self.send(text.to_owned().into());
    }
}
