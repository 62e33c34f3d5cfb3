//! A dialect that is watched while it negotiates.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jabber_dialect::{
    Actions, Dialect, Endpoint, Failure, Inbound, Input, Memory, Protocol, Redaction, Step,
};
use jabber_security::{Entropy, KeyDerivation, Security};
use jabber_status::{Shape, Stamp, StatusEvent};
use jabber_xml::{Element, StreamHeader, XmlError};

use super::{Case, witness::Witness};

/// What is known of the attempt under way.
#[derive(Debug)]
pub(crate) struct Seen {
    dialect: Option<Box<dyn Dialect>>,
    pub(crate) witness: Witness,
}

impl Seen {
    /// There is none before CONNECTED.
    pub(crate) const fn has_dialect(&self) -> bool {
        self.dialect.is_some()
    }

    /// All that the dialect knows.
    pub(crate) fn debug(&self) -> String {
        self.dialect.as_ref().map_or_else(String::new, |dialect| format!("{dialect:?}"))
    }

    pub(crate) fn awaiting(&self) -> &'static str {
        self.dialect.as_ref().map_or("nothing", |dialect| dialect.awaiting())
    }
}

/// A dialect that does what the one within does, and is watched.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    inner: Arc<dyn Protocol>,
    seen: Arc<Mutex<Seen>>,
}

impl Watched {
    pub(crate) fn new(case: &Case) -> Self {
        let seen = Seen { dialect: None, witness: Witness::new(case.crossing, case.other_login) };
        Self { inner: Arc::clone(&case.protocol), seen: Arc::new(Mutex::new(seen)) }
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        // A dialect that panics is found out elsewhere.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the dialect take a step.
    fn step(
        &self,
        actions: &mut dyn Actions,
        note: impl FnOnce(&mut Witness),
        step: impl FnOnce(&mut dyn Dialect, &mut dyn Actions) -> Result<Step, Failure>,
    ) -> Result<Step, Failure> {
        let mut seen = self.seen();
        let Seen { dialect, witness } = &mut *seen;
        let Some(dialect) = dialect else { return Ok(Step::Continue) };
        note(witness);
        let result = step(&mut **dialect, &mut Watching { actions, witness });
        witness.stepped(&result);
        result
    }
}

impl Protocol for Watched {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn shape(&self) -> Shape {
        self.inner.shape()
    }
    fn endpoint(&self) -> Endpoint {
        self.inner.endpoint()
    }
    fn begin(&self, memory: Option<Memory>) -> Box<dyn Dialect> {
        let mut seen = self.seen();
        seen.dialect = Some(self.inner.begin(memory));
        seen.witness.begin();
        drop(seen);
        Box::new(Attempt(self.clone()))
    }
}

#[derive(Debug)]
struct Attempt(Watched);

impl Attempt {
    /// The dialect's answer; `otherwise` where it has panicked before.
    fn ask<T>(&self, otherwise: T, ask: impl FnOnce(&mut dyn Dialect) -> T) -> T {
        match &mut self.0.seen().dialect {
            Some(dialect) => ask(&mut **dialect),
            None => otherwise,
        }
    }
}

impl Dialect for Attempt {
    fn start(&mut self, security: &Security, actions: &mut dyn Actions) -> Result<Step, Failure> {
        let note = |witness: &mut Witness| witness.pipe(security);
        self.0.step(actions, note, |dialect, actions| dialect.start(security, actions))
    }

    fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure> {
        let noted = input.clone();
        let note = |witness: &mut Witness| witness.input(&noted);
        self.0.step(actions, note, |dialect, actions| dialect.handle(input, actions))
    }

    fn awaiting(&self) -> &'static str {
        self.0.seen().awaiting()
    }

    fn redaction(&self, element: &Element) -> Redaction {
        self.ask(Redaction::Content, |dialect| dialect.redaction(element))
    }

    fn is_transparent(&self) -> bool {
        self.ask(true, |dialect| dialect.is_transparent())
    }

    fn inbound(&mut self, element: Element, actions: &mut dyn Actions) -> Result<Inbound, Failure> {
        self.ask(Ok(Inbound::Control), |dialect| dialect.inbound(element, actions))
    }

    fn outbound(
        &mut self,
        stanza: Element,
        actions: &mut dyn Actions,
    ) -> Result<Element, XmlError> {
        self.ask(Ok(stanza.clone()), |dialect| dialect.outbound(stanza, actions))
    }

    fn is_request(&self, element: &Element) -> bool {
        self.ask(false, |dialect| dialect.is_request(element))
    }

    fn memory(self: Box<Self>) -> Option<Memory> {
        let dialect = self.0.seen().dialect.take();
        dialect.and_then(|dialect| dialect.memory())
    }
}

/// Passes on what a dialect has done, and notes it.
struct Watching<'a> {
    actions: &'a mut dyn Actions,
    witness: &'a mut Witness,
}

impl Actions for Watching<'_> {
    fn stamp(&self) -> Stamp {
        self.actions.stamp()
    }
    fn status(&mut self, event: &dyn StatusEvent) {
        self.witness.status(event.kind());
        self.actions.status(event);
    }
    fn open_stream(&mut self, header: StreamHeader) {
        self.witness.opened();
        self.actions.open_stream(header);
    }
    fn send(&mut self, element: Element) {
        self.witness.sent(&element);
        self.actions.send(element);
    }
    fn start_tls(&mut self) {
        self.actions.start_tls();
    }
    fn derive(&mut self, job: KeyDerivation) {
        self.actions.derive(job);
    }
    fn hold(&mut self, stanza: Element) {
        self.witness.held();
        self.actions.hold(stanza);
    }
    fn entropy(&mut self) -> &mut dyn Entropy {
        self.actions.entropy()
    }
}
