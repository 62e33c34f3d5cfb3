//! A dialect that misbehaves as asked.

use std::{
    any::Any,
    sync::atomic::{AtomicUsize, Ordering},
};

use jabber_dialect::{Actions, Dialect, Endpoint, Failure, Input, Memory, Protocol, Step};
use jabber_security::Security;
use jabber_status::{Kind, Phase, Shape, Stamp, Status, StatusEvent};
use jabber_xml::{Element, StreamHeader, ns};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    /// It fires what may not come.
    Order,
    /// It tells another attempt.
    Attempt,
    /// It panics.
    Panic,
    /// It behaves otherwise when it is played again.
    Memory,
    /// It does so in the attempt with that number alone, counted from 0.
    Late(usize),
}

#[derive(Debug)]
pub(crate) struct Liar {
    lie: Lie,
    attempts: AtomicUsize,
}

impl Liar {
    pub(crate) fn new(lie: Lie) -> Self {
        Self { lie, attempts: AtomicUsize::new(0) }
    }
}

impl Protocol for Liar {
    fn name(&self) -> &'static str {
        "liar"
    }
    fn shape(&self) -> Shape {
        Shape::new().with_tls().with_restart().with_bind()
    }
    fn endpoint(&self) -> Endpoint {
        Endpoint::new("localhost".parse().unwrap(), 5222)
    }
    fn begin(&self, _: Option<Memory>) -> Box<dyn Dialect> {
        Box::new(Attempt(self.lie, self.attempts.fetch_add(1, Ordering::Relaxed)))
    }
}

#[derive(Debug)]
struct Attempt(Lie, usize);

impl Dialect for Attempt {
    fn start(&mut self, _: &Security, actions: &mut dyn Actions) -> Result<Step, Failure> {
        actions.open_stream(StreamHeader::new(ns::CLIENT).with_version("1.0"));
        Ok(Step::Continue)
    }

    fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure> {
        if !matches!(input, Input::Element(_)) {
            return Ok(Step::Continue);
        }
        let mut stamp = actions.stamp();
        match self.0 {
            Lie::Order => actions.status(&Said(stamp, Status::BindSuccess)),
            Lie::Attempt => {
                stamp.attempt += 1;
                actions.status(&Said(stamp, Status::AuthNegotiate));
            }
            Lie::Panic => panic!("it fell over"),
            Lie::Memory | Lie::Late(_) => {
                let lies = if let Lie::Late(at) = self.0 { self.1 == at } else { self.1 > 0 };
                if lies {
                    actions.send(Element::builder("again", "urn:liar").build().unwrap());
                }
            }
        }
        Ok(Step::Continue)
    }

    fn awaiting(&self) -> &'static str {
        "a victim"
    }
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
