//! The server's side of DIGEST-MD5 (RFC 2831).

use std::collections::BTreeMap;

use jabber_security::Secret;
use md5::{Digest as _, Md5};

/// What proves to the client that the server knows the password (RFC 2831 §2.1.3), where the
/// client's response proves that it does.
///
/// # Errors
/// When the response is none, or not that of somebody who knows the password.
pub(crate) fn rspauth(response: &[u8], password: &Secret) -> Result<String, String> {
    let response = std::str::from_utf8(response).map_err(|error| error.to_string())?;
    // None of the values that a walk or a transcript has holds a comma.
    let pairs = response.split(',').filter_map(|pair| pair.split_once('='));
    let fields: BTreeMap<_, _> =
        pairs.map(|(name, value)| (name.trim(), value.trim_matches('"'))).collect();
    let field = |name: &str| fields.get(name).copied().unwrap_or_default();
    if field("response").is_empty()
        || field("response") != compute(&field, password, "AUTHENTICATE")
    {
        return Err("the DIGEST-MD5 response is wrong".into());
    }
    Ok(compute(&field, password, ""))
}

/// RFC 2831 §2.1.2.1: A2 begins with `AUTHENTICATE` in the client's proof, with nothing in the
/// server's.
fn compute<'a>(field: &impl Fn(&str) -> &'a str, password: &Secret, method: &str) -> String {
    let (username, realm) = (field("username"), field("realm"));
    let secret = Md5::digest(format!("{username}:{realm}:{}", password.expose()));
    let mut a1 = secret.to_vec();
    a1.extend(format!(":{}:{}", field("nonce"), field("cnonce")).bytes());
    let a2 = format!("{method}:{}", field("digest-uri"));
    let (a1, a2) = (hex(&a1), hex(a2.as_bytes()));
    let rest = [field("nonce"), field("nc"), field("cnonce"), "auth"].join(":");
    hex(format!("{a1}:{rest}:{a2}").as_bytes())
}

fn hex(data: &[u8]) -> String {
    jabber_security::hex(Md5::digest(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2831 §4.
    const RESPONSE: &str = "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",\
        nonce=\"OA6MG9tEQGm2hh\",nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",\
        digest-uri=\"imap/elwood.innosoft.com\",\
        response=d388dad90d4bbd760a152321f2143af7,qop=auth";

    #[test]
    fn it_is_that_of_the_example() {
        let rspauth = rspauth(RESPONSE.as_bytes(), &"secret".into());
        assert_eq!(rspauth.as_deref(), Ok("ea40f60335c427b5527b84dbabcdfffd"));
    }

    #[test]
    fn who_proves_nothing_gets_none() {
        assert!(rspauth(RESPONSE.as_bytes(), &"wrong".into()).is_err());
        assert!(rspauth(b"", &"secret".into()).is_err());
        assert!(rspauth(b"\xff", &"secret".into()).is_err());
    }
}
