//! A DIGEST-MD5 challenge.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| jabber_fuzz::digest_md5(input));
