//! Jabber identifiers (JIDs): the addresses of XMPP, `local@domain/resource`, by RFC 7622.
//!
//! A [`Jid`] is always prepared, so that comparing two is comparing their bytes; a text that is no
//! JID is refused by a [`JidError`] that says which part is wrong, where, and what to do.
//!
//! ```
//! use jabber_jid::Jid;
//!
//! let jid: Jid = "Juliet@Example.COM/balcony".parse()?;
//! assert_eq!(jid.as_str(), "juliet@example.com/balcony");
//! assert!(jid.matches_bare(&"juliet@example.com".parse()?));
//! # Ok::<(), jabber_jid::JidError>(())
//! ```
//!
//! # What is prepared how
//!
//! - **Local part** (§3.3): the PRECIS profile UsernameCaseMapped (RFC 8265 §3.3) without
//!   `" & ' / : < > @`. Case is mapped character by character: `Σ` becomes `σ` everywhere, and
//!   `ß` and `ς` stay.
//! - **Domain** (§3.2): full-width characters, case and NFC are mapped, A-labels (`xn--...`) become
//!   U-labels, labels are checked by IDNA2008 (RFC 5890 to 5893), one final dot goes, IPv6
//!   addresses get their canonical form. There is no further mapping as in UTS #46: `。` is
//!   refused. Neither `_` nor a zone of an IPv6 address (`%eth0`) is allowed.
//! - **Resource** (§3.4): the profile OpaqueString (RFC 8265 §4.2). Spaces at its ends are part of
//!   it (erratum 4560). Joiners and variation selectors of emoji sequences are not allowed.
//!
//! Every part has 1 to 1023 bytes of UTF-8, prepared. The rules are applied until they change
//! nothing more, as RFC 8264 §7 says, so that a prepared JID stays as it is.
//!
//! # Cost, and what this crate builds on
//!
//! A JID of plain ASCII takes one allocation and no table; the examples have a program that
//! measures it. Clones and narrowing ([`Jid::to_bare`], [`Jid::to_domain`]) share the text.
//!
//! Other JIDs need the properties of Unicode, and those alone come from other crates:
//! `unicode-normalization`, `unicode-properties`, `unicode-bidi` and `unicode-joining-type`, with
//! `tinyvec` five small ones. The rules on top of them are short, and here:
//!
//! - `precis-profiles` has the rules, but its class table is of Unicode 6.3: emoji and letters of
//!   the years since 2013 are refused, thus nicknames that are common in rooms; it refuses pointed
//!   Hebrew besides, and brings regular expressions into the build. It serves the tests as the
//!   second opinion, for every code point that it knows.
//! - `idna` (UTS #46) maps more than RFC 7622 does, and brings ICU: some thirty crates.
//!   Punycode is one screen of code.
//!
//! # Features
//!
//! - `serde`, off by default: [`Jid`] is its text; reading prepares it.

mod error;
mod host;
mod jid;
mod prepare;
#[cfg(feature = "serde")]
mod serde;

pub use error::{JidError, JidFault, JidPart};
pub use host::Host;
pub use jid::Jid;
