//! Which stanza goes where: by name, namespace, type, sender, content, and by XPath.
//!
//! A [`Filter`] is what a stanza must be like. [`Filters`] are many, each with what it stands for, and
//! say for a stanza which of them match, and what it was in the stanza that matched. An [`XPath`] is
//! a location path of XPath 1.0 and a filter by itself. All are compiled once; a stanza is read where
//! it lies, and no tree is built of it.
//!
//! # Examples
//!
//! A bot's table of handlers:
//!
//! ```
//! use jabber_filter::{Filter, Filters, Selection};
//! use jabber_xml::{Element, ns};
//!
//! type Handler = fn(&Element, Selection<'_>) -> String;
//!
//! let mut handlers: Filters<Handler> = Filters::new();
//! handlers.add(Filter::new().name("iq").kind("get").child("ping", ns::PING), |iq, _| {
//!     format!("pong to {}", iq.attribute("from").unwrap_or_default())
//! });
//! handlers.add(Filter::new().name("message").and("body".parse()?), |_, bodies| {
//!     bodies.map(|body| body.text().into_owned()).collect()
//! });
//!
//! let stanza: Element = "<message from='a@b/c'><body>hi</body></message>".parse()?;
//! let said: Vec<String> =
//!     handlers.matches(&stanza).map(|it| (it.value)(it.stanza, it.nodes())).collect();
//! assert_eq!(said, ["hi"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who comes from PCJ
//!
//! `xpath_filter` of POE::Component::Jabber 3.00 took the command `add` with the name of an event and
//! an expression, or `remove` with the name of an event, which took away all filters of that name. For
//! every packet that was no answer to `return_to_sender`, every expression was evaluated; each that
//! selected something fired its event with the expression, the nodes that it selected and the packet.
//!
//! Here `add` is [`Filters::add`], the event's name is whatever value stands with the filter, and
//! `remove` is [`Filters::remove`] with the id that `add` gave, one filter at a time. A [`Match`] has
//! the same three things, and the value. PCJ took all of XPath 1.0; what is understood here
//! stands at [`XPath`].

mod filter;
mod filters;
mod found;
mod index;
mod key;
mod selection;
mod sender;
mod stanza;
mod xpath;

pub use filter::Filter;
pub use filters::{FilterId, Filters, Match, Matches};
pub use jabber_xml::Attribute;
pub use selection::{Matched, Selection};
pub use xpath::{Namespaces, PrefixError, XPath, XPathError, XPathFault};
