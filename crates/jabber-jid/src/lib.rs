//! Jabber identifiers (JIDs), RFC 7622
