//! The server's side of DIGEST-MD5 (RFC 2831), with `qop=auth` and without a second login by the
//! same nonce.

use jabber_sasl::FailureCondition;
use jabber_security::Secret;
use md5::{Digest as _, Md5};

use crate::random;

/// One login: what the client is asked.
#[derive(Debug)]
pub(crate) struct DigestMd5<'a> {
    realm: &'a str,
    nonce: String,
}

/// What the client answers (RFC 2831 §2.1.2).
#[derive(Debug)]
pub(crate) struct Response {
    username: String,
    realm: String,
    nonce: String,
    cnonce: String,
    digest_uri: String,
    authzid: Option<String>,
    response: String,
}

impl<'a> DigestMd5<'a> {
    pub(crate) fn new(realm: &'a str, nonce: String) -> Self {
        Self { realm, nonce }
    }

    /// RFC 2831 §2.1.1; with a space after the comma, as jabberd2 writes it.
    pub(crate) fn challenge(&self) -> String {
        let Self { realm, nonce } = self;
        format!(
            "realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\", charset=utf-8, algorithm=md5-sess"
        )
    }

    /// Reads the client's answer. Any `digest-uri` will do: clients of the router do not agree on
    /// one.
    pub(crate) fn read(&self, message: &[u8]) -> Result<Response, FailureCondition> {
        let directives = directives(message).ok_or(FailureCondition::MalformedRequest)?;
        let get = |name: &str| {
            let found = directives.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        let need = |name: &str| get(name).ok_or(FailureCondition::MalformedRequest);
        let response = Response {
            username: need("username")?,
            realm: get("realm").unwrap_or_default(),
            nonce: need("nonce")?,
            cnonce: need("cnonce")?,
            digest_uri: need("digest-uri")?,
            authzid: get("authzid"),
            response: need("response")?,
        };
        if get("qop").is_some_and(|qop| qop != "auth") {
            return Err(FailureCondition::MalformedRequest);
        }
        // RFC 2831 §2.1.3: a nonce is good for one login, whose count is 1.
        let once = need("nc")? == "00000001" && response.nonce == self.nonce;
        let known = response.realm == self.realm;
        if once && known { Ok(response) } else { Err(FailureCondition::NotAuthorized) }
    }
}

impl Response {
    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    pub(crate) fn authzid(&self) -> Option<&str> {
        self.authzid.as_deref().filter(|authzid| !authzid.is_empty())
    }

    /// What proves the server to the client (RFC 2831 §2.1.3), if the client has proved itself.
    pub(crate) fn verify(&self, secret: &Secret) -> Option<String> {
        let right = self.response == self.digest("AUTHENTICATE", secret);
        right.then(|| format!("rspauth={}", self.digest("", secret)))
    }

    /// RFC 2831 §2.1.2.1.
    fn digest(&self, method: &str, secret: &Secret) -> String {
        let Self { realm, nonce, cnonce, digest_uri, .. } = self;
        let user = Md5::new()
            .chain_update(hashed_form(&self.username))
            .chain_update(format!(":{realm}:"))
            .chain_update(hashed_form(secret.expose()))
            .finalize();
        let a1 = Md5::new().chain_update(user).chain_update(format!(":{nonce}:{cnonce}"));
        let a1 = match &self.authzid {
            Some(authzid) => a1.chain_update(format!(":{authzid}")),
            None => a1,
        };
        let a1 = random::hex(&a1.finalize());
        let a2 = random::hex(&Md5::digest(format!("{method}:{digest_uri}")));
        random::hex(&Md5::digest(format!("{a1}:{nonce}:00000001:{cnonce}:auth:{a2}")))
    }
}

/// ISO 8859-1 where the text can be written in it, else UTF-8 (RFC 2831 §2.1.2.1).
fn hashed_form(text: &str) -> Vec<u8> {
    let latin1: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    latin1.unwrap_or_else(|_| text.as_bytes().to_vec())
}

/// Names in lower case, and values (RFC 2831 §7.1). None occurs twice.
fn directives(message: &[u8]) -> Option<Vec<(String, String)>> {
    let text = match str::from_utf8(message) {
        Ok(text) => text.to_owned(),
        // RFC 2831 §2.1.2: without `charset=utf-8` it is ISO 8859-1.
        Err(_) => message.iter().copied().map(char::from).collect(),
    };
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_start_matches(is_separator);
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let (value, after) = value(after.trim_start())?;
        // The RFC knows twelve.
        if found.len() == 16 || found.iter().any(|(known, _)| *known == name) {
            return None;
        }
        found.push((name, value));
        if !after.is_empty() && !after.starts_with(is_separator) {
            return None;
        }
        rest = after.trim_start_matches(is_separator);
    }
    Some(found)
}

/// A value, quoted or not, and what comes after it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(is_separator).unwrap_or(text.len());
        let (token, after) = text.split_at_checked(end)?;
        return Some((token.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, ',' | ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const REALM: &str = "elwood.innosoft.com";
    /// RFC 2831 §4, the example with IMAP.
    const EXAMPLE: &str = "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",\
        nonce=\"OA6MG9tEQGm2hh\",nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",\
        digest-uri=\"imap/elwood.innosoft.com\",\
        response=d388dad90d4bbd760a152321f2143af7,qop=auth";

    fn read(message: &str) -> Result<Response, FailureCondition> {
        DigestMd5::new(REALM, "OA6MG9tEQGm2hh".to_owned()).read(message.as_bytes())
    }

    #[test]
    fn the_example_of_rfc_2831() {
        let response = read(EXAMPLE).expect("the example can be read");
        assert_eq!(response.username(), "chris");
        let proof = response.verify(&"secret".into());
        assert_eq!(proof.as_deref(), Some("rspauth=ea40f60335c427b5527b84dbabcdfffd"));
        assert_eq!(response.verify(&"Secret".into()), None);
    }

    #[test]
    fn another_nonce_count_or_realm_is_not_authorized() {
        for (from, to) in
            [("OA6MG", "OA6MX"), ("00000001", "00000002"), ("realm=\"elwood", "realm=\"oak")]
        {
            let refused = read(&EXAMPLE.replace(from, to)).err();
            assert_eq!(refused, Some(FailureCondition::NotAuthorized), "{to}");
        }
    }

    #[test]
    fn what_is_no_response_is_malformed() {
        let twice = format!("{EXAMPLE},nc=00000001");
        let integrity = EXAMPLE.replace("qop=auth", "qop=auth-int");
        let open = EXAMPLE.replace("hh\",nc", "hh,nc");
        for text in ["", "username", "username=\"chris", &twice, &integrity, &open] {
            assert_eq!(read(text).err(), Some(FailureCondition::MalformedRequest), "{text}");
        }
    }

    #[test]
    fn quotes_and_latin1_are_understood() {
        let found = directives(b"a = \"x\\\"\\\\y\" , B=\xe9").expect("two directives");
        assert_eq!(found, [("a".into(), "x\"\\y".into()), ("b".into(), "\u{e9}".into())]);
        assert_eq!(hashed_form("\u{e9}"), [0xe9]);
        assert_eq!(hashed_form("\u{2603}"), "\u{2603}".as_bytes());
    }
}
