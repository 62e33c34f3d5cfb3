//! SASL mechanisms for Jabber: their choice and policy, channel binding.
//!
//! The client's side of `PLAIN`, `ANONYMOUS`, `EXTERNAL`, `DIGEST-MD5` and `SCRAM` with SHA-1,
//! SHA-256 and SHA-512, each also as `-PLUS` with `tls-exporter` and `tls-server-end-point`. No
//! input, no output, no clock: messages go in and out as bytes, already decoded from base64.
//!
//! - [`choose`] takes a [`Policy`], what the server offers ([`Offer`]), the [`Credentials`] and
//!   how the connection is protected, and gives a [`Choice`]: the strongest mechanism that is safe
//!   here, and for people the [`Reason`].
//! - [`Exchange`] is one login. It ends with an [`Authenticated`], which exists only after the
//!   server's proof was verified, in the mechanisms that have one.
//! - [`LoginRefused`] is what a server says when it refuses, with a [`FailureCondition`].
//! - `server` (a feature): the other side of SCRAM, PLAIN and DIGEST-MD5, for embedded servers and
//!   tests.
//!
//! # Examples
//! ```
//! use jabber_sasl::{Credentials, Offer, Policy, Reply, Service, choose};
//! use jabber_security::{Entropy, Security};
//!
//! # fn login(entropy: &mut dyn Entropy, security: &Security, challenge: &[u8], success: &[u8])
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let offer = Offer::new(["SCRAM-SHA-256", "PLAIN"]); // <mechanisms/>
//! let alice = Credentials::new("alice", "wonderland".into());
//! let service = Service::new("wonderland.example");
//!
//! let choice = choose(&Policy::default(), &offer, &alice, security, &service)?;
//! let mut exchange = choice.exchange;
//! let initial = exchange.initial(entropy)?; // goes into <auth/>
//! let response = match exchange.challenge(challenge, entropy)? {
//!     Reply::Respond(response) => response,
//!     Reply::Derive(job) => exchange.derived(job.run())?, // PBKDF2: off the async threads
//!     other => unreachable!("{other:?}"),
//! };
//! // ... the response goes out, <success/> comes in ...
//! let authenticated = exchange.success(Some(success))?;
//! assert!(authenticated.is_mutual());
//! # Ok(())
//! # }
//! ```
//!
//! # Against attackers
//! - A server that does not know the password gets no further than its proof
//!   ([`SaslError::MissingServerProof`], [`SaslError::WrongServerProof`]), whatever it announces.
//! - Nothing weaker is tried after a failure; the gs2 flag tells the server what we saw of its
//!   offer (RFC 5802 §6), and a server that hashes its offer is checked (XEP-0474).
//! - Between [`MIN_ITERATIONS`] and [`MAX_ITERATIONS`] PBKDF2 is computed, as a job of the caller's;
//!   outside of these bounds the login is broken off before a proof is sent.
//! - Where a server offers `-PLUS` without saying which types it accepts (XEP-0440), the same
//!   mechanism without `-PLUS` is chosen, because such servers mostly know nothing but
//!   `tls-unique`, which no current TLS has. [`Policy::only`] with `-PLUS` mechanisms insists on
//!   `tls-exporter`, RFC 9266's default.
//!
//! # Secrets
//! Passwords, keys and messages are zeroised when dropped, and no `Debug`, `Display` or error shows
//! them. What remains: the intermediate state of the hash functions, and inside `stringprep` the
//! copies of a password that is not ASCII.
//!
//! # What comes from the `sasl` crate, and what does not
//! Its hash providers (`ScramProvider`) and its ANONYMOUS are used. Not its SCRAM, which computes
//! PBKDF2 in place, does not check the server's nonce, and has a closed set of channel bindings;
//! nor its PLAIN, which keeps the password in strings that are not zeroised. Its `Mechanism` trait
//! has no place for a derivation that leaves and comes back, so the states here have a trait of
//! their own.

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
mod refused;
mod scram;
#[cfg(feature = "server")]
pub mod server;

pub use authenticated::Authenticated;
pub use binding::{BindingFlag, BindingType};
pub use choose::{Cause, Choice, ChooseError, PassedOver, Reason, choose};
pub use credentials::Credentials;
pub use error::SaslError;
pub use exchange::{Exchange, MAX_CHALLENGE, Message, Reply};
pub use failure::FailureCondition;
pub use mechanism::{Mechanism, UnknownMechanism};
pub use offer::{Offer, Service};
pub use policy::Policy;
pub use refused::LoginRefused;

/// The fewest PBKDF2 iterations that a server may ask for (RFC 7677 §4).
pub const MIN_ITERATIONS: u32 = 4096;

/// The most PBKDF2 iterations that are computed for a server (RFC 5802 §9): beyond, it only keeps us
/// busy.
pub const MAX_ITERATIONS: u32 = 2_000_000;

/// The most characters of a server's text that are shown.
const SHOWN: usize = 64;
