//! The component dialect `jabber:component:accept`, XEP-0114.
//!
//! A component serves a domain of its own and is connected to a server, which passes on to it what
//! is sent to that domain. Both know a secret; the component proves it once, by a digest over the
//! stream's id, and is ready.
//!
//! ```text
//! header -> handshake -> ready
//! ```
//!
//! What the server brings back because nobody takes it (jabberd2 does so) ends the request that it
//! belongs to as an error answer.
//!
//! TLS is no part of the protocol: where the pipe begins with it, it is part of connecting.
//! The handshake is told with an [`Event`], whose [`Detail`] says more; a failure carries an
//! [`Error`], which says who is at fault.
//!
//! # Examples
//! ```
//! use jabber_component::Config;
//! use jabber_dialect::Protocol;
//!
//! let config = Config::new("echo.localhost".parse()?, "sesame");
//! assert_eq!(config.name(), "component");
//! assert_eq!(config.endpoint().port, 5347);
//! assert!(!format!("{config:?}").contains("sesame"));
//! # Ok::<(), jabber_jid::JidError>(())
//! ```

mod config;
mod error;
mod state;
mod status;
mod wire;

pub use config::Config;
pub use error::{Error, Misbehaviour, Misuse, Rejection};
pub use status::{Detail, Event};
