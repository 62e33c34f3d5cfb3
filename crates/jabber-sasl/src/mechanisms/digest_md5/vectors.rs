//! The examples of RFC 2831 §4, to the letter.

use jabber_security::Security;

use super::{super::Setting, Start};
use crate::{
    Credentials, Mechanism, Offer, SaslError, Service, exchange::State, prepare::Prepared,
};

fn start(service: &Service<'_>) -> Start {
    let setting = Setting {
        mechanism: Mechanism::DigestMd5,
        binding: None,
        offer: &Offer::new(["DIGEST-MD5"]),
        security: &Security::Open,
        service,
    };
    let credentials = Credentials::new("chris", "secret".into());
    Start::new(&setting, Prepared::new(&credentials).unwrap().unwrap())
}

fn check(name: &str, nonce: &str, cnonce: &str, response: &str, rspauth: &str) {
    let host = "elwood.innosoft.com";
    let challenge =
        format!("realm=\"{host}\",nonce=\"{nonce}\",qop=\"auth\",algorithm=md5-sess,charset=utf-8");
    let start = start(&Service::new(host).with_name(name));
    let respond = || start.respond(challenge.as_bytes(), cnonce).unwrap();

    let (message, state) = respond();
    assert_eq!(
        str::from_utf8(&message).unwrap(),
        format!(
            "charset=utf-8,username=\"chris\",realm=\"{host}\",nonce=\"{nonce}\",nc=00000001,\
             cnonce=\"{cnonce}\",digest-uri=\"{name}/{host}\",response={response},qop=auth"
        )
    );
    let success = Box::new(state).success(Some(format!("rspauth={rspauth}").as_bytes()));
    assert!(success.unwrap().is_mutual());

    let (_, state) = respond();
    let wrong = Box::new(state).success(Some(format!("rspauth={response}").as_bytes()));
    assert_eq!(wrong, Err(SaslError::WrongServerProof));
}

#[test]
fn rfc_2831_section_4_imap() {
    check(
        "imap",
        "OA6MG9tEQGm2hh",
        "OA6MHXh6VqTrRk",
        "d388dad90d4bbd760a152321f2143af7",
        "ea40f60335c427b5527b84dbabcdfffd",
    );
}

#[test]
fn rfc_2831_section_4_acap() {
    check(
        "acap",
        "OA9BSXrbuRhWay",
        "OA9BSuZWMSpW8m",
        "6084c6db3fede7352c551284490fd0fc",
        "2f0b3d7c3c2e486600ef710726aa2eae",
    );
}
