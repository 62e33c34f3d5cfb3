//! SASL, RFC 6120 §6.

use std::sync::Arc;

use jabber_sasl::{Exchange, Offer, Reply, SaslError, choose};
use jabber_security::{DerivedKey, Security};
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamHeader, ns};

use super::{Next, State, Turn, check_version, is_negotiation, unexpected};
use crate::{
    Detail, Error, Failed, Incompatibility, Misbehaviour, Peer, Rejection, wire, wire::Features,
};

/// The peer's header, on a pipe that a login may cross.
#[derive(Debug)]
pub(super) struct AwaitAuthHeader {
    pub(super) security: Security,
}

impl AwaitAuthHeader {
    pub(super) fn opened(self, header: &StreamHeader, turn: &Turn<'_>) -> Next {
        check_version(header, turn.peer())?;
        Ok(State::AwaitAuthFeatures(AwaitAuthFeatures { security: self.security }))
    }
}

/// Features that offer mechanisms. STARTTLS among them counts no more: TLS is there, or is off.
#[derive(Debug)]
pub(super) struct AwaitAuthFeatures {
    pub(super) security: Security,
}

impl AwaitAuthFeatures {
    pub(super) const AWAITING: &'static str = "the stream features before the login";

    pub(super) fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        match Features::of(element) {
            Some(features) => self.choose(features, turn),
            None if is_negotiation(element) => {
                Err(unexpected(element, Self::AWAITING, ErrorStatus::AuthFail, turn.peer()))
            }
            None => Ok(State::AwaitAuthFeatures(self)),
        }
    }

    /// Chooses a mechanism and begins the login.
    pub(super) fn choose(self, features: Features<'_>, turn: &mut Turn<'_>) -> Next {
        let terms = turn.terms;
        let names = features.mechanisms();
        if names.is_empty() && features.has_starttls() && !self.security.is_encrypted() {
            return Err(fails(Incompatibility::WantsTls { peer: turn.peer() }));
        }
        let bindings = features.channel_bindings();
        let mut offer = Offer::new(names.iter().map(|name| &**name));
        offer.channel_bindings =
            bindings.as_ref().map(|types| types.iter().map(|name| &**name).collect());
        let policy = terms.policy();
        let plaintext = terms.allows_plaintext() || policy.allows_plaintext();
        let mut choice = choose(
            &policy.dangerous_allow_plaintext(plaintext),
            &offer,
            &terms.credentials(),
            &self.security,
            &terms.service(),
        )
        .map_err(|error| fails(Incompatibility::Mechanisms(error)))?;

        let mechanism = choice.mechanism;
        if let Some(before) = terms.floor().forbids(mechanism) {
            let peer = turn.peer();
            return Err(fails(Incompatibility::Weaker { peer, before, now: mechanism }));
        }
        turn.tell(Detail::Authenticating { mechanism, reason: choice.reason });
        let initial = choice.exchange.initial(turn.actions.entropy()).map_err(fails)?;
        let initial = initial.as_ref().map(|data| data.as_slice());
        turn.send(wire::auth(mechanism, initial), ErrorStatus::AuthFail)?;
        let underway = Underway { exchange: choice.exchange, security: self.security };
        Ok(State::AwaitChallenge(AwaitChallenge(underway)))
    }
}

/// A login under way.
#[derive(Debug)]
struct Underway {
    exchange: Exchange,
    security: Security,
}

impl Underway {
    fn rejected(&self, element: &Element, awaiting: &'static str, peer: &'static Peer) -> Failed {
        if !element.is("failure", ns::SASL) {
            return unexpected(element, awaiting, ErrorStatus::AuthFail, peer);
        }
        let refused = wire::refused(element).with_binding_flag(self.exchange.binding_flag());
        fails(Rejection::Sasl { peer, refused })
    }
}

/// A challenge, or the outcome.
#[derive(Debug)]
pub(super) struct AwaitChallenge(Underway);

impl AwaitChallenge {
    pub(super) const AWAITING: &'static str = "the answer to the login";

    pub(super) fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        if element.is("challenge", ns::SASL) {
            self.challenged(element, turn)
        } else if element.is("success", ns::SASL) {
            self.succeeded(element, turn)
        } else if is_negotiation(element) {
            Err(self.0.rejected(element, Self::AWAITING, turn.peer()))
        } else {
            Ok(State::AwaitChallenge(self))
        }
    }

    fn challenged(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        let Self(mut underway) = self;
        let data = data(element, turn.peer())?.unwrap_or_default();
        match underway.exchange.challenge(&data, turn.actions.entropy()).map_err(fails)? {
            Reply::Respond(response) => {
                turn.send(wire::response(&response), ErrorStatus::AuthFail)?;
                Ok(State::AwaitChallenge(Self(underway)))
            }
            Reply::Derive(job) => {
                turn.actions.derive(job);
                Ok(State::AwaitKey(AwaitKey(underway)))
            }
            // No mechanism that is known here has another reply.
            _ => {
                let mechanism = underway.exchange.mechanism();
                Err(fails(SaslError::UnexpectedChallenge { mechanism }))
            }
        }
    }

    fn succeeded(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        let Self(Underway { exchange, security }) = self;
        let data = data(element, turn.peer())?;
        let authenticated = exchange.success(data.as_deref()).map_err(fails)?;
        turn.tell(Detail::Authenticated(authenticated.clone()));
        // RFC 6120 §6.4.6: a new stream, on the same pipe.
        turn.open_stream(&security);
        Ok(State::Done(authenticated))
    }
}

/// The key that answers a challenge.
#[derive(Debug)]
pub(super) struct AwaitKey(Underway);

impl AwaitKey {
    pub(super) const AWAITING: &'static str = "the key derivation";

    pub(super) fn derived(self, key: DerivedKey, turn: &mut Turn<'_>) -> Next {
        let Self(mut underway) = self;
        let response = underway.exchange.derived(key).map_err(fails)?;
        turn.send(wire::response(&response), ErrorStatus::AuthFail)?;
        Ok(State::AwaitChallenge(AwaitChallenge(underway)))
    }

    /// It is our turn: the peer can only break the login off.
    pub(super) fn element(self, element: &Element, turn: &Turn<'_>) -> Next {
        if is_negotiation(element) {
            return Err(self.0.rejected(element, Self::AWAITING, turn.peer()));
        }
        Ok(State::AwaitKey(self))
    }
}

fn data(element: &Element, peer: &'static Peer) -> Result<Option<Vec<u8>>, Failed> {
    wire::sasl_data(element)
        .map_err(|source| fails(Misbehaviour::Base64 { peer, source: Arc::new(source) }))
}

fn fails(error: impl Into<Error>) -> Failed {
    Failed::new(ErrorStatus::AuthFail, error)
}
