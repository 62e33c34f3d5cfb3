//! The legacy client dialect: authentication before SASL, `jabber:iq:auth`, XEP-0078.
//!
//! For servers that know nothing newer, and for accounts that are left there. The client asks what
//! a login consists of (the form), then logs in by a digest over the stream's id and the password,
//! or with the password itself. There is no bind: the resource is part of the login.
//!
//! ```text
//! header -> form -> login -> ready
//! ```
//!
//! - The form is always asked for, and nothing is sent that it does not list: some servers take a
//!   digest that they do not offer for something else.
//! - A digest is preferred. The password itself crosses only a pipe that protects it, unless
//!   [`Config::dangerous_allow_plaintext`] permits more. What is passed over, and why, is in
//!   [`NoMethod`] where nothing is left.
//! - Nothing but an empty `result` is a success. A form that comes again is a refusal.
//! - TLS is no part of the protocol: where the pipe begins with it, it is part of connecting.
//!
//! The login is told with an [`Event`], whose [`Detail`] says more; a failure carries an [`Error`],
//! which says who is at fault.
//!
//! # Examples
//! ```
//! use jabber_dialect::Protocol;
//! use jabber_legacy::{Config, Misuse};
//!
//! let config = Config::new("alice@localhost/desk".parse()?, "wonderland")?;
//! assert_eq!(config.name(), "legacy");
//! assert_eq!(config.endpoint().port, 5222);
//! assert!(!format!("{config:?}").contains("wonderland"));
//!
//! let bare = Config::new("alice@localhost".parse()?, "wonderland");
//! assert!(matches!(bare, Err(Misuse::NoResource)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod config;
mod error;
mod state;
mod status;
mod wire;

pub use config::{Config, LoginPolicy, Method};
pub use error::{Error, Incompatibility, Misbehaviour, Misuse, NoMethod, PassedOver, Rejection};
pub use status::{Detail, Event};
