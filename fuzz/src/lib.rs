//! What holds for every input. The fuzz targets run it, and over the committed corpus tests of the
//! workspace do.
//!
//! Each function panics if it does not hold.

mod certificates;
mod chance;
mod checks;
mod connection;
mod features;
mod filter;
mod header;
mod names;
mod sasl;
mod spoken;
// What the tests know already.
#[path = "../../crates/jabber-xml/tests/common/agree.rs"]
mod agree;
#[path = "../../crates/jabber-xml/tests/common/mod.rs"]
mod common;
#[path = "../../crates/jabber-xml/tests/common/opinions.rs"]
mod opinions;
#[path = "../../crates/jabber-xml/tests/common/strict/mod.rs"]
mod strict;

use chance::{Chance as _, Input};

/// The bytes of a stream, however split.
pub fn scanner(input: &[u8]) {
    checks::scanner(input);
}

/// The header of a stream.
pub fn header(input: &[u8]) {
    header::header(input);
}

/// XML that a person wrote.
pub fn element(input: &[u8]) {
    checks::element(input);
}

/// An expression and a stanza.
pub fn filter(input: &[u8]) {
    filter::filter(input);
}

/// What stands inside a stream, read by others too: those of other projects and a strict one of ours,
/// which reads it as a whole document as well.
pub fn second_opinion(input: &[u8]) {
    opinions::check(input);
    agree::fuzzed(input);
}

/// A login, against what a server says.
pub fn sasl(input: &[u8]) {
    sasl::sasl(input);
}

/// A DIGEST-MD5 challenge.
pub fn digest_md5(input: &[u8]) {
    sasl::digest_md5(input);
}

/// What a server offers.
pub fn features(input: &[u8]) {
    features::features(input);
}

/// A JID.
pub fn jid(input: &[u8]) {
    names::jid(input);
}

/// A host and port.
pub fn address(input: &[u8]) {
    names::address(input);
}

/// Certificates, keys and pins of a configuration.
pub fn certificates(input: &[u8]) {
    certificates::certificates(input);
}

/// A whole connection, of the dialect that the first byte names.
pub fn connection(input: &[u8]) {
    let mut input = Input(input);
    let dialect = input.below(spoken::DIALECTS);
    connection::play(&spoken::spoken(dialect), &mut input);
}
