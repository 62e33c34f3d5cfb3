//! The XMPP client dialect, RFC 6120: STARTTLS, SASL, resource binding, session.
//!
//! [`Config`] is all there is to set up; it implements
//! [`Protocol`](jabber_dialect::Protocol), so that a connection can run it. One attempt goes
//!
//! ```text
//! header, features -> STARTTLS -> header, features -> SASL -> header, features -> bind -> session
//! ```
//!
//! where STARTTLS falls away on a pipe that is encrypted already (direct TLS, XEP-0368) and the
//! session wherever the server does not offer it. TLS is required unless [`TlsPolicy::Off`] says
//! otherwise, and nobody is logged in before the server has proved itself, where the mechanism lets
//! it do so.
//!
//! Every status of TLS, authentication, bind and session is told with an [`Event`], whose
//! [`Detail`] says more; a step that fails does so with an [`Error`], which says who is at fault.
//! STARTTLS and SASL are [`jabber_login`]'s: their details and errors stand in the variants `Login`.
//!
//! # Examples
//! ```
//! use jabber_dialect::Protocol;
//! use jabber_xmpp::{Config, SessionPolicy};
//!
//! let config = Config::new("alice@localhost/desk".parse()?, "wonderland")
//!     .with_session(SessionPolicy::WhenRequired);
//! assert_eq!(config.name(), "xmpp");
//! assert_eq!(config.endpoint().port, 5222);
//! assert!(!format!("{config:?}").contains("wonderland"));
//! # Ok::<(), jabber_jid::JidError>(())
//! ```

mod config;
mod error;
mod state;
mod status;
mod wire;

pub use config::{Config, OnConflict, SessionPolicy};
pub use error::{Error, Incompatibility, Misbehaviour, Misuse, Rejection};
pub use status::{Detail, Event};

pub use jabber_login::TlsPolicy;
