//! Bytes of a stream, by the scanner and by other readers.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::second_opinion(input));
