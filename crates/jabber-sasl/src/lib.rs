//! SASL mechanisms for Jabber: their choice and policy, channel binding.

mod authenticated;
mod binding;
mod choose;
mod credentials;
mod error;
mod exchange;
mod failure;
mod mechanism;
mod mechanisms;
mod offer;
mod policy;
mod prepare;
mod scram;
#[cfg(feature = "server")]
pub mod server;
mod text;

pub use authenticated::Authenticated;
pub use binding::BindingType;
pub use choose::{Cause, Choice, ChooseError, PassedOver, Reason, choose};
pub use credentials::Credentials;
pub use error::SaslError;
pub use exchange::{Exchange, MAX_CHALLENGE, Message, Reply};
pub use failure::FailureCondition;
pub use mechanism::{Mechanism, UnknownMechanism};
pub use offer::{Offer, Service};
pub use policy::Policy;

/// The fewest PBKDF2 iterations that a server may ask for (RFC 7677 §4).
pub const MIN_ITERATIONS: u32 = 4096;

/// The most PBKDF2 iterations that are computed for a server: about a second on a slow machine.
pub const MAX_ITERATIONS: u32 = 2_000_000;
