//! A host and port.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::address(input));
