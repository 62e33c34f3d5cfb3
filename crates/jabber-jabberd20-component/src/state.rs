//! The states of an attempt and all transitions between them.

mod auth;
mod bind;
mod ready;
mod tls;

use core::mem;

use jabber_dialect::{Actions, Dialect, Failure, Inbound, Input, Redaction, Retry, Step};
use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamCondition, StreamError, StreamHeader, XmlError, ns};

use self::{
    auth::{AwaitAuthFeatures, AwaitAuthHeader, AwaitChallenge, AwaitKey},
    bind::{AwaitBindFeatures, AwaitBindHeader, AwaitBound},
    ready::Session,
    tls::{AwaitHandshake, AwaitProceed, AwaitTlsFeatures, AwaitTlsHeader},
};
use crate::{
    Config, Detail, Error, Event, Incompatibility, Misbehaviour, Misuse, Rejection, route, wire,
};

/// One attempt.
#[derive(Debug)]
pub(crate) struct Negotiation {
    config: Config,
    state: State,
}

/// What an attempt waits for. A state is consumed by what it awaited.
#[derive(Debug)]
enum State {
    AwaitPipe,
    // STARTTLS
    AwaitTlsHeader(AwaitTlsHeader),
    AwaitTlsFeatures(AwaitTlsFeatures),
    AwaitProceed(AwaitProceed),
    AwaitHandshake(AwaitHandshake),
    // SASL
    AwaitAuthHeader(AwaitAuthHeader),
    AwaitAuthFeatures(AwaitAuthFeatures),
    AwaitChallenge(AwaitChallenge),
    AwaitKey(AwaitKey),
    // Domain binding
    AwaitBindHeader(AwaitBindHeader),
    AwaitBindFeatures(AwaitBindFeatures),
    AwaitBound(AwaitBound),
    /// Nothing is awaited.
    Ready(Session),
    /// A step has failed; nothing is awaited.
    Failed,
}

type Next = Result<State, Failure>;

impl State {
    fn start(self, security: &Security, turn: &mut Turn<'_>) -> Next {
        match self {
            Self::AwaitPipe => tls::start(security, turn),
            other => Ok(other),
        }
    }

    fn on(self, input: Input, turn: &mut Turn<'_>) -> Next {
        match (self, input) {
            (Self::AwaitTlsHeader(state), Input::StreamOpened(header)) => state.opened(&header),
            (Self::AwaitTlsFeatures(state), Input::Element(element)) => {
                state.element(&element, turn)
            }
            (Self::AwaitProceed(state), Input::Element(element)) => state.element(&element, turn),
            (Self::AwaitHandshake(state), Input::TlsEstablished(security)) => {
                state.established(security, turn)
            }

            (Self::AwaitAuthHeader(state), Input::StreamOpened(header)) => state.opened(&header),
            (Self::AwaitAuthFeatures(state), Input::Element(element)) => {
                state.element(&element, turn)
            }
            (Self::AwaitChallenge(state), Input::Element(element)) => state.element(&element, turn),
            (Self::AwaitKey(state), Input::KeyDerived(key)) => state.derived(key, turn),
            (Self::AwaitKey(state), Input::Element(element)) => state.element(&element),

            (Self::AwaitBindHeader(state), Input::StreamOpened(header)) => state.opened(&header),
            (Self::AwaitBindFeatures(state), Input::Element(element)) => {
                state.element(element, turn)
            }
            (Self::AwaitBound(state), Input::Element(element)) => state.element(element, turn),

            (state, Input::StreamError(error)) => state.stream_error(error),
            // Nobody waits for it.
            (state, _) => Ok(state),
        }
    }

