//! The component dialect of jabberd 2's router: STARTTLS, SASL, domain bind, routes.
//!
//! jabberd 2 is several processes on a bus, the router. A component joins it as they do: it logs in
//! as one of the router's users, binds one name or several, and from then on every stanza travels
//! in a `<route/>` from a name on the bus to another. The protocol is documented by its
//! implementation alone; what is written here was seen on jabberd2 2.7.
//!
//! ```text
//! header, features -> STARTTLS -> header, features -> SASL -> header, features -> bind, bind, …
//! ```
//!
//! # A component like any other
//! What a program sends is put into a route: to the domain of the stanza's `to`, from the bound name
//! that its `from` is at (or the first that was bound). What comes in a route is taken out, and the
//! route stands beside it, as the delivery's envelope: [`Route::of`] reads it.
//! A stanza that the router brings back ends the request that it belongs to as an error answer.
//!
//! # Working with routes
//! Whatever is in the router's namespace is sent as it is: routes made with [`Route::wrap`],
//! broadcasts, `<bind/>`, `<unbind/>` and `<throttle/>`. The last three can be sent as requests; the
//! router's answer to them, its [`BindError`] included, is the request's.
//!
//! Delivered as they are, in the router's namespace, so that nothing takes them for stanzas to us:
//! - `<presence from='NAME'/>`: a name has come or, with type `unavailable`, has gone. The router
//!   says so once for each name that we have bound; it is delivered once.
//! - Routes of type `log`, copies of what others send each other, which come to those who bind
//!   [`with log`](Config::with_log). They are not unwrapped: an answer among them is not to us.
//!   [`Route::content`] is the stanza in them.
//! - Routes that hold no element, or several.
//!
//! Every status of TLS, authentication and bind is told with an [`Event`], whose [`Detail`] says more;
//! a step that fails does so with an [`Error`], which says who is at fault. STARTTLS and SASL are
//! [`jabber_login`]'s: their details and errors stand in the variants `Login`.
//!
//! # Examples
//! ```
//! use jabber_dialect::Protocol;
//! use jabber_jabberd20_component::Config;
//!
//! let config = Config::new("echo.localhost".parse()?, "sesame")
//!     .with_username("jabberd")
//!     .with_name("chat.localhost".parse()?);
//! assert_eq!(config.name(), "jabberd20-component");
//! assert_eq!(config.endpoint().port, 5347);
//! assert!(!format!("{config:?}").contains("sesame"));
//! # Ok::<(), jabber_jid::JidError>(())
//! ```

mod config;
mod error;
mod route;
mod state;
mod status;
mod wire;

pub use config::Config;
pub use error::{BindError, Error, Incompatibility, Misbehaviour, Misuse, Rejection};
pub use route::{Route, RouteType};
pub use status::{Detail, Event};

pub use jabber_login::TlsPolicy;
