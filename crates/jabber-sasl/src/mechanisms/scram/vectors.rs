//! The examples of the RFCs, to the letter. They fix the nonce, which only a test can.

use jabber_security::Security;

use super::{super::Setting, Start};
use crate::{
    Credentials, Mechanism, Offer, Reply, SaslError, Service, exchange::State, prepare::Prepared,
};

struct NoEntropy;

impl jabber_security::Entropy for NoEntropy {
    fn fill(&mut self, _bytes: &mut [u8]) {
        panic!("only the first message draws randomness");
    }
}

struct Vector {
    mechanism: Mechanism,
    nonce: &'static str,
    first: &'static str,
    server_first: &'static str,
    last: &'static str,
    server_last: &'static str,
}

/// Returns what becomes of `server_last`.
fn run(vector: &Vector, server_last: &str) -> Result<crate::Authenticated, SaslError> {
    let setting = Setting {
        mechanism: vector.mechanism,
        binding: None,
        offer: &Offer::new([vector.mechanism.name()]),
        security: &Security::Open,
        service: &Service::new("example.org"),
    };
    let prepared = Prepared::new(&Credentials::new("user", "pencil".into())).unwrap().unwrap();
    let (first, state) = Start::new(&setting, prepared).unwrap().first(vector.nonce.to_owned());
    assert_eq!(str::from_utf8(&first).unwrap(), vector.first);
    let (reply, state) =
        Box::new(state).challenge(vector.server_first.as_bytes(), &mut NoEntropy).unwrap();
    let Reply::Derive(job) = reply else { panic!("no job") };
    let (last, state) = state.derived(&job.run()).unwrap();
    assert_eq!(str::from_utf8(&last).unwrap(), vector.last);
    state.success(Some(server_last.as_bytes()))
}

fn check(vector: &Vector) {
    assert!(run(vector, vector.server_last).unwrap().is_mutual());
    let other = "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(run(vector, other), Err(SaslError::WrongServerProof));
}

#[test]
fn rfc_5802_section_5() {
    check(&Vector {
        mechanism: Mechanism::ScramSha1,
        nonce: "fyko+d2lbbFgONRv9qkxdawL",
        first: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        last: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,\
               p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        server_last: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    });
}

#[test]
fn rfc_7677_section_3() {
    check(&Vector {
        mechanism: Mechanism::ScramSha256,
        nonce: "rOprNGfwEbeRWgbNEkqO",
        first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        server_first: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                       s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        last: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
               p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        server_last: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    });
}