    fn awaiting(&self) -> &'static str {
        match self {
            Self::AwaitPipe => "the connection",
            Self::AwaitTlsHeader(_) | Self::AwaitAuthHeader(_) | Self::AwaitBindHeader(_) => {
                "the stream header"
            }
            Self::AwaitTlsFeatures(_) => AwaitTlsFeatures::AWAITING,
            Self::AwaitProceed(_) => AwaitProceed::AWAITING,
            Self::AwaitHandshake(_) => "the TLS handshake",
            Self::AwaitAuthFeatures(_) => AwaitAuthFeatures::AWAITING,
            Self::AwaitChallenge(_) => AwaitChallenge::AWAITING,
            Self::AwaitKey(_) => AwaitKey::AWAITING,
            Self::AwaitBindFeatures(_) => AwaitBindFeatures::AWAITING,
            Self::AwaitBound(_) => AwaitBound::AWAITING,
            Self::Ready(_) => "stanzas",
            Self::Failed => "nothing",
        }
    }

    /// The step that a stream error ends, where it is about that step; else it is a disconnect.
    fn step_of(&self, condition: StreamCondition) -> Option<ErrorStatus> {
        use StreamCondition::{Conflict, NotAuthorized, PolicyViolation};
        match (self, condition) {
            (Self::AwaitProceed(_), PolicyViolation) => Some(ErrorStatus::SslFail),
            // Some routers say so in place of `<encryption-required/>`, or after too many logins.
            (Self::AwaitChallenge(_) | Self::AwaitKey(_), NotAuthorized | PolicyViolation)
            | (Self::AwaitAuthHeader(_) | Self::AwaitAuthFeatures(_), NotAuthorized) => {
                Some(ErrorStatus::AuthFail)
            }
            (
                Self::AwaitBindHeader(_) | Self::AwaitBindFeatures(_) | Self::AwaitBound(_),
                NotAuthorized | PolicyViolation | Conflict,
            ) => Some(ErrorStatus::BindFail),
            _ => None,
        }
    }

    fn stream_error(self, error: StreamError) -> Next {
        match self.step_of(error.condition()) {
            Some(step) => {
                let awaiting = self.awaiting();
                Err(Error::from(Rejection::Stream { error, awaiting }).fails(step))
            }
            None => Ok(self),
        }
    }
}

impl Negotiation {
    pub(crate) const fn new(config: Config) -> Self {
        Self { config, state: State::AwaitPipe }
    }

    fn advance(
        &mut self,
        actions: &mut dyn Actions,
        step: impl FnOnce(State, &mut Turn<'_>) -> Next,
    ) -> Result<Step, Failure> {
        let state = mem::replace(&mut self.state, State::Failed);
        self.state = step(state, &mut Turn { config: &self.config, actions })?;
        match &self.state {
            State::Ready(session) => Ok(Step::Ready(session.identity().clone())),
            _ => Ok(Step::Continue),
        }
    }
}

impl Dialect for Negotiation {
    fn start(&mut self, security: &Security, actions: &mut dyn Actions) -> Result<Step, Failure> {
        self.advance(actions, |state, turn| state.start(security, turn))
    }

    fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure> {
        self.advance(actions, |state, turn| state.on(input, turn))
    }

    fn awaiting(&self) -> &'static str {
        self.state.awaiting()
    }

    fn redaction(&self, element: &Element) -> Redaction {
        route::redaction(element)
    }

    fn is_transparent(&self) -> bool {
        false
    }

    fn inbound(&mut self, element: Element, _: &mut dyn Actions) -> Result<Inbound, Failure> {
        Ok(match &mut self.state {
            State::Ready(session) => session.inbound(element),
            _ => Inbound::Control,
        })
    }

    fn outbound(&mut self, stanza: Element, _: &mut dyn Actions) -> Result<Element, XmlError> {
        match &mut self.state {
            State::Ready(session) => session.outbound(stanza),
            _ => Ok(stanza),
        }
    }

    fn is_request(&self, element: &Element) -> bool {
        ready::is_request(element)
    }
}

/// What a state has at hand for a transition.
struct Turn<'a> {
    config: &'a Config,
    actions: &'a mut dyn Actions,
}

impl Turn<'_> {
    fn tell(&mut self, detail: Detail) {
        let event = Event::new(self.actions.stamp(), detail);
        self.actions.status(&event);
    }

    fn open_stream(&mut self) {
        self.actions.open_stream(wire::header(self.config.domain.domain()));
    }

    fn send(
        &mut self,
        element: Result<Element, XmlError>,
        step: ErrorStatus,
    ) -> Result<(), Failure> {
        let element =
            element.map_err(|error| Error::from(Misuse::Unwritable(error)).fails(step))?;
        self.actions.send(element);
        Ok(())
    }
}

/// RFC 6120 §4.7.5. The header's `from` is not looked at: it repeats our `to`, whatever that is.
fn check_version(header: &StreamHeader) -> Result<(), Failure> {
    if wire::is_version_1(header.version()) {
        return Ok(());
    }
    let found = header.version().map(str::to_owned);
    let error = Error::from(Incompatibility::Version { found });
    let told = StreamError::new(StreamCondition::UnsupportedVersion);
    Err(Failure::disconnect(error, Retry::Never).with_stream_error(told))
}

/// True for elements that only the negotiation of TLS or SASL has. Others that nobody knows are
/// ignored; the deadline of the negotiation bounds them.
fn is_negotiation(element: &Element) -> bool {
    matches!(element.namespace(), ns::TLS | ns::SASL)
}

fn unexpected(element: &Element, awaiting: &'static str, step: ErrorStatus) -> Failure {
    let element = element.name().to_owned();
    Error::from(Misbehaviour::Unexpected { element, awaiting }).fails(step)
}
