mod lying;
mod misbehave;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use jabber_xml::{Element, Item, Limits, Scanner, StreamCondition, ns};

use super::{
    Act, Server, Step, fake_tls,
    said::Said,
    server::Role,
    speaker::{Heard, Speaker, content},
};

/// The server's side of one connection, without I/O: what the client sends goes in, what is to be
/// done comes out. [`serve`](super::serve) does it on a pipe.
///
/// # Examples
/// ```
/// use jabber_testkit::misbehaving::{Act, Misbehaviour, Server, Step};
///
/// let server = Server::component("echo.localhost".parse()?, "secret")
///     .misbehaving(Step::AuthHeader, Misbehaviour::Reset);
/// let mut conversation = server.conversation();
/// assert_eq!(conversation.act(), None); // the client speaks first
/// conversation.receive(
///     b"<stream:stream xmlns='jabber:component:accept' to='echo.localhost' \
///       xmlns:stream='http://etherx.jabber.org/streams'>",
/// );
/// assert_eq!(conversation.act(), Some(Act::Reset));
/// # Ok::<(), jabber_jid::JidError>(())
/// ```
#[derive(Debug)]
pub struct Conversation {
    speaker: Speaker,
    steps: Vec<Step>,
    /// The step that comes next.
    at: usize,
    scanner: Scanner,
    input: BytesMut,
    acts: VecDeque<Act>,
    /// What is sent again and again once the acts are done, each time after that pause.
    endless: Option<(Duration, Bytes)>,
    state: State,
    /// The client's next response is enough: the login succeeds.
    believes: bool,
    heard: Arc<Mutex<Vec<Item>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Talking,
    /// Nothing is said any more; what comes is still read.
    Mute,
    /// The server's stream is ended; the client's end closes the connection.
    Ended,
    /// The connection is closed, or will be once the acts are done.
    Gone,
}

/// How a conversation goes on after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    GoOn,
    /// The client may try that step again.
    Stay,
    Become(State),
}

impl Conversation {
    pub(super) fn new(server: Server) -> Self {
        let steps = server.steps();
        Self {
            speaker: Speaker::new(server),
            steps,
            at: 0,
            scanner: Scanner::new(Limits::default()),
            input: BytesMut::new(),
            acts: VecDeque::new(),
            endless: None,
            state: State::Talking,
            believes: false,
            heard: Arc::default(),
        }
    }

    /// Lets what is heard be added to what others have heard.
    pub(super) fn sharing(mut self, heard: Arc<Mutex<Vec<Item>>>) -> Self {
        self.heard = heard;
        self
    }

    /// What is to be done next; `None` until the client says more. Behind [`Lie::EndTrickled`] and
    /// [`Lie::EndFlooded`] there is always more.
    ///
    /// [`Lie::EndTrickled`]: super::Lie::EndTrickled
    /// [`Lie::EndFlooded`]: super::Lie::EndFlooded
    pub fn act(&mut self) -> Option<Act> {
        if self.acts.is_empty()
            && self.state == State::Mute
            && let Some((pause, bytes)) = &self.endless
        {
            self.acts.extend([Act::Wait(*pause), Act::Send(bytes.clone())]);
        }
        self.acts.pop_front()
    }

