//! The states from the pipe to the stream after the login, and all transitions between them.

mod auth;
mod tls;

use jabber_dialect::{Actions, Input};
use jabber_sasl::Authenticated;
use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamCondition, StreamError, StreamHeader, XmlError, ns};

use self::{
    auth::{AwaitAuthFeatures, AwaitAuthHeader, AwaitChallenge, AwaitKey},
    tls::{AwaitHandshake, AwaitProceed, AwaitTlsFeatures, AwaitTlsHeader},
};
use crate::{
    AWAITING_HEADER, Detail, Failed, Incompatibility, Misbehaviour, Misuse, Peer, Rejection, Terms,
    wire,
};

/// TLS and the login, as far as they have come. It is consumed by what it awaited.
///
/// All its calls are to have the same [`Terms`]. Stanzas that come before anybody is authenticated
/// are nobody's, and ignored; so is what nobody knows. The deadline of the negotiation bounds them.
#[derive(Debug)]
pub struct Login(State);

/// What an input has led to.
#[derive(Debug)]
pub enum Progress {
    /// It waits for more.
    Await(Login),
    /// We are logged in, which that proves, and have opened the stream that follows (RFC 6120
    /// §6.4.6). The peer's header is the dialect's to await.
    Authenticated(Authenticated),
}

#[derive(Debug)]
enum State {
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
    /// The stream after the login is open. Only a verified login comes here: nothing else has the
    /// value.
    Done(Authenticated),
}

type Next = Result<State, Failed>;

impl Login {
    /// The pipe is there: opens a stream, or begins with TLS.
    ///
    /// # Errors
    /// [`Misuse::Plaintext`] where nothing may be sent on a pipe of this security.
    pub fn start(
        security: &Security,
        terms: &dyn Terms,
        actions: &mut dyn Actions,
    ) -> Result<Self, Failed> {
        tls::start(security, &mut Turn { terms, actions }).map(Self)
    }

    /// Takes what has happened.
    ///
    /// # Errors
    /// When the step has failed. A stream error is the failure of the step that it is about; where it
    /// is about none it is a disconnect, and leaves everything as it is.
    pub fn handle(
        self,
        input: Input,
        terms: &dyn Terms,
        actions: &mut dyn Actions,
    ) -> Result<Progress, Failed> {
        Ok(match self.0.on(input, &mut Turn { terms, actions })? {
            State::Done(authenticated) => Progress::Authenticated(authenticated),
            state => Progress::Await(Self(state)),
        })
    }

    /// What it waits for, for people.
    #[must_use]
    pub const fn awaiting(&self) -> &'static str {
        self.0.awaiting()
    }
}

impl State {
    fn on(self, input: Input, turn: &mut Turn<'_>) -> Next {
        match (self, input) {
            (Self::AwaitTlsHeader(state), Input::StreamOpened(header)) => {
                state.opened(&header, turn)
            }
            (Self::AwaitTlsFeatures(state), Input::Element(element)) => {
                state.element(&element, turn)
            }
            (Self::AwaitProceed(state), Input::Element(element)) => state.element(&element, turn),
            (Self::AwaitHandshake(state), Input::TlsEstablished(security)) => {
                state.established(security, turn)
            }

            (Self::AwaitAuthHeader(state), Input::StreamOpened(header)) => {
                state.opened(&header, turn)
            }
            (Self::AwaitAuthFeatures(state), Input::Element(element)) => {
                state.element(&element, turn)
            }
            (Self::AwaitChallenge(state), Input::Element(element)) => state.element(&element, turn),
            (Self::AwaitKey(state), Input::KeyDerived(key)) => state.derived(key, turn),
            (Self::AwaitKey(state), Input::Element(element)) => state.element(&element, turn),

            (state, Input::StreamError(error)) => state.stream_error(error, turn),
            // Nobody waits for it.
            (state, _) => Ok(state),
        }
    }

