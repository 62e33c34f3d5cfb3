//! Whether a login is as it may be: what is sent was asked for and may cross the pipe, and a success
//! is one.

use jabber_dialect::{Failure, Input, Step};
use jabber_security::Security;
use jabber_status::{Kind, Status};
use jabber_xml::{Element, StreamHeader, ns};

use super::Crossing;

/// Sees what a dialect is told and does, in order, in one attempt.
#[derive(Debug)]
pub(crate) struct Witness {
    crossing: Crossing,
    other_login: bool,
    pub(crate) pipe: Security,
    stream: Stream,
    /// The element that the dialect deals with.
    current: Option<Element>,
    /// Names of what was sent on this stream.
    pub(crate) sent: Vec<String>,
    /// What was sent last, for people: requests are tried again, but a login goes on.
    pub(crate) last: String,
    /// Something is kept for the user.
    pub(crate) holds: bool,
    /// It was told that it is ready, or has failed: nothing more is to be told.
    over: bool,
    pub(crate) authenticated: bool,
    /// AUTHSUCCESS was fired by a login in which the server has to prove itself too.
    pub(crate) wants_proof: bool,
    pub(crate) faults: Vec<String>,
}

/// What is known of the login on one stream.
#[derive(Debug, Default)]
struct Stream {
    has_id: bool,
    mechanisms: Vec<String>,
    /// Challenges that were not answered.
    challenges: usize,
    /// What the form for XEP-0078 lists.
    form: Vec<String>,
    /// The `id` of the last iq that we sent.
    id: String,
    login: Login,
}

/// What we have sent to log in.
#[derive(Debug, Default, PartialEq, Eq)]
enum Login {
    #[default]
    None,
    /// SASL (RFC 6120 §6), by that mechanism.
    Sasl(String),
    /// `jabber:iq:auth` (XEP-0078).
    IqAuth,
    /// `<handshake/>` (XEP-0114).
    Handshake,
}

impl Witness {
    pub(crate) fn new(crossing: Crossing, other_login: bool) -> Self {
        Self {
            crossing,
            other_login,
            pipe: Security::Open,
            stream: Stream::default(),
            current: None,
            sent: Vec::new(),
            last: String::new(),
            holds: false,
            over: false,
            authenticated: false,
            wants_proof: false,
            faults: Vec::new(),
        }
    }

    /// A fresh attempt.
    pub(crate) fn begin(&mut self) {
        let faults = std::mem::take(&mut self.faults);
        *self = Self { faults, ..Self::new(self.crossing, self.other_login) };
    }

    /// What it has found was found before.
    pub(crate) fn forget(&mut self) {
        self.faults.clear();
        self.wants_proof = false;
    }

    pub(crate) fn pipe(&mut self, security: &Security) {
        self.pipe = security.clone();
    }

    /// Something is told to the dialect.
    pub(crate) fn input(&mut self, input: &Input) {
        self.current = None;
        if self.over {
            self.faults.push("the dialect was told more after it was ready or had failed".into());
        }
        match input {
            Input::StreamOpened(header) => self.header(header),
            Input::Element(element) => self.received(element),
            Input::TlsEstablished(security) => self.pipe(security),
            _ => {}
        }
    }

    pub(crate) fn stepped(&mut self, result: &Result<Step, Failure>) {
        self.over |= !matches!(result, Ok(Step::Continue));
        if self.over {
            // What was kept is delivered or dropped, and what was sent is answered or will never be.
            self.holds = false;
            self.sent.clear();
        }
    }

    /// Our header opens a stream.
    pub(crate) fn opened(&mut self) {
        self.stream = Stream::default();
        self.sent.clear();
        self.last.clear();
    }

    pub(crate) fn held(&mut self) {
        self.holds = true;
    }

    fn header(&mut self, header: &StreamHeader) {
        self.stream.has_id = header.id().is_some_and(|id| !id.is_empty());
    }

