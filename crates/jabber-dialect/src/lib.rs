//! The contract that a protocol dialect fulfils.
//!
//! A dialect is the part of a connection that differs between XMPP clients, components, the legacy
//! protocol and the jabberd 2.0 router: how a stream is opened, secured, authenticated and bound,
//! and how stanzas are wrapped afterwards. It is pure: it gets [`Input`]s and answers with
//! [`Actions`] and a [`Step`]. It knows no socket, clock, task or random number generator, and no
//! other dialect. Below the facade there is no list of dialects; a third party adds one by
//! implementing two traits:
//!
//! - [`Protocol`], the configuration: names the dialect, says its [`Shape`](jabber_status::Shape)
//!   and where it is served, and makes a fresh [`Dialect`] for every attempt.
//! - [`Dialect`], one attempt: negotiates until [`Step::Ready`], then stays as the session's codec
//!   ([`Dialect::inbound`], [`Dialect::outbound`]).
//!
//! When a step fails the dialect returns a [`Failure`], which says which
//! [`ErrorStatus`](jabber_status::ErrorStatus) it is, and keeps the dialect's own typed error.
//!
//! # Examples
//! A whole dialect, for a server that lets everybody in who opens a stream:
//! ```
//! use jabber_dialect::{Actions, Dialect, Endpoint, Failure, Identity, Input, Memory, Protocol, Step};
//! use jabber_jid::Jid;
//! use jabber_security::Security;
//! use jabber_status::{Shape, StatusEvent, Stamp, Status, Kind, Phase};
//! use jabber_xml::{StreamHeader, ns};
//!
//! #[derive(Debug)]
//! struct Open { jid: Jid }
//!
//! impl Protocol for Open {
//!     fn name(&self) -> &'static str { "open" }
//!     fn shape(&self) -> Shape { Shape::new() }
//!     fn endpoint(&self) -> Endpoint { Endpoint::new(self.jid.to_domain(), 5222) }
//!     fn begin(&self, _: Option<Memory>) -> Box<dyn Dialect> { Box::new(Attempt { jid: self.jid.clone() }) }
//! }
//!
//! #[derive(Debug)]
//! struct Attempt { jid: Jid }
//!
//! impl Dialect for Attempt {
//!     fn start(&mut self, _: &Security, actions: &mut dyn Actions) -> Result<Step, Failure> {
//!         actions.open_stream(StreamHeader::new(ns::CLIENT).with_to(self.jid.domain()));
//!         Ok(Step::Continue)
//!     }
//!     fn handle(&mut self, input: Input, actions: &mut dyn Actions) -> Result<Step, Failure> {
//!         match input {
//!             Input::StreamOpened(_) => {
//!                 actions.status(&Said(actions.stamp(), Status::AuthNegotiate));
//!                 actions.status(&Said(actions.stamp(), Status::AuthSuccess));
//!                 Ok(Step::Ready(Identity::new(self.jid.clone())))
//!             }
//!             _ => Ok(Step::Continue),
//!         }
//!     }
//!     fn awaiting(&self) -> &'static str { "the stream header" }
//! }
//!
//! #[derive(Clone, Debug)]
//! struct Said(Stamp, Status);
//! impl StatusEvent for Said {
//!     fn kind(&self) -> Kind { self.1.into() }
//!     fn phase(&self) -> Phase { self.0.phase }
//!     fn attempt(&self) -> u32 { self.0.attempt }
//!     fn dialect(&self) -> &'static str { self.0.dialect }
//!     fn as_any(&self) -> &dyn std::any::Any { self }
//!     fn to_boxed(&self) -> Box<dyn StatusEvent> { Box::new(self.clone()) }
//! }
//! ```

mod actions;
mod codec;
mod credentials;
mod dialect;
mod failure;
mod id;
mod identity;
mod protocol;
mod redaction;
mod stanza_error;

pub use actions::Actions;
pub use codec::{Delivery, Inbound};
pub use dialect::{Dialect, Input, Memory, Step};
pub use failure::{Failure, Retry};
pub use id::fresh_id;
pub use identity::Identity;
pub use protocol::{Endpoint, Protocol, TlsName};
pub use redaction::{Redacted, Redaction};
pub use stanza_error::{StanzaCondition, StanzaError, StanzaErrorType};
