//! Bytes of a stream, however split.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::scanner(input));
