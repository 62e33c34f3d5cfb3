//! STARTTLS and SASL on a stream (RFC 6120 §5, §6): the steps that several dialects share.
//!
//! [`Login`] goes from the pipe to the header of the stream after the login:
//!
//! ```text
//! header, features -> STARTTLS -> header, features -> SASL -> header ...
//! ```
//!
//! where STARTTLS falls away on a pipe that is encrypted already (direct TLS, XEP-0368) or where the
//! [`TlsPolicy`] does without. What is left to each dialect are its [`Terms`]: who logs in, by which
//! stream header, under which rules, and how the [`Peer`] is called in texts for people. A dialect
//! embeds the [`Detail`] of these steps in its own events, and their [`Error`] in its own errors.
//!
//! For the steps after the login there are [`check_version`], [`is_negotiation`] and [`unexpected`].
//!
//! # Examples
//! A dialect whose negotiation is the login and nothing else:
//! ```
//! use jabber_dialect::{Actions, Failure, Identity, Input, Step};
//! use jabber_login::{Error, Failed, Login, Progress, Terms};
//! use jabber_security::Security;
//!
//! #[derive(Debug)]
//! enum State {
//!     AwaitPipe,
//!     Login(Login),
//!     AwaitHeader,
//! }
//!
//! # fn start(security: &Security, terms: &dyn Terms, actions: &mut dyn Actions)
//! # -> Result<State, Failure> {
//! let login = Login::start(security, terms, actions).map_err(Failed::into_failure::<Error>)?;
//! # Ok(State::Login(login)) }
//!
//! fn on(
//!     state: State,
//!     input: Input,
//!     terms: &dyn Terms,
//!     actions: &mut dyn Actions,
//! ) -> Result<State, Failure> {
//!     let State::Login(login) = state else { return Ok(state) };
//!     Ok(match login.handle(input, terms, actions).map_err(Failed::into_failure::<Error>)? {
//!         Progress::Await(login) => State::Login(login),
//!         // We have opened the stream that follows; now the dialect goes on.
//!         Progress::Authenticated(_) => State::AwaitHeader,
//!     })
//! }
//! ```
//!
//! Neither the way on nor AUTHSUCCESS is to be had without an
//! [`Authenticated`](jabber_sasl::Authenticated), which only a verified login makes:
//!
//! ```compile_fail,E0308
//! # use jabber_login::Progress;
//! let _ = Progress::Authenticated(jabber_sasl::Mechanism::ScramSha256);
//! ```
//!
//! ```compile_fail,E0308
//! # use jabber_login::Detail;
//! let _ = Detail::Authenticated(jabber_sasl::Mechanism::ScramSha256);
//! ```

mod error;
mod failed;
mod floor;
mod peer;
mod state;
mod status;
mod terms;
mod wire;

pub use error::{Error, Incompatibility, Misbehaviour, Misuse, Rejection, retry_after};
pub use failed::Failed;
pub use floor::Floor;
pub use peer::Peer;
pub use state::{Login, Progress, check_version, is_negotiation, unexpected};
pub use status::{Detail, TlsStart};
pub use terms::{Terms, TlsPolicy};

/// What every dialect waits for at the start of a stream, for people.
pub const AWAITING_HEADER: &str = "the stream header";
