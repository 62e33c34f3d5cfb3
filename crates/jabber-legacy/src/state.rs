//! The states of an attempt and all transitions between them.

use core::mem;

use jabber_dialect::{Actions, Dialect, Failure, Identity, Input, Step, fresh_id};
use jabber_jid::Jid;
use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamCondition, StreamError, StreamHeader, XmlError};

use crate::{
    Config, Detail, Error, Event, Incompatibility, Method, Misbehaviour, Misuse, NoMethod,
    PassedOver, Rejection,
    wire::{self, Answer, Form, Proof},
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
    AwaitHeader(AwaitHeader),
    AwaitForm(AwaitForm),
    AwaitLogin(AwaitLogin),
    /// Who we are; nothing is awaited.
    Ready(Identity),
    /// The login has failed; nothing is awaited.
    Failed,
}

type Next = Result<State, Failure>;

impl State {
    fn start(self, security: &Security, turn: &mut Turn<'_>) -> Next {
        match (self, security) {
            (Self::AwaitPipe, Security::TlsNext) => Err(fails(Misuse::TlsFirst)),
            (Self::AwaitPipe, security) => {
                let Config { jid, version, .. } = turn.config;
                turn.actions.open_stream(wire::header(jid.domain(), version.as_deref()));
                Ok(Self::AwaitHeader(AwaitHeader { protected: security.protects_secrets() }))
            }
            (other, _) => Ok(other),
        }
    }

    fn on(self, input: Input, turn: &mut Turn<'_>) -> Next {
        match (self, input) {
            (Self::AwaitHeader(state), Input::StreamOpened(header)) => state.opened(&header, turn),
            (Self::AwaitForm(state), Input::Element(element)) => state.element(&element, turn),
            (Self::AwaitLogin(state), Input::Element(element)) => state.element(&element, turn),
            (state, Input::StreamError(error)) => state.stream_error(error),
            // Nobody waits for it.
            (state, _) => Ok(state),
        }
    }

    /// `not-authorized` is about the login whenever it comes; another condition, before anything was
    /// asked for, is not.
    fn stream_error(self, error: StreamError) -> Next {
        use StreamCondition::{NotAuthorized, PolicyViolation};
        match (&self, error.condition()) {
            (Self::AwaitHeader(_), NotAuthorized)
            | (Self::AwaitForm(_) | Self::AwaitLogin(_), NotAuthorized | PolicyViolation) => {
                Err(fails(Rejection::Stream { error, awaiting: self.awaiting() }))
            }
            _ => Ok(self),
        }
    }

    const fn awaiting(&self) -> &'static str {
        match self {
            Self::AwaitPipe => "the connection",
            Self::AwaitHeader(_) => "the stream header",
            Self::AwaitForm(_) => "the form for the login",
            Self::AwaitLogin(_) => "the answer to the login",
            Self::Ready(_) => "stanzas",
            Self::Failed => "nothing",
        }
    }
}

/// The server's header, with the id that a digest is over.
#[derive(Debug)]
struct AwaitHeader {
    /// A password itself may cross the pipe.
    protected: bool,
}

impl AwaitHeader {
    /// The header's version is not looked at: features, if any come, are nothing to this dialect.
    fn opened(self, header: &StreamHeader, turn: &mut Turn<'_>) -> Next {
        let Config { jid, username, .. } = turn.config;
        turn.tell(Detail::Authenticating { username: username.clone() });
        let id = fresh_id(turn.actions.entropy());
        turn.send(wire::form_request(&id, jid.domain(), username))?;
        // An empty id would make every login the same, and a recorded one good for ever.
        let stream_id = header.id().filter(|id| !id.is_empty()).map(str::to_owned);
        Ok(State::AwaitForm(AwaitForm { id, stream_id, protected: self.protected }))
    }
}

/// The form: what the server wants to know in a login.
#[derive(Debug)]
struct AwaitForm {
    id: String,
    stream_id: Option<String>,
    protected: bool,
}

impl AwaitForm {
    fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        match wire::answer(element, &self.id, &turn.config.jid) {
            None => Ok(State::AwaitForm(self)),
            Some(Answer::Error(error)) => Err(fails(Rejection::Form(error))),
            Some(Answer::Result) => {
                let form = Form::of(element).ok_or_else(|| fails(Misbehaviour::NoForm))?;
                self.log_in(form, turn)
            }
        }
    }

    fn log_in(self, form: Form, turn: &mut Turn<'_>) -> Next {
        let config = turn.config;
        let proof = self.choose(form, config).map_err(|it| fails(Incompatibility::Methods(it)))?;
        let id = fresh_id(turn.actions.entropy());
        let resource = config.jid.resource().unwrap_or_default();
        turn.send(wire::login(&id, &config.username, &proof, resource))?;
        Ok(State::AwaitLogin(AwaitLogin { id, method: proof.method() }))
    }

    /// By digest where that is possible, else with the password itself.
    fn choose<'a>(&'a self, form: Form, config: &'a Config) -> Result<Proof<'a>, NoMethod> {
        let secret = &config.secret;
        let digest = if !config.login.allows(Method::Digest) {
            PassedOver::Forbidden
        } else if !form.digest {
            PassedOver::NotOffered
        } else if let Some(stream_id) = &self.stream_id {
            return Ok(Proof::Digest { stream_id, secret });
        } else {
            PassedOver::NoStreamId
        };
        let plaintext = if !config.login.allows(Method::Plaintext) {
            PassedOver::Forbidden
        } else if !form.password {
            PassedOver::NotOffered
        } else if self.protected || config.allow_plaintext {
            return Ok(Proof::Plaintext(secret));
        } else {
            PassedOver::Unprotected
        };
        Err(NoMethod { digest, plaintext })
    }
}

/// The server's answer to the login.
#[derive(Debug)]
struct AwaitLogin {
    id: String,
    method: Method,
}

impl AwaitLogin {
    fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        match wire::answer(element, &self.id, &turn.config.jid) {
            None => Ok(State::AwaitLogin(self)),
            Some(Answer::Error(error)) => Err(fails(Rejection::Login(error))),
            // XEP-0078 §3: a success is empty. Prosody answers a login that it does not understand
            // with the form again.
            Some(Answer::Result) if wire::has_form(element) => Err(fails(Misbehaviour::FormAgain)),
            Some(Answer::Result) if element.children().next().is_some() => {
                Err(fails(Misbehaviour::NotEmpty))
            }
            Some(Answer::Result) => self.logged_in(wire::addressee(element), turn),
        }
    }

    /// Some servers address the answer to the full JID that they know us by.
    fn logged_in(self, addressee: Option<Jid>, turn: &mut Turn<'_>) -> Next {
        let own = &turn.config.jid;
        let jid = addressee.unwrap_or_else(|| own.clone());
        if !own.matches_bare(&jid) {
            return Err(fails(Misbehaviour::ForeignJid { jid, expected: own.to_bare() }));
        }
        turn.tell(Detail::Authenticated { jid: jid.clone(), method: self.method });
        Ok(State::Ready(Identity::new(jid)))
    }
}

fn fails(error: impl Into<Error>) -> Failure {
    error.into().fails(ErrorStatus::AuthFail)
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

    fn send(&mut self, element: Result<Element, XmlError>) -> Result<(), Failure> {
        let element = element.map_err(|error| fails(Misuse::Unwritable(error)))?;
        self.actions.send(element);
        Ok(())
    }
}
