//! An XPath expression and a stanza.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::filter(input));
