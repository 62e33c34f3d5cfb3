//! A small dialect with a fault as asked for: header, features, PLAIN, ready.

use std::{any::Any, fmt};

use jabber_dialect::{
    Actions, Dialect, Endpoint, Failure, Identity, Input, Memory, Protocol, Retry, Step,
};
use jabber_security::Security;
use jabber_status::{ErrorStatus, Kind, Phase, Shape, Stamp, Status, StatusEvent};
use jabber_xml::{Element, StreamHeader, ns};

pub(crate) const PASSWORD: &str = "wonderland";
/// PLAIN's message with it.
const PLAIN: &str = "AGFsaWNlAHdvbmRlcmxhbmQ=";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    Panics,
    /// AUTHSUCCESS comes without AUTHNEGOTIATE.
    BreaksTheOrder,
    /// Its login comes with the header.
    LogsInUnasked,
    TakesMessageForSuccess,
    /// In its `Debug`.
    ShowsThePassword,
    /// In an error.
    TellsThePassword,
    /// The second message is too many, and its `Debug` does not tell that there was one.
    CountsSecretly,
    CountsWithoutEnd,
    IsNeverReady,
}

#[derive(Debug)]
pub(crate) struct Clumsy(Fault);

impl Clumsy {
    pub(crate) fn new(fault: Fault) -> Self {
        Self(fault)
    }
}

impl Protocol for Clumsy {
    fn name(&self) -> &'static str {
        "clumsy"
    }
    fn shape(&self) -> Shape {
        Shape::new()
    }
    fn endpoint(&self) -> Endpoint {
        Endpoint::new("localhost".parse().unwrap(), 5222)
    }
    fn begin(&self, _: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Attempt { fault: self.0, awaiting: "the connection", messages: 0 })
    }
}

struct Attempt {
    fault: Fault,
    awaiting: &'static str,
    messages: usize,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.awaiting)?;
        match self.fault {
            Fault::CountsWithoutEnd => write!(f, " {}", self.messages),
            Fault::ShowsThePassword => f.write_str(PASSWORD),
            _ => Ok(()),
        }
    }
}

impl Attempt {
    fn log_in(&mut self, actions: &mut dyn Actions) {
        let stamp = actions.stamp();
        if self.fault != Fault::BreaksTheOrder {
            actions.status(&Said(stamp, Status::AuthNegotiate));
        }
        let auth = Element::builder("auth", ns::SASL).attribute("mechanism", "PLAIN");
        actions.send(auth.text(PLAIN).build().unwrap());
        self.awaiting = "the outcome";
    }

    fn element(&mut self, element: &Element, actions: &mut dyn Actions) -> Result<Step, Failure> {
        let is_message = element.name() == "message";
        self.messages += usize::from(is_message);
        let accepts = element.is("success", ns::SASL)
            || (is_message && self.fault == Fault::TakesMessageForSuccess);
        match self.awaiting {
            "the features" if element.is("features", ns::STREAM) => {
                if self.fault == Fault::Panics {
                    panic!("it fell over");
                }
                self.log_in(actions);
            }
            "the outcome" if self.fault == Fault::CountsSecretly && self.messages > 1 => {
                return Err(fails("too many messages"));
            }
            "the outcome" if accepts && self.fault != Fault::IsNeverReady => {
                let stamp = actions.stamp();
                actions.status(&Said(stamp, Status::AuthSuccess));
                return Ok(Step::Ready(Identity::new("alice@localhost/x".parse().unwrap())));
            }
            "the outcome" if element.is("failure", ns::SASL) => {
                let tells = self.fault == Fault::TellsThePassword;
                return Err(fails(if tells { PASSWORD } else { "refused" }));
            }
            _ => {}
        }
        Ok(Step::Continue)
    }
}

impl Dialect for Attempt {
    fn start(&mut self, _: &Security, actions: &mut dyn Actions) -> Result<Step, Failure> {
        actions.open_stream(StreamHeader::new(ns::CLIENT));
        self.awaiting = "the stream header";
        Ok(Step::Continue)
    }

    fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure> {
        match input {
            Input::StreamOpened(_) if self.fault == Fault::LogsInUnasked => self.log_in(actions),
            Input::StreamOpened(_) => self.awaiting = "the features",
            Input::Element(element) => return self.element(&element, actions),
            _ => {}
        }
        Ok(Step::Continue)
    }

    fn awaiting(&self) -> &'static str {
        self.awaiting
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(&'static str);

fn fails(why: &'static str) -> Failure {
    Failure::new(ErrorStatus::AuthFail, Refused(why), Retry::Never)
}

#[derive(Clone, Debug)]
struct Said(Stamp, Status);

impl StatusEvent for Said {
    fn kind(&self) -> Kind {
        self.1.into()
    }
    fn phase(&self) -> Phase {
        self.0.phase
    }
    fn attempt(&self) -> u32 {
        self.0.attempt
    }
    fn dialect(&self) -> &'static str {
        self.0.dialect
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn to_boxed(&self) -> Box<dyn StatusEvent> {
        Box::new(self.clone())
    }
}