    /// The step that comes next; `None` once nothing more is said.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        let step = self.steps.get(self.at).copied();
        step.filter(|_| self.state == State::Talking)
    }

    /// True once the connection is closed, or is to be by the acts that are left.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Gone
    }

    /// All that the client has said so far, credentials included.
    #[must_use]
    pub fn heard(&self) -> Vec<Item> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The client has sent this.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        while self.state != State::Gone && self.hear() {}
    }

    /// A real TLS handshake is done: the client goes on within it.
    pub fn encrypted(&mut self) {
        if self.step() == Some(Step::Handshake) {
            self.input.clear();
            self.go_on(Step::Handshake);
        }
    }

    /// The client has begun a real TLS handshake, and what is planned is done instead of it.
    pub fn client_hello(&mut self) {
        if self.step() == Some(Step::Handshake) {
            self.perform(Step::Handshake, Heard::Nothing);
        }
    }

    /// The client has closed its direction.
    pub fn ended(&mut self) {
        if self.state != State::Gone {
            self.close(Act::Close);
        }
    }

    /// Takes in one thing that the client has said; false where there is none yet.
    fn hear(&mut self) -> bool {
        if self.step() == Some(Step::Handshake) {
            if self.input.len() < fake_tls::RECORD {
                return false;
            }
            let hello = self.input.split_to(fake_tls::RECORD);
            if hello == fake_tls::CLIENT_HELLO {
                self.perform(Step::Handshake, Heard::Nothing);
            } else {
                // RFC 8446 §6.2: unexpected_message.
                self.say(&Said::bytes(fake_tls::alert(10)));
                self.close(Act::Close);
            }
            return true;
        }
        match self.scanner.next(&mut self.input) {
            Ok(None) => return false,
            Ok(Some(item)) => {
                self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(item.clone());
                self.take(&item);
            }
            // The client's fault, whatever was planned; nothing that follows can be read.
            Err(error) => {
                if self.state == State::Talking {
                    self.end_with(error.condition());
                }
                if self.state == State::Ended {
                    self.close(Act::Close);
                }
                self.input.clear();
                return false;
            }
        }
        true
    }

    fn take(&mut self, item: &Item) {
        let step = self.step();
        match (item, self.state) {
            (Item::End, State::Talking) => self.perform(Step::End, Heard::Nothing),
            (Item::End, State::Ended) => self.close(Act::Close),
            (Item::Header(header), State::Talking) => {
                let expected = content(self.speaker.server.role);
                match step {
                    // RFC 6120 §4.9.3.10.
                    _ if header.content() != expected => {
                        self.say(&Said::bytes(self.speaker.header().to_string()));
                        self.end_with(StreamCondition::InvalidNamespace);
                    }
                    Some(step) if step.is_header() => self.perform(step, Heard::Header(header)),
                    _ => {}
                }
            }
            (Item::Element(element), State::Talking) => {
                if let Some(step) = step.filter(|step| self.answers(*step, element)) {
                    self.perform(step, Heard::Element(element));
                }
            }
            _ => {}
        }
    }

    /// Whether that is what the step waits for. What it is not is heard, and nothing more.
    fn answers(&self, step: Step, element: &Element) -> bool {
        let kind = element.attribute("type");
        let asks = |kind: Option<&str>| matches!(kind, Some("get" | "set"));
        match step {
            Step::Proceed => element.is("starttls", ns::TLS),
            Step::Challenge => element.is("auth", ns::SASL),
            Step::Success => element.is("auth", ns::SASL) || element.is("response", ns::SASL),
            Step::Form => kind.as_deref() == Some("get") && has(element, "query", ns::IQ_AUTH),
            Step::Login => kind.as_deref() == Some("set") && has(element, "query", ns::IQ_AUTH),
            Step::Accept => element.is("handshake", ns::CLIENT),
            Step::Bind if self.speaker.server.role == Role::Router => {
                element.is("bind", ns::JABBERD20_COMPONENT)
            }
            Step::Bind => has(element, "bind", ns::BIND),
            Step::Session => has(element, "session", ns::SESSION),
            Step::Answer if element.is("route", ns::JABBERD20_COMPONENT) => {
                let iq = element.child("iq", ns::CLIENT);
                iq.is_some_and(|iq| asks(iq.attribute("type").as_deref()))
            }
            Step::Answer => element.is("iq", ns::CLIENT) && asks(kind.as_deref()),
            _ => false,
        }
    }

    /// Takes the step, well or badly, and those after it that wait for nobody.
    fn perform(&mut self, step: Step, heard: Heard<'_>) {
        let planned = self.speaker.server.planned(step).cloned();
        if step == Step::Success && std::mem::take(&mut self.believes) {
            self.succeed("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
            return;
        }
        let then = match (self.speaker.say(step, heard), planned) {
            (Err(condition), _) => self.refuse(step, heard, &condition),
            (Ok(said), None) => {
                self.say(&said);
                Then::GoOn
            }
            (Ok(said), Some(misbehaviour)) => self.misbehave(step, heard, &said, misbehaviour),
        };
        match then {
            Then::Stay => {}
            Then::Become(state) => self.state = state,
            Then::GoOn => self.go_on(step),
        }
        if let Some(next) = self.step().filter(|next| then == Then::GoOn && next.is_unasked()) {
            self.perform(next, Heard::Nothing);
        }
    }

    fn go_on(&mut self, step: Step) {
        match step {
            // Every request has its answer.
            Step::Answer => return,
            Step::End => return self.close(Act::Close),
            // RFC 6120 §5.4.3.3, §6.4.6: a new stream.
            Step::Handshake | Step::Success => self.scanner.restart(),
            _ => {}
        }
        self.at += 1;
    }

    fn gone(&mut self, act: Act) -> Then {
        self.acts.push_back(act);
        Then::Become(State::Gone)
    }

    fn close(&mut self, act: Act) {
        self.acts.push_back(act);
        self.state = State::Gone;
    }

    fn say(&mut self, said: &Said) {
        self.send(said.as_bytes().clone());
    }

    fn send(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.acts.push_back(Act::Send(bytes));
        }
    }
}

/// Whether it is an iq with that child.
fn has(element: &Element, name: &str, ns: &str) -> bool {
    element.is("iq", ns::CLIENT) && element.child(name, ns).is_some()
}
