//! The router's side of DIGEST-MD5 (RFC 2831), independent of the client's.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};

use super::{PASSWORD, Run, sasl};

/// The router's challenge, with its comma and space.
pub fn challenge() -> String {
    let challenge = "realm=\"jabberd-router\", nonce=\"OA6MG9tEQGm2hh\", qop=\"auth\", \
        charset=utf-8, algorithm=md5-sess";
    sasl("challenge", &STANDARD.encode(challenge))
}

/// Verifies the `<response/>` that the run has sent last, and gives what proves the router.
pub fn rspauth(run: &Run, username: &str) -> String {
    let response = STANDARD.decode(run.sent().text().as_bytes()).unwrap();
    let response = String::from_utf8(response).unwrap();
    let fields: HashMap<_, _> = response
        .split(',')
        .map(|pair| pair.split_once('=').expect("a pair"))
        .map(|(name, value)| (name.trim(), value.trim_matches('"')))
        .collect();
    assert_eq!(fields["username"], username);
    assert_eq!(fields["realm"], "jabberd-router");
    assert_eq!((fields["nonce"], fields["nc"]), ("OA6MG9tEQGm2hh", "00000001"));
    assert!(fields["digest-uri"].starts_with("xmpp/"), "{response}");
    assert_eq!(fields["response"], compute(&fields, username, "AUTHENTICATE"), "{response}");
    format!("rspauth={}", compute(&fields, username, ""))
}

/// What jabberd2's router sends: the proof inside of the success.
pub fn success(run: &Run, username: &str) -> String {
    sasl("success", &STANDARD.encode(rspauth(run, username)))
}

/// RFC 2831 §2.1.2.1, §2.1.3.
fn compute(fields: &HashMap<&str, &str>, username: &str, method: &str) -> String {
    let secret = Md5::digest(format!("{username}:jabberd-router:{PASSWORD}"));
    let mut a1 = secret.to_vec();
    a1.extend(format!(":{}:{}", fields["nonce"], fields["cnonce"]).bytes());
    let a2 = format!("{method}:{}", fields["digest-uri"]);
    let all = [
        hex(&a1),
        fields["nonce"].into(),
        fields["nc"].into(),
        fields["cnonce"].into(),
        "auth".into(),
        hex(a2.as_bytes()),
    ];
    hex(all.join(":").as_bytes())
}

fn hex(data: &[u8]) -> String {
    Md5::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}
