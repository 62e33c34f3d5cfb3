//! The states of an attempt and all transitions between them.

use core::mem;

use jabber_dialect::{Actions, Delivery, Dialect, Failure, Identity, Inbound, Input, Step};
use jabber_security::Security;
use jabber_status::ErrorStatus;
use jabber_xml::{Element, StreamCondition, StreamError, StreamHeader};

use crate::{Config, Detail, Error, Event, Misbehaviour, Misuse, Rejection, wire};

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
    AwaitRefusal(AwaitRefusal),
    AwaitHandshake(AwaitHandshake),
    /// Nothing is awaited.
    Ready,
    /// The handshake has failed; nothing is awaited.
    Failed,
}

type Next = Result<State, Failure>;

impl State {
    fn start(self, security: &Security, turn: &mut Turn<'_>) -> Next {
        match (self, security) {
            (Self::AwaitPipe, Security::TlsNext) => Err(fails(Misuse::TlsFirst)),
            (Self::AwaitPipe, _) => {
                let Config { domain, version, .. } = turn.config;
                turn.actions.open_stream(wire::header(domain, version.as_deref()));
                Ok(Self::AwaitHeader(AwaitHeader))
            }
            (other, _) => Ok(other),
        }
    }

    fn on(self, input: Input, turn: &mut Turn<'_>) -> Next {
        match (self, input) {
            (Self::AwaitHeader(state), Input::StreamOpened(header)) => state.opened(&header, turn),
            (Self::AwaitRefusal(state), Input::Element(_)) => state.element(),
            (Self::AwaitHandshake(state), Input::Element(element)) => state.element(&element, turn),
            (state, Input::StreamError(error)) => state.stream_error(error),
            // Nobody waits for it.
            (state, _) => Ok(state),
        }
    }

    /// XEP-0114 §3: a wrong handshake is `not-authorized`. Any other condition is about the stream,
    /// and ends as a disconnect.
    fn stream_error(self, error: StreamError) -> Next {
        match error.condition() {
            StreamCondition::NotAuthorized => Err(fails(Rejection::Handshake(error))),
            _ => Ok(self),
        }
    }

    const fn awaiting(&self) -> &'static str {
        match self {
            Self::AwaitPipe => "the connection",
            Self::AwaitHeader(_) => "the stream header",
            Self::AwaitRefusal(_) => "the stream error behind a stream header without id",
            Self::AwaitHandshake(_) => "the answer to the handshake",
            Self::Ready => "stanzas",
            Self::Failed => "nothing",
        }
    }
}

/// The server's header, with the id that the handshake is over.
#[derive(Debug)]
struct AwaitHeader;

impl AwaitHeader {
    fn opened(self, header: &StreamHeader, turn: &mut Turn<'_>) -> Next {
        // An empty id would make every login the same, and a recorded one good for ever.
        let Some(stream_id) = header.id().filter(|id| !id.is_empty()) else {
            return Ok(State::AwaitRefusal(AwaitRefusal));
        };
        turn.tell(Detail::Authenticating { stream_id: stream_id.to_owned() });
        let handshake = wire::handshake(stream_id, &turn.config.secret);
        turn.actions.send(handshake.map_err(|error| fails(Misuse::Unwritable(error)))?);
        Ok(State::AwaitHandshake(AwaitHandshake))
    }
}

/// The stream error that says why the header has no id: some servers refuse a domain that they
/// don't know so.
#[derive(Debug)]
struct AwaitRefusal;

impl AwaitRefusal {
    fn element(self) -> Next {
        Err(fails(Misbehaviour::NoStreamId))
    }
}

/// `<handshake/>`, the server's acceptance.
#[derive(Debug)]
struct AwaitHandshake;

impl AwaitHandshake {
    /// Whatever else comes before it is not from a server that has accepted us: stream features of
    /// servers that send them to everybody, stanzas of some that are confused.
    fn element(self, element: &Element, turn: &mut Turn<'_>) -> Next {
        if !wire::is_handshake(element) {
            return Ok(State::AwaitHandshake(self));
        }
        turn.tell(Detail::Authenticated { domain: turn.config.domain.clone() });
        Ok(State::Ready)
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
        match self.state {
            State::Ready => Ok(Step::Ready(Identity::new(self.config.domain.clone()))),
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

    fn is_transparent(&self) -> bool {
        false
    }

    fn inbound(&mut self, element: Element, _: &mut dyn Actions) -> Result<Inbound, Failure> {
        Ok(match wire::bounced(&element, &self.config.domain) {
            Some(stanza) => Inbound::Reply { delivery: Delivery::new(stanza), error: true },
            None => Inbound::Stanza(Delivery::new(element)),
        })
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
}
