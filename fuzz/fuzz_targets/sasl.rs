//! What a server says in a login.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::sasl(input));
