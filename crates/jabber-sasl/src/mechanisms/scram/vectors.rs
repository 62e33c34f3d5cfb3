//! The examples of the RFCs, to the letter. They fix the nonce, which only a test can.

use jabber_security::{ChannelBinding, Security, TlsFacts};

use super::{super::Setting, Start};
use crate::{
    BindingType, Credentials, Mechanism, Offer, Reply, SaslError, Service, exchange::State,
    prepare::Prepared,
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

/// The channel-binding data of the `-PLUS` vector.
const EXPORTED: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 32 {
        bytes[index] = index as u8;
        index += 1;
    }
    bytes
};

/// Returns what becomes of `server_last`.
fn run(vector: &Vector, server_last: &str) -> Result<crate::Authenticated, SaslError> {
    let bound = ChannelBinding::none().with_tls_exporter(EXPORTED);
    let encrypted = Security::Encrypted(TlsFacts::new("TLSv1.3", "", "", bound));
    let plus = vector.mechanism.binds_channel();
    let setting = Setting {
        mechanism: vector.mechanism,
        binding: plus.then_some(BindingType::TlsExporter),
        offer: &Offer::new([vector.mechanism.name()]),
        security: if plus { &encrypted } else { &Security::Open },
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

/// No RFC has an example with SHA-512. The values of RFC 5802 §5, put through the hashlib of
/// Python, which also gives that RFC's own.
#[test]
fn sha_512_as_another_implementation_computes_it() {
    check(&Vector {
        mechanism: Mechanism::ScramSha512,
        nonce: "fyko+d2lbbFgONRv9qkxdawL",
        first: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        last: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,\
               p=VdS8LkrURiej1tG6iX+fqCXQfUnBb//d9llXYaH+ylUbDwBUz9geyR9fC4TewskRUM2tlYSalhAT4Aay\
               1Q5dTA==",
        server_last: "v=14PAAuavk9hxBEkgB0brDxUhvWu+N16meYk+qxVNFqchR8QPohM09Y4Z6WaTCuX4C6nqMB9KIJ\
                      TDm6RpSM990g==",
    });
}

#[test]
fn sha_512_plus_as_another_implementation_computes_it() {
    check(&Vector {
        mechanism: Mechanism::ScramSha512Plus,
        nonce: "fyko+d2lbbFgONRv9qkxdawL",
        first: "p=tls-exporter,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
        server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        last: "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,\
               r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,\
               p=syn8td3Kw7PaSb6sjWy/YEkJncJcfyeg5NlDHNRwFx6G7WoQCZcYYJxUmBUZtaX0xXq4oOlI2JmW+G8m\
               0lkRHg==",
        server_last: "v=nCawOLK50eB3Fe3NfMksC7tMelXqjXASLzWyJsdE8vzS7VO7gluwVjXBJQe7RpfxedpurNSGb0\
                      dxn5MWJ79SeA==",
    });
}
