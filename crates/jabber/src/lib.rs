//! A connection broker for Jabber/XMPP: it connects, secures, authenticates, binds, keeps the
//! connection and tears it down, and says what it is doing at every step.
//!
//! A [`Session`] is one connection. Whoever polls it drives it, without a task or a channel in
//! between: it is a [`Stream`](futures_core::Stream) of [`Event`]s. Or it is
//! [spawned](Session::spawn), and [`Client`] handles drive it from any number of tasks.
//!
//! # Examples
//! ```no_run
//! use futures_util::StreamExt;
//! use jabber::{Event, Session, xmpp};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let config = xmpp::Config::new("alice@example.org".parse()?, "her password");
//!     let mut session = Session::builder(config).build();
//!     session.connect()?;
//!     while let Some(event) = session.next().await {
//!         match event {
//!             Event::Status(status) => println!("{}", status.kind()),
//!             Event::Stanza(delivery) => println!("{}", delivery.stanza),
//!             _ => {}
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A bot whose handlers stand in a table: `filter::Filters` say which of them a stanza is for.
//! ```no_run
//! use futures_util::StreamExt;
//! use jabber::filter::{Filter, Filters, Match, XPath};
//! use jabber::{Builder, Element, Event, Session, XmlError, component, ns};
//!
//! type Handler = fn(&Match<'_, '_, Handling>) -> Result<Element, XmlError>;
//! struct Handling(Handler);
//!
//! fn reply(stanza: &Element, kind: &str) -> Builder {
//!     Element::builder(stanza.name(), ns::CLIENT)
//!         .attribute("type", kind)
//!         .attribute_opt("id", stanza.attribute("id"))
//!         .attribute_opt("from", stanza.attribute("to"))
//!         .attribute_opt("to", stanza.attribute("from"))
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut handlers = Filters::new();
//!     let ping = Filter::new().name("iq").kind("get").child("ping", ns::PING);
//!     handlers.add(ping, Handling(|it| reply(it.stanza, "result").build()));
//!     let said: XPath = "/message[not(@type='error')]/body".parse()?;
//!     handlers.add(said, Handling(|it| {
//!         let text: String = it.nodes().map(|body| body.text().to_uppercase()).collect();
//!         reply(it.stanza, "chat").child("body", ns::CLIENT, |body| body.text(&text)).build()
//!     }));
//!
//!     let config = component::Config::new("loud.example.org".parse()?, "its secret");
//!     let mut session = Session::builder(config).build();
//!     session.connect()?;
//!     while let Some(event) = session.next().await {
//!         let Event::Stanza(delivery) = event else { continue };
//!         for matched in handlers.matches(&delivery.stanza) {
//!             session.send((matched.value.0)(&matched)?).await?;
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Features
//! One for each dialect (`xmpp`, `legacy`, `component`, `jabberd20-component`), one for the transport
//! (`tcp`) and one for filters (`filter`); all are on by default. Whoever needs one dialect only, or
//! brings a transport or a dialect of his own, switches the others off. `tracing` adds `Tracer`, an
//! observer that turns statuses into tracing spans and events; `metrics` adds
//! `SessionBuilder::metrics`, which measures them.

mod builder;
mod client;
mod clock;
mod closing;
mod command;
mod driver;
mod error;
mod event;
mod execute;
#[cfg(feature = "metrics")]
pub mod metrics;
mod session;
mod sink;
mod spawned;
mod waiting;
mod watch;

pub use builder::SessionBuilder;
pub use client::Client;
pub use error::{Error, NotSent, RequestError, SessionGone};
pub use event::Event;
pub use session::Session;
pub use spawned::Events;
pub use watch::{State, StatusStream, TapStream, Tapped};

pub use jabber_connection::{
    Accepted, AlreadyConnected, AtReady, Deadlines, Detail as ConnectionDetail, Direction,
    Elsewhere, Error as ConnectionError, Event as ConnectionEvent, Keepalive, Node, NotReady, Part,
    Party, Pause, Probe, Purged, Queue, QueueConfig, Receipt, Reconnect, RequestEnd,
    RequestEndKind, RequestId, ReturnReason, Returned, SendError, SendErrorReason, Stopped, Tap,
    Wire,
};
pub use jabber_dialect::{
    Delivery, Identity, Protocol, Retry, StanzaCondition, StanzaError, StanzaErrorType,
};
pub use jabber_jid::Jid;
pub use jabber_security::{Secret, Security};
pub use jabber_status::{
    ErrorStatus, Extra, Kind, KindSet, Observer, Phase, Status, StatusEvent, Subscription, observe,
};
pub use jabber_transport::{
    CertificateFault, ConnectError, Connected, HostPort, HostPortError, TlsError, TlsFault,
    Transport,
};
pub use jabber_xml::{
    Builder, Content, Element, ElementRef, Limits, StreamCondition, StreamError, XmlError, ns,
};

#[cfg(feature = "tracing")]
pub use jabber_status::Tracer;

#[cfg(feature = "component")]
pub use jabber_component as component;
#[cfg(feature = "filter")]
pub use jabber_filter as filter;
#[cfg(feature = "jabberd20-component")]
pub use jabber_jabberd20_component as jabberd20_component;
#[cfg(feature = "legacy")]
pub use jabber_legacy as legacy;
#[cfg(any(feature = "xmpp", feature = "jabberd20-component"))]
pub use jabber_login as login;
#[cfg(any(feature = "xmpp", feature = "jabberd20-component"))]
pub use jabber_sasl as sasl;
#[cfg(feature = "tcp")]
pub use jabber_tcp::{Tcp, TlsConfig, TlsVersion};
#[cfg(feature = "xmpp")]
pub use jabber_xmpp as xmpp;

/// The README's program, compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The guides' programs, compiled and, where they need no server of yours, run as tests.
#[cfg(all(
    doctest,
    feature = "xmpp",
    feature = "legacy",
    feature = "component",
    feature = "jabberd20-component",
    feature = "tcp"
))]
mod guides {
    #[doc = include_str!("../../../docs/guides/README.md")]
    struct Index;
    #[doc = include_str!("../../../docs/guides/xmpp.md")]
    struct Xmpp;
    #[doc = include_str!("../../../docs/guides/legacy.md")]
    struct Legacy;
    #[doc = include_str!("../../../docs/guides/component.md")]
    struct Component;
    #[doc = include_str!("../../../docs/guides/jabberd20-component.md")]
    struct Jabberd20Component;
    #[doc = include_str!("../../../docs/guides/delivery.md")]
    struct Delivery;
    #[doc = include_str!("../../../docs/guides/observing.md")]
    struct Observing;
    #[doc = include_str!("../../../docs/guides/coming-from-pcj.md")]
    struct ComingFromPcj;
}