    const fn awaiting(&self) -> &'static str {
        match self {
            Self::AwaitTlsHeader(_) | Self::AwaitAuthHeader(_) | Self::Done(_) => AWAITING_HEADER,
            Self::AwaitTlsFeatures(_) => AwaitTlsFeatures::AWAITING,
            Self::AwaitProceed(_) => AwaitProceed::AWAITING,
            Self::AwaitHandshake(_) => "the TLS handshake",
            Self::AwaitAuthFeatures(_) => AwaitAuthFeatures::AWAITING,
            Self::AwaitChallenge(_) => AwaitChallenge::AWAITING,
            Self::AwaitKey(_) => AwaitKey::AWAITING,
        }
    }

    /// The step that a stream error ends, where it is about that step; else it is a disconnect.
    const fn step_of(&self, condition: StreamCondition) -> Option<ErrorStatus> {
        use StreamCondition::{NotAuthorized, PolicyViolation};
        match (self, condition) {
            (Self::AwaitProceed(_), PolicyViolation) => Some(ErrorStatus::SslFail),
            // Some say so in place of `<encryption-required/>`, or after too many logins.
            (Self::AwaitChallenge(_) | Self::AwaitKey(_), NotAuthorized | PolicyViolation)
            | (Self::AwaitAuthHeader(_) | Self::AwaitAuthFeatures(_), NotAuthorized) => {
                Some(ErrorStatus::AuthFail)
            }
            _ => None,
        }
    }

    fn stream_error(self, error: StreamError, turn: &Turn<'_>) -> Next {
        match self.step_of(error.condition()) {
            Some(step) => {
                let (peer, awaiting) = (turn.peer(), self.awaiting());
                Err(Failed::new(step, Rejection::Stream { peer, error, awaiting }))
            }
            None => Ok(self),
        }
    }
}

/// What a state has at hand for a transition.
struct Turn<'a> {
    terms: &'a dyn Terms,
    actions: &'a mut dyn Actions,
}

impl Turn<'_> {
    fn peer(&self) -> &'static Peer {
        self.terms.peer()
    }

    fn tell(&mut self, detail: Detail) {
        self.terms.tell(detail, self.actions);
    }

    fn open_stream(&mut self, security: &Security) {
        self.actions.open_stream(self.terms.header(security));
    }

    fn send(
        &mut self,
        element: Result<Element, XmlError>,
        step: ErrorStatus,
    ) -> Result<(), Failed> {
        let element = element.map_err(|error| Failed::new(step, Misuse::Unwritable(error)))?;
        self.actions.send(element);
        Ok(())
    }
}

/// Refuses a stream below 1.0 (RFC 6120 §4.7.5), on this stream as on those after the login. The
/// header's `from` is not looked at: a server may answer by another of its names (§4.7.1), and who it
/// is was settled by the certificate.
///
/// # Errors
/// [`Incompatibility::Version`], of which the peer is told.
pub fn check_version(header: &StreamHeader, peer: &'static Peer) -> Result<(), Failed> {
    if wire::is_version_1(header.version()) {
        return Ok(());
    }
    let found = header.version().map(str::to_owned);
    let told = StreamError::new(StreamCondition::UnsupportedVersion);
    Err(Failed::disconnect(Incompatibility::Version { peer, found }, told))
}

/// True for elements that only the negotiation of TLS or SASL has. Others that nobody knows are
/// ignored; the deadline of the negotiation bounds them.
#[must_use]
pub fn is_negotiation(element: &Element) -> bool {
    matches!(element.namespace(), ns::TLS | ns::SASL)
}

/// The failure of a step by an element of the negotiation that does not belong there, see
/// [`is_negotiation`].
#[must_use]
pub fn unexpected(
    element: &Element,
    awaiting: &'static str,
    step: ErrorStatus,
    peer: &'static Peer,
) -> Failed {
    let element = element.name().to_owned();
    Failed::new(step, Misbehaviour::Unexpected { peer, element, awaiting })
}
