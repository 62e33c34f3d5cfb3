//! The header of a stream.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::header(input));
