//! STARTTLS, as in RFC 6120 §5, and direct TLS.

use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamHeader, ns};

use super::{
    AwaitAuthFeatures, AwaitAuthHeader, Next, State, Turn, check_version, is_negotiation,
    unexpected,
};
use crate::{
    Detail, Error, Incompatibility, Misuse, Rejection, TlsPolicy, TlsStart, wire, wire::Features,
};

/// The pipe is there.
pub(super) fn start(security: &Security, turn: &mut Turn<'_>) -> Next {
    match (security, turn.config.tls) {
        (Security::TlsNext, _) => {
            turn.tell(Detail::TlsNegotiating(TlsStart::Direct));
            turn.actions.start_tls();
            Ok(State::AwaitHandshake(AwaitHandshake))
        }
        (Security::Encrypted(_), _) | (Security::Private, TlsPolicy::Off) => {
            Ok(open_for_auth(security.clone(), turn))
        }
        (_, TlsPolicy::Required | TlsPolicy::WhenOffered) => {
            turn.open_stream();
            Ok(State::AwaitTlsHeader(AwaitTlsHeader { security: security.clone() }))
        }
        (_, TlsPolicy::Off) if turn.config.allow_plaintext => {
            Ok(open_for_auth(security.clone(), turn))
        }
        (_, TlsPolicy::Off) => Err(Error::from(Misuse::Plaintext).fails(ErrorStatus::AuthFail)),
    }
}

fn open_for_auth(security: Security, turn: &mut Turn<'_>) -> State {
    turn.open_stream();
    State::AwaitAuthHeader(AwaitAuthHeader { security })
}

/// The router's header, on a pipe that needs STARTTLS.
#[derive(Debug)]
pub(super) struct AwaitTlsHeader {
    security: Security,
}

impl AwaitTlsHeader {
    pub(super) fn opened(self, header: &StreamHeader) -> Next {
        check_version(header)?;
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
            return match element.namespace() {
                ns::TLS => Err(unexpected(element, Self::AWAITING, ErrorStatus::SslFail)),
                ns::SASL => Err(unexpected(element, Self::AWAITING, ErrorStatus::AuthFail)),
                _ => Ok(State::AwaitTlsFeatures(self)),
            };
        };
        if !features.has_starttls() {
            let may_do_without = self.security.protects_secrets() || turn.config.allow_plaintext;
            if turn.config.tls == TlsPolicy::WhenOffered && may_do_without {
                return AwaitAuthFeatures { security: self.security }.choose(features, turn);
            }
            // RFC 7590 §3.1: whatever else is offered, there is no way on without TLS.
            return Err(Error::from(Incompatibility::NoStartTls).fails(ErrorStatus::SslFail));
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
            Err(Error::from(Rejection::Tls).fails(ErrorStatus::SslFail))
        } else if is_negotiation(element) {
            Err(unexpected(element, Self::AWAITING, ErrorStatus::SslFail))
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
            return Err(Error::from(misuse).fails(ErrorStatus::SslFail));
        }
        turn.tell(Detail::TlsEstablished(security.clone()));
        // RFC 6120 §5.4.3.3: what was known of the stream before counts no more.
        Ok(open_for_auth(security, turn))
    }
}
