//! The states of an attempt and all transitions between them.

mod bind;
mod session;

use core::mem;

use jabber_dialect::{Actions, Dialect, Failure, Identity, Input, Memory, Step};
use jabber_jid::Jid;
use jabber_login::{
    self as login, AWAITING_HEADER, Failed, Floor, Login, Peer, Progress, Terms, TlsPolicy,
};
use jabber_sasl::{Credentials, Policy, Service};
use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamCondition, StreamError, StreamHeader, XmlError};

use self::{
    bind::{AwaitBindFeatures, AwaitBindHeader, AwaitBound},
    session::AwaitSession,
};
use crate::{Config, Detail, Error, Event, Misuse, wire};

/// Who is on the other side.
pub(crate) const PEER: &Peer = &Peer::SERVER;

/// One attempt.
#[derive(Debug)]
pub(crate) struct Negotiation {
    config: Config,
    floor: Floor,
    state: State,
}

/// What an attempt waits for. A state is consumed by what it awaited.
#[derive(Debug)]
enum State {
    AwaitPipe,
    /// TLS and the login.
    Login(Login),
    // Resource binding
    AwaitBindHeader(AwaitBindHeader),
    AwaitBindFeatures(AwaitBindFeatures),
    AwaitBound(AwaitBound),
    // Session
    AwaitSession(AwaitSession),
    /// Who we are; nothing is awaited.
    Ready(Identity),
    /// A step has failed; nothing is awaited.
    Failed,
}

type Next = Result<State, Failure>;

impl State {
    fn start(self, security: &Security, turn: &mut Turn<'_>) -> Next {
        match self {
            Self::AwaitPipe => {
                turn.login(|terms, actions| Login::start(security, terms, actions)).map(Self::Login)
            }
            other => Ok(other),
        }
    }

    fn on(self, input: Input, turn: &mut Turn<'_>) -> Next {
        match (self, input) {
            (Self::Login(login), input) => {
                match turn.login(|terms, actions| login.handle(input, terms, actions))? {
                    Progress::Await(login) => Ok(Self::Login(login)),
                    Progress::Authenticated(authenticated) => {
                        turn.floor.raise(&authenticated);
                        Ok(Self::AwaitBindHeader(AwaitBindHeader::new(authenticated, turn.config)))
                    }
                }
            }

            (Self::AwaitBindHeader(state), Input::StreamOpened(header)) => state.opened(&header),
            (Self::AwaitBindFeatures(state), Input::Element(element)) => {
                state.element(element, turn)
            }
            (Self::AwaitBound(state), Input::Element(element)) => state.element(element, turn),
            (Self::AwaitSession(state), Input::Element(element)) => state.element(element, turn),

            (state, Input::StreamError(error)) => state.stream_error(error),
            // Nobody waits for it.
            (state, _) => Ok(state),
        }
    }

    fn awaiting(&self) -> &'static str {
        match self {
            Self::AwaitPipe => "the connection",
            Self::Login(login) => login.awaiting(),
            Self::AwaitBindHeader(_) => AWAITING_HEADER,
            Self::AwaitBindFeatures(_) => AwaitBindFeatures::AWAITING,
            Self::AwaitBound(_) => AwaitBound::AWAITING,
            Self::AwaitSession(_) => AwaitSession::AWAITING,
            Self::Ready(_) => "stanzas",
            Self::Failed => "nothing",
        }
    }

    /// The step that a stream error ends, where it is about that step; else it is a disconnect.
    fn step_of(&self, condition: StreamCondition) -> Option<ErrorStatus> {
        use StreamCondition::{Conflict, NotAuthorized, PolicyViolation};
        match (self, condition) {
            (
                Self::AwaitBindHeader(_) | Self::AwaitBindFeatures(_) | Self::AwaitBound(_),
                NotAuthorized | PolicyViolation | Conflict,
            ) => Some(ErrorStatus::BindFail),
            (Self::AwaitSession(_), NotAuthorized | PolicyViolation) => {
                Some(ErrorStatus::SessionFail)
            }
            _ => None,
        }
    }

    fn stream_error(self, error: StreamError) -> Next {
        match self.step_of(error.condition()) {
            Some(step) => {
                let awaiting = self.awaiting();
                let error = login::Rejection::Stream { peer: PEER, error, awaiting };
                Err(Failed::new(step, error).into_failure::<Error>())
            }
            None => Ok(self),
        }
    }
}

impl Negotiation {
    pub(crate) const fn new(config: Config, floor: Floor) -> Self {
        Self { config, floor, state: State::AwaitPipe }
    }

    fn advance(
        &mut self,
        actions: &mut dyn Actions,
        step: impl FnOnce(State, &mut Turn<'_>) -> Next,
    ) -> Result<Step, Failure> {
        let state = mem::replace(&mut self.state, State::Failed);
        self.state = {
            let Self { config, floor, .. } = self;
            step(state, &mut Turn { config, floor, actions })?
        };
        match &self.state {
            State::Ready(identity) => Ok(Step::Ready(identity.clone())),
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

    fn memory(self: Box<Self>) -> Option<Memory> {
        self.floor.keep()
    }
}

/// What a state has at hand for a transition.
struct Turn<'a> {
    config: &'a Config,
    floor: &'a mut Floor,
    actions: &'a mut dyn Actions,
}

impl Turn<'_> {
    fn tell(&mut self, detail: Detail) {
        let event = Event::new(self.actions.stamp(), detail);
        self.actions.status(&event);
    }

    /// Takes a step of TLS or the login.
    fn login<T>(
        &mut self,
        step: impl FnOnce(&dyn Terms, &mut dyn Actions) -> Result<T, Failed>,
    ) -> Result<T, Failure> {
        let terms = LoginOf { config: self.config, floor: *self.floor };
        step(&terms, self.actions).map_err(Failed::into_failure::<Error>)
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

    /// Keeps a stanza for the user. Anything else that nobody knows is nobody's.
    fn hold(&mut self, element: Element) {
        if wire::is_stanza(&element) {
            self.actions.hold(element);
        }
    }
}

/// What the login has of us.
struct LoginOf<'a> {
    config: &'a Config,
    floor: Floor,
}

impl Terms for LoginOf<'_> {
    fn peer(&self) -> &'static Peer {
        PEER
    }

    fn header(&self, security: &Security) -> StreamHeader {
        let Config { jid, lang, .. } = self.config;
        let from = Some(jid).filter(|jid: &&Jid| security.is_encrypted() && jid.local().is_some());
        wire::header(jid, from, lang.as_deref())
    }

    fn tls(&self) -> TlsPolicy {
        self.config.tls
    }

    fn allows_plaintext(&self) -> bool {
        self.config.allow_plaintext
    }

    fn policy(&self) -> Policy {
        self.config.policy
    }

    fn floor(&self) -> Floor {
        if self.config.allow_weaker { Floor::default() } else { self.floor }
    }

    fn credentials(&self) -> Credentials {
        self.config.credentials.clone()
    }

    fn service(&self) -> Service<'_> {
        Service::new(self.config.jid.domain())
    }

    fn tell(&self, detail: login::Detail, actions: &mut dyn Actions) {
        let event = Event::new(actions.stamp(), Detail::Login(detail));
        actions.status(&event);
    }
}

fn check_version(header: &StreamHeader) -> Result<(), Failure> {
    login::check_version(header, PEER).map_err(Failed::into_failure::<Error>)
}

fn unexpected(element: &Element, awaiting: &'static str, step: ErrorStatus) -> Failure {
    login::unexpected(element, awaiting, step, PEER).into_failure::<Error>()
}
