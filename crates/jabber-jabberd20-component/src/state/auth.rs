//! SASL, RFC 6120 §6.

use std::sync::Arc;

use jabber_dialect::Failure;
use jabber_sasl::{Exchange, Offer, Reply, SaslError, Service, choose};
use jabber_security::{DerivedKey, Security};
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamHeader, ns};

use super::{AwaitBindHeader, Next, State, Turn, check_version, is_negotiation, unexpected};
use crate::{Detail, Error, Incompatibility, Misbehaviour, Rejection, wire, wire::Features};

/// The realm of jabberd2's router, for one that names none.
const REALM: &str = "jabberd-router";

/// The router's header, on a pipe that a login may cross.
#[derive(Debug)]
pub(super) struct AwaitAuthHeader {
    pub(super) security: Security,
}

impl AwaitAuthHeader {
    pub(super) fn opened(self, header: &StreamHeader) -> Next {
        check_version(header)?;
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
                Err(unexpected(element, Self::AWAITING, ErrorStatus::AuthFail))
            }
            None => Ok(State::AwaitAuthFeatures(self)),
        }
    }

    /// Chooses a mechanism and begins the login.
    pub(super) fn choose(self, features: Features<'_>, turn: &mut Turn<'_>) -> Next {
        let config = turn.config;
        let names = features.mechanisms();
        if names.is_empty() && features.has_starttls() && !self.security.is_encrypted() {
            return Err(fails(Incompatibility::WantsTls));
        }
        let bindings = features.channel_bindings();
        let mut offer = Offer::new(names.iter().map(|name| &**name));
        offer.channel_bindings =
            bindings.as_ref().map(|types| types.iter().map(|name| &**name).collect());
        let plaintext = config.allow_plaintext || config.policy.allows_plaintext();
        let mut choice = choose(
            &config.policy.dangerous_allow_plaintext(plaintext),
            &offer,
            &config.credentials(),
            &self.security,
            &Service::new(config.domain.domain()).with_realm(REALM),
        )
        .map_err(|error| fails(Incompatibility::Mechanisms(error)))?;

        let mechanism = choice.mechanism;
        turn.tell(Detail::Authenticating { mechanism, reason: choice.reason });
        let initial = choice.exchange.initial(turn.actions.entropy()).map_err(fails)?;
        let initial = initial.as_ref().map(|data| data.as_slice());
        turn.send(wire::auth(mechanism, initial), ErrorStatus::AuthFail)?;
        Ok(State::AwaitChallenge(AwaitChallenge(choice.exchange)))
    }
}

/// A challenge, or the outcome.
#[derive(Debug)]
pub(super) struct AwaitChallenge(Exchange);

impl AwaitChallenge {
    pub(super) const AWAITING: &'static str = "the answer to the login";

    pub(super) fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        if element.is("challenge", ns::SASL) {
            self.challenged(element, turn)
        } else if element.is("success", ns::SASL) {
            self.succeeded(element, turn)
        } else if is_negotiation(element) {
            Err(rejected(element, Self::AWAITING))
        } else {
            Ok(State::AwaitChallenge(self))
        }
    }

    fn challenged(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        let Self(mut exchange) = self;
        let data = data(element)?.unwrap_or_default();
        match exchange.challenge(&data, turn.actions.entropy()).map_err(fails)? {
            Reply::Respond(response) => {
                turn.send(wire::response(&response), ErrorStatus::AuthFail)?;
                Ok(State::AwaitChallenge(Self(exchange)))
            }
            Reply::Derive(job) => {
                turn.actions.derive(job);
                Ok(State::AwaitKey(AwaitKey(exchange)))
            }
            // No mechanism that is known here has another reply.
            _ => {
                let mechanism = exchange.mechanism();
                Err(fails(SaslError::UnexpectedChallenge { mechanism }))
            }
        }
    }

    fn succeeded(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        let Self(exchange) = self;
        let data = data(element)?;
        let authenticated = exchange.success(data.as_deref()).map_err(fails)?;
        turn.tell(Detail::Authenticated(authenticated));
        // RFC 6120 §6.4.6: a new stream, on the same pipe.
        turn.open_stream();
        Ok(State::AwaitBindHeader(AwaitBindHeader))
    }
}

/// The key that answers a challenge.
#[derive(Debug)]
pub(super) struct AwaitKey(Exchange);

impl AwaitKey {
    pub(super) const AWAITING: &'static str = "the key derivation";

    pub(super) fn derived(self, key: DerivedKey, turn: &mut Turn<'_>) -> Next {
        let Self(mut exchange) = self;
        let response = exchange.derived(key).map_err(fails)?;
        turn.send(wire::response(&response), ErrorStatus::AuthFail)?;
        Ok(State::AwaitChallenge(AwaitChallenge(exchange)))
    }

    /// It is our turn: the router can only break the login off.
    pub(super) fn element(self, element: &Element) -> Next {
        if is_negotiation(element) {
            return Err(rejected(element, Self::AWAITING));
        }
        Ok(State::AwaitKey(self))
    }
}

fn rejected(element: &Element, awaiting: &'static str) -> Failure {
    if !element.is("failure", ns::SASL) {
        return unexpected(element, awaiting, ErrorStatus::AuthFail);
    }
    let (condition, text) = wire::sasl_failure(element);
    fails(Rejection::Login { condition, text })
}

fn data(element: &Element) -> Result<Option<Vec<u8>>, Failure> {
    wire::sasl_data(element)
        .map_err(|source| fails(Misbehaviour::Base64 { source: Arc::new(source) }))
}

fn fails(error: impl Into<Error>) -> Failure {
    error.into().fails(ErrorStatus::AuthFail)
}
