//! Status events of a connection's life: the vocabulary, the event trait, observers and the
//! order in which statuses come.
//!
//! - [`Status`], [`ErrorStatus`], [`Extra`]: what may happen, with stable codes and names; [`Kind`]
//!   is any of them, [`KindSet`] a set of them.
//! - [`StatusEvent`]: one thing that happened. Every layer has its own event types.
//! - [`Observer`], [`Observers`], [`observe`]: who is told. An observer names the kinds it wants and
//!   borrows each event as it happens; for a kind that nobody wants, nothing is done.
//! - [`Lifecycle`]: the order of statuses as code, for any dialect that can say its [`Shape`].
//!
//! It is `no_std` (with `alloc`) and depends on nothing. Optional features: `serde` (the
//! vocabularies by their stable names) and `tracing` (`Tracer`, an observer that writes tracing
//! spans and events).
//!
//! # Examples
//!
//! A connection's life, checked as it goes:
//!
//! ```
//! use jabber_status::{ErrorStatus, Lifecycle, Shape, Status};
//!
//! let component = Shape::new();
//! let mut life = Lifecycle::of(component);
//! for kind in [
//!     Status::Connect,
//!     Status::Connecting,
//!     Status::Connected,
//!     Status::StreamStart,
//!     Status::AuthNegotiate,
//!     Status::AuthSuccess,
//!     Status::InitFinished,
//!     Status::ShutdownStart,
//!     Status::StreamEnd,
//! ] {
//!     life.check(kind)?;
//! }
//! life.check(ErrorStatus::SocketDisconnect)?;
//! life.check(Status::ShutdownFinish)?;
//! life.finish()?;
//! # Ok::<(), jabber_status::Violation>(())
//! ```
//!
//! # Not only Jabber
//!
//! The vocabulary is a type parameter, and Jabber's is but the default. Here a modem tells what it
//! does, to observers who pay only for what they want:
//!
//! ```
//! use std::any::Any;
//! use std::fmt;
//! use std::sync::mpsc;
//!
//! use jabber_status::{KindSet, Observers, StatusEvent, Vocabulary, observe};
//!
//! #[derive(Clone, Copy, Debug, PartialEq, Eq)]
//! enum Modem { Ring, Carrier, Lost }
//!
//! #[derive(Clone, Copy, Debug, PartialEq, Eq)]
//! enum Hook { On, Off }
//!
//! impl Vocabulary for Modem {
//!     type Phase = Hook;
//!     fn bit(self) -> u32 { self as u32 }
//!     fn code(self) -> u16 { [2, 1, 3][self as usize] } // the Hayes result codes
//!     fn name(self) -> &'static str { ["RING", "CONNECT", "NO CARRIER"][self as usize] }
//! }
//! # impl fmt::Display for Modem {
//! #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.name()) }
//! # }
//! # impl fmt::Display for Hook {
//! #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{self:?} hook") }
//! # }
//!
//! #[derive(Clone, Debug)]
//! struct Call { kind: Modem, hook: Hook, number: u32, speed: Option<String> }
//!
//! impl StatusEvent<Modem> for Call {
//!     fn kind(&self) -> Modem { self.kind }
//!     fn phase(&self) -> Hook { self.hook }
//!     fn attempt(&self) -> u32 { self.number }
//!     fn dialect(&self) -> &'static str { "V.34" }
//!     fn detail(&self) -> Option<&dyn fmt::Display> {
//!         self.speed.as_ref().map(|speed| speed as &dyn fmt::Display)
//!     }
//!     fn as_any(&self) -> &dyn Any { self }
//!     fn to_boxed(&self) -> Box<dyn StatusEvent<Modem>> { Box::new(self.clone()) }
//! }
//!
//! let (log, lines) = mpsc::channel();
//! let mut observers = Observers::<Modem>::new();
//! let wanted = KindSet::of(&[Modem::Carrier, Modem::Lost]);
//! observers.subscribe(Box::new(observe(wanted, move |event: &dyn StatusEvent<Modem>| {
//!     let detail = event.detail().map(|detail| format!(" {detail}")).unwrap_or_default();
//!     log.send(format!("{}{detail}", event.kind())).ok();
//! })));
//!
//! // Nobody wants RING, so the event need not even be made.
//! assert!(!observers.wants(Modem::Ring));
//! let speed = Some("28800".to_owned());
//! observers.notify(&Call { kind: Modem::Carrier, hook: Hook::Off, number: 1, speed });
//! observers.notify(&Call { kind: Modem::Ring, hook: Hook::On, number: 2, speed: None });
//! observers.notify(&Call { kind: Modem::Lost, hook: Hook::On, number: 1, speed: None });
//! drop(observers);
//! assert_eq!(lines.iter().collect::<Vec<_>>(), ["CONNECT 28800", "NO CARRIER"]);
//! ```
#![no_std]

extern crate alloc;

mod error_status;
mod event;
mod extra;
mod kind;
mod kind_set;
pub mod lifecycle;
mod observer;
mod observers;
mod phase;
#[cfg(feature = "serde")]
mod serialize;
mod shape;
#[cfg(feature = "tracing")]
mod spans;
mod stamp;
mod status;
mod table;
#[cfg(feature = "tracing")]
mod tracer;
mod unknown_name;
mod vocabulary;

pub use error_status::ErrorStatus;
pub use event::{StatusEvent, debug_len};
pub use extra::Extra;
pub use kind::Kind;
pub use kind_set::KindSet;
pub use lifecycle::{Lifecycle, Violation};
pub use observer::{Observer, observe};
pub use observers::{Observers, Subscription};
pub use phase::Phase;
pub use shape::Shape;
pub use stamp::Stamp;
pub use status::Status;
#[cfg(feature = "tracing")]
pub use tracer::Tracer;
pub use unknown_name::UnknownName;
pub use vocabulary::Vocabulary;

/// The examples of the page about statuses.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/statuses.md")]
mod page {}
