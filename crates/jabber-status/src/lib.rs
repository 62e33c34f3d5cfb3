//! Status events of a connection's life: the vocabulary, the event trait, observers and the lifecycle grammar
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
mod shape;
mod stamp;
mod status;
mod table;
mod unknown_name;
mod vocabulary;

pub use error_status::ErrorStatus;
pub use event::StatusEvent;
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
pub use unknown_name::UnknownName;
pub use vocabulary::Vocabulary;
