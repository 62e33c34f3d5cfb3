//! XML framing for Jabber streams: bytes to stream items, elements, limits.
//!
//! A [`Scanner`] turns bytes, as they arrive, into [`Item`]s in one resumable pass that makes every
//! check. An [`Element`] is the checked bytes themselves plus a compact index of them; reading
//! borrows, forwarding copies bytes. [`Element::builder`] writes wire form at once, and
//! `str::parse::<Element>` reads XML that a person wrote.
//!
//! # One content namespace
//!
//! Stanzas are in the *content namespace* of their stream (RFC 6120 §4.8.2): `jabber:client`,
//! `jabber:component:accept` and their kin. Here they are one: all of them read as [`ns::CLIENT`],
//! and writing an element to a stream gives it the namespace of that stream.
//!
//! # Examples
//!
//! ```
//! use bytes::BytesMut;
//! use jabber_xml::{Item, Limits, Scanner, ns};
//!
//! let mut scanner = Scanner::new(Limits::default());
//! let mut input = BytesMut::from(
//!     "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
//!      <message from='a@b'><body>1 &lt; 2</body></message>",
//! );
//! assert!(matches!(scanner.next(&mut input)?, Some(Item::Header(_))));
//! let Some(Item::Element(message)) = scanner.next(&mut input)? else { unreachable!() };
//! assert!(message.is("message", ns::CLIENT));
//! assert_eq!(message.child("body", ns::CLIENT).map(|b| b.text().into_owned()).as_deref(), Some("1 < 2"));
//! assert!(scanner.next(&mut input)?.is_none());
//! # Ok::<(), jabber_xml::XmlError>(())
//! ```

mod blocks;
mod builder;
mod chars;
mod compare;
mod condition;
mod element;
mod entry;
mod error;
mod escape;
mod header;
mod limits;
pub mod ns;
mod parse;
mod pretty;
mod read;
mod runs;
mod scanner;
mod scope;
mod stream_error;
mod tree;
mod write;

pub use builder::{Builder, Content};
pub use chars::is_ncname;
pub use condition::{StreamCondition, UnknownCondition};
pub use element::Element;
pub use error::{Fault, Place, XmlError};
pub use header::StreamHeader;
pub use limits::Limits;
pub use read::{Attribute, Attributes, Children, ElementRef, Node, Nodes};
pub use scanner::{Item, Scanner};
pub use scope::Scope;
pub use stream_error::StreamError;
pub use tree::{NodeKind, Tree};
