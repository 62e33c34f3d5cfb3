//! Jabber identifiers (JIDs), RFC 7622
mod error;
mod host;
mod jid;
mod prepare;

pub use error::{JidError, JidFault, JidPart};
pub use host::Host;
pub use jid::Jid;
