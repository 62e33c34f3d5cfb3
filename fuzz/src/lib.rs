//! What holds for every input. The fuzz targets run it, and over the committed corpus a test of
//! jabber-xml or of jabber-filter.

mod checks;
mod filter;
// What the tests know already.
#[path = "../../crates/jabber-xml/tests/common/mod.rs"]
mod common;

/// Checks what holds for the bytes of a stream, however split.
///
/// # Panics
///
/// If it does not hold.
pub fn scanner(input: &[u8]) {
    checks::scanner(input);
}

/// Checks what holds for XML that a person wrote.
///
/// # Panics
///
/// If it does not hold.
pub fn element(input: &[u8]) {
    checks::element(input);
}

/// Checks what holds for an expression and a stanza.
///
/// # Panics
///
/// If it does not hold.
pub fn filter(input: &[u8]) {
    filter::filter(input);
}