    fn received(&mut self, element: &Element) {
        let stream = &mut self.stream;
        if element.is("features", ns::STREAM) {
            let list = element.child("mechanisms", ns::SASL);
            let names = list.into_iter().flat_map(|list| list.children());
            stream.mechanisms = names.map(|name| name.text().into_owned()).collect();
        } else if element.is("challenge", ns::SASL) {
            stream.challenges += 1;
        } else if is_answer(element, &stream.id)
            && let Some(form) = element.child("query", ns::IQ_AUTH)
        {
            stream.form = form.children().map(|field| field.name().to_owned()).collect();
        }
        self.current = Some(element.clone());
    }

    /// The dialect sends it.
    pub(crate) fn sent(&mut self, element: &Element) {
        self.sent.push(element.name().to_owned());
        if !self.other_login {
            self.check_proof(element);
        }
        let again = self.sent.iter().rev().take_while(|name| *name == element.name()).count();
        self.last = match &self.stream.login {
            Login::Sasl(mechanism) if element.namespace() == ns::SASL => {
                // The sizes of SCRAM's hashes are alike.
                let mechanism = mechanism.split("-SHA").next().unwrap_or_default();
                let count = if again > 1 { format!(" {again}") } else { String::new() };
                format!("{}{count} of {mechanism}", element.name())
            }
            _ => element.name().to_owned(),
        };
        if element.name() == "iq" {
            self.stream.id = element.attribute("id").unwrap_or_default().into_owned();
        }
    }

    /// No proof before it is asked for, nor on a pipe that it may not cross.
    fn check_proof(&mut self, element: &Element) {
        let stream = &mut self.stream;
        let asked = match (element.namespace(), element.name()) {
            (ns::SASL, "auth") => {
                let mechanism = element.attribute("mechanism").unwrap_or_default().into_owned();
                let offered = stream.mechanisms.contains(&mechanism);
                stream.login = Login::Sasl(mechanism);
                stream.challenges = 0;
                offered
            }
            (ns::SASL, "response") => {
                let challenged = stream.challenges > 0;
                stream.challenges = 0;
                challenged
            }
            (ns::COMPONENT_ACCEPT | ns::CLIENT, "handshake") => {
                stream.login = Login::Handshake;
                stream.has_id
            }
            _ => {
                let Some(query) = element.child("query", ns::IQ_AUTH) else { return };
                let is_proof = |name: &&str| query.child(name, ns::IQ_AUTH).is_some();
                let mut proofs = ["password", "digest"].into_iter().filter(is_proof).peekable();
                if proofs.peek().is_none() {
                    return;
                }
                stream.login = Login::IqAuth;
                proofs.all(|proof| stream.form.iter().any(|field| field == proof))
            }
        };
        let name = element.name();
        if !asked {
            self.faults.push(format!("<{name}/> was sent, and the server has not asked for it"));
        }
        if !self.crossing.allows_proof(&self.pipe) {
            self.faults.push(format!("<{name}/> was sent on a pipe that is {}", self.pipe));
        }
    }

    /// The dialect fires it.
    pub(crate) fn status(&mut self, kind: Kind) {
        if kind != Status::AuthSuccess.into() {
            return;
        }
        self.authenticated = true;
        if self.other_login {
            return;
        }
        let accepted = match (&self.stream.login, &self.current) {
            (Login::None, _) => false,
            (Login::Sasl(mechanism), Some(element)) => {
                self.wants_proof =
                    mechanism.starts_with("SCRAM-") || matches!(&**mechanism, "DIGEST-MD5");
                element.is("success", ns::SASL)
            }
            // XEP-0078 §3: a success is empty.
            (Login::IqAuth, Some(element)) => {
                is_answer(element, &self.stream.id) && element.children().next().is_none()
            }
            (Login::Handshake, Some(element)) => element.is("handshake", ns::CLIENT),
            (_, None) => false,
        };
        if !accepted {
            self.faults.push("AUTHSUCCESS was fired, and the server has not accepted us".into());
        }
    }
}

/// A `result` to the iq with that `id`.
fn is_answer(element: &Element, id: &str) -> bool {
    element.is("iq", ns::CLIENT)
        && element.attribute("id").is_some_and(|own| own == id)
        && element.attribute("type").is_some_and(|kind| kind == "result")
}
