//! Certificates, keys and pins of a configuration.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::certificates(input));
