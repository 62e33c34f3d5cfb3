//! STARTTLS, RFC 6120 §5, and direct TLS, XEP-0368.

use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamHeader, ns};

use super::{
    AwaitAuthFeatures, AwaitAuthHeader, Next, State, Turn, check_version, is_negotiation,
    unexpected,
};
use crate::{
    Detail, Failed, Incompatibility, Misuse, Rejection, TlsPolicy, TlsStart, wire, wire::Features,
};

/// The pipe is there.
pub(super) fn start(security: &Security, turn: &mut Turn<'_>) -> Next {
    match (security, turn.terms.tls()) {
        (Security::TlsNext, _) => {
            turn.tell(Detail::TlsNegotiating(TlsStart::Direct));
            turn.actions.start_tls();
            Ok(State::AwaitHandshake(AwaitHandshake))
        }
        (Security::Encrypted(_), _) | (Security::Private, TlsPolicy::Off) => {
            Ok(open_for_auth(security.clone(), turn))
        }
        (_, TlsPolicy::Required | TlsPolicy::WhenOffered) => {
            turn.open_stream(security);
            Ok(State::AwaitTlsHeader(AwaitTlsHeader { security: security.clone() }))
        }
        (_, TlsPolicy::Off) if turn.terms.allows_plaintext() => {
            Ok(open_for_auth(security.clone(), turn))
        }
        (_, TlsPolicy::Off) => Err(Failed::new(ErrorStatus::AuthFail, Misuse::Plaintext)),
    }
}

fn open_for_auth(security: Security, turn: &mut Turn<'_>) -> State {
    turn.open_stream(&security);
    State::AwaitAuthHeader(AwaitAuthHeader { security })
}

/// The peer's header, on a pipe that needs STARTTLS.
#[derive(Debug)]
pub(super) struct AwaitTlsHeader {
    security: Security,
}

impl AwaitTlsHeader {
    pub(super) fn opened(self, header: &StreamHeader, turn: &Turn<'_>) -> Next {
        check_version(header, turn.peer())?;
        Ok(State::AwaitTlsFeatures(AwaitTlsFeatures { security: self.security }))
    }
}

/// Features that offer STARTTLS.
#[derive(Debug)]
pub(super) struct AwaitTlsFeatures {
    security: Security,
}

impl AwaitTlsFeatures {
    pub(super) const AWAITING: &'static str = "the stream features before TLS";

    pub(super) fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        let Some(features) = Features::of(element) else {
            let step = match element.namespace() {
                ns::TLS => ErrorStatus::SslFail,
                ns::SASL => ErrorStatus::AuthFail,
                _ => return Ok(State::AwaitTlsFeatures(self)),
            };
            return Err(unexpected(element, Self::AWAITING, step, turn.peer()));
        };
        if !features.has_starttls() {
            let may_do_without = self.security.protects_secrets() || turn.terms.allows_plaintext();
            if turn.terms.tls() == TlsPolicy::WhenOffered && may_do_without {
                return AwaitAuthFeatures { security: self.security }.choose(features, turn);
            }
            // RFC 7590 §3.1: whatever else is offered, there is no way on without TLS.
            let error = Incompatibility::NoStartTls { peer: turn.peer() };
            return Err(Failed::new(ErrorStatus::SslFail, error));
        }
        turn.tell(Detail::TlsNegotiating(TlsStart::StartTls));
        turn.send(wire::starttls(), ErrorStatus::SslFail)?;
        Ok(State::AwaitProceed(AwaitProceed))
    }
}

/// `<proceed/>` (RFC 6120 §5.4.2.3).
#[derive(Debug)]
pub(super) struct AwaitProceed;

impl AwaitProceed {
    pub(super) const AWAITING: &'static str = "the answer to STARTTLS";

    pub(super) fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        if element.is("proceed", ns::TLS) {
            turn.actions.start_tls();
            Ok(State::AwaitHandshake(AwaitHandshake))
        } else if element.is("failure", ns::TLS) {
            Err(Failed::new(ErrorStatus::SslFail, Rejection::Tls { peer: turn.peer() }))
        } else if is_negotiation(element) {
            Err(unexpected(element, Self::AWAITING, ErrorStatus::SslFail, turn.peer()))
        } else {
            Ok(State::AwaitProceed(self))
        }
    }
}

/// The end of the TLS handshake.
#[derive(Debug)]
pub(super) struct AwaitHandshake;

impl AwaitHandshake {
    pub(super) fn established(self, security: Security, turn: &mut Turn<'_>) -> Next {
        if !security.is_encrypted() {
            let misuse = Misuse::NotEncrypted { security: security.to_string() };
            return Err(Failed::new(ErrorStatus::SslFail, misuse));
        }
        turn.tell(Detail::TlsEstablished(security.clone()));
        // RFC 6120 §5.4.3.3: what was known of the stream before counts no more.
        Ok(open_for_auth(security, turn))
    }
}
