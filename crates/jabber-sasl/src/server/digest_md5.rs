use std::fmt;

use jabber_security::Secret;

use super::ServerError;
use crate::{
    mechanisms::digest_md5::{
        compute::Digest,
        directives::{Directives, quote},
    },
    scram::attributes::malformed,
};

/// One DIGEST-MD5 login, the server's side (RFC 2831), with `qop=auth` and without a second login
/// by the same nonce.
#[derive(Clone, Debug)]
pub struct DigestMd5Server {
    realm: String,
    nonce: String,
}

impl DigestMd5Server {
    /// `nonce` has to be fresh for each login: [`nonce`](super::nonce) makes one.
    #[must_use]
    pub fn new(realm: impl Into<String>, nonce: impl Into<String>) -> Self {
        Self { realm: realm.into(), nonce: nonce.into() }
    }

    /// What the client is asked (RFC 2831 §2.1.1), written as jabberd2 writes it: with a space
    /// after the comma.
    #[must_use]
    pub fn challenge(&self) -> Vec<u8> {
        let (realm, nonce) = (quote("realm", &self.realm), quote("nonce", &self.nonce));
        format!("{realm}, {nonce}, qop=\"auth\", charset=utf-8, algorithm=md5-sess").into_bytes()
    }

    /// Reads the client's answer (RFC 2831 §2.1.2). Any `digest-uri` will do: clients of jabberd2's
    /// router do not agree on one.
    ///
    /// # Errors
    /// [`ServerError::Malformed`]; [`ServerError::WrongProof`] if nonce, count or realm are not
    /// those of this login.
    pub fn read(&self, response: &[u8]) -> Result<DigestMd5Login, ServerError> {
        let text = match str::from_utf8(response) {
            Ok(text) => text.to_owned(),
            // Without `charset=utf-8` it is ISO 8859-1.
            Err(_) => response.iter().copied().map(char::from).collect(),
        };
        let directives = Directives::read(&text)?;
        let get = |name: &str| directives.get(name).map(str::to_owned);
        let need = |name: &str| get(name).ok_or(malformed("a directive is missing"));
        let login = DigestMd5Login {
            username: need("username")?,
            realm: get("realm").unwrap_or_default(),
            nonce: need("nonce")?,
            cnonce: need("cnonce")?,
            digest_uri: need("digest-uri")?,
            authzid: get("authzid"),
            response: need("response")?,
        };
        if directives.get("qop").is_some_and(|qop| qop != "auth") {
            return Err(malformed("another protection than was offered").into());
        }
        // RFC 2831 §2.1.3: a nonce is good for one login, whose count is 1.
        let once = need("nc")? == "00000001" && login.nonce == self.nonce;
        if once && login.realm == self.realm { Ok(login) } else { Err(ServerError::WrongProof) }
    }
}

/// What a client answers. `Debug` shows who it is alone.
#[derive(Clone)]
pub struct DigestMd5Login {
    username: String,
    realm: String,
    nonce: String,
    cnonce: String,
    digest_uri: String,
    authzid: Option<String>,
    response: String,
}

impl DigestMd5Login {
    /// The name to look up.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The identity that the client asks to act as.
    #[must_use]
    pub fn authzid(&self) -> Option<&str> {
        self.authzid.as_deref().filter(|authzid| !authzid.is_empty())
    }

    /// What proves the server to the client, `rspauth=...` (RFC 2831 §2.1.3): the data of the
    /// success, or of another challenge before it. The client is authenticated exactly if this is
    /// `Ok`.
    ///
    /// # Errors
    /// [`ServerError::WrongProof`].
    pub fn verify(&self, secret: &Secret) -> Result<Vec<u8>, ServerError> {
        let digest = Digest {
            username: &self.username,
            password: secret,
            realm: &self.realm,
            nonce: &self.nonce,
            cnonce: &self.cnonce,
            digest_uri: &self.digest_uri,
            authzid: self.authzid.as_deref(),
        };
        let expected = digest.response();
        let right = subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), self.response.as_bytes());
        if bool::from(right) {
            Ok(format!("rspauth={}", *digest.rspauth()).into_bytes())
        } else {
            Err(ServerError::WrongProof)
        }
    }
}

impl fmt::Debug for DigestMd5Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DigestMd5Login")
            .field("authzid", &self.authzid)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test")]

    use super::*;
    use crate::FailureCondition;

    /// RFC 2831 §4, the example with IMAP.
    const EXAMPLE: &str = "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",\
        nonce=\"OA6MG9tEQGm2hh\",nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",\
        digest-uri=\"imap/elwood.innosoft.com\",\
        response=d388dad90d4bbd760a152321f2143af7,qop=auth";

    fn read(message: impl AsRef<[u8]>) -> Result<DigestMd5Login, ServerError> {
        DigestMd5Server::new("elwood.innosoft.com", "OA6MG9tEQGm2hh").read(message.as_ref())
    }

    #[test]
    fn the_example_of_rfc_2831() {
        let login = read(EXAMPLE).unwrap();
        assert_eq!((login.username(), login.authzid()), ("chris", None));
        let proof = login.verify(&"secret".into()).unwrap();
        assert_eq!(proof, b"rspauth=ea40f60335c427b5527b84dbabcdfffd");
        assert_eq!(login.verify(&"Secret".into()), Err(ServerError::WrongProof));
        assert!(!format!("{login:?}").contains("d388dad9"));
    }

    #[test]
    fn another_nonce_count_or_realm_is_not_authorized() {
        for (from, to) in
            [("OA6MG", "OA6MX"), ("00000001", "00000002"), ("realm=\"elwood", "realm=\"oak")]
        {
            let refused = read(EXAMPLE.replace(from, to)).unwrap_err();
            assert_eq!(refused.condition(), FailureCondition::NotAuthorized, "{to}");
        }
    }

    #[test]
    fn what_is_no_response_is_malformed() {
        let twice = format!("{EXAMPLE},nc=00000001");
        let integrity = EXAMPLE.replace("qop=auth", "qop=auth-int");
        let open = EXAMPLE.replace("hh\",nc", "hh,nc");
        for text in ["", "username", "username=\"chris", &twice, &integrity, &open] {
            let refused = read(text).unwrap_err();
            assert_eq!(refused.condition(), FailureCondition::MalformedRequest, "{text}");
        }
    }

    #[test]
    fn what_is_not_utf_8_is_latin1() {
        let latin1 = EXAMPLE.replace("chris", "ch\u{e9}ris");
        let latin1: Vec<u8> = latin1.chars().map(|it| u8::try_from(it).unwrap()).collect();
        assert_eq!(read(latin1).unwrap().username(), "ch\u{e9}ris");
    }
}
