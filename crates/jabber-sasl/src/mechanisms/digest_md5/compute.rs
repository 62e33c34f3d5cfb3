use jabber_security::Secret;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

/// What enters the hashes (RFC 2831 §2.1.2.1), with `qop=auth` and `nc=00000001`.
pub(crate) struct Digest<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a Secret,
    pub(crate) realm: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) cnonce: &'a str,
    pub(crate) digest_uri: &'a str,
    pub(crate) authzid: Option<&'a str>,
}

impl Digest<'_> {
    /// Our proof.
    pub(crate) fn response(&self) -> Zeroizing<String> {
        self.value("AUTHENTICATE")
    }

    /// The server's proof (§2.1.3): the same, with an empty method.
    pub(crate) fn rspauth(&self) -> Zeroizing<String> {
        self.value("")
    }

    fn value(&self, method: &str) -> Zeroizing<String> {
        let a1 = hex(self.a1().as_slice());
        let a2 = hex(&Md5::digest(format!("{method}:{}", self.digest_uri)));
        let (nonce, cnonce) = (self.nonce, self.cnonce);
        let text = Zeroizing::new(format!("{}:{nonce}:00000001:{cnonce}:auth:{}", *a1, *a2));
        hex(&Md5::digest(text.as_bytes()))
    }

    /// `H(A1)`.
    fn a1(&self) -> Zeroizing<[u8; 16]> {
        let mut secret = Md5::new();
        secret.update(hashed_form(self.username));
        secret.update(b":");
        secret.update(self.realm);
        secret.update(b":");
        secret.update(hashed_form(self.password.expose()));
        let secret = Zeroizing::new(<[u8; 16]>::from(secret.finalize()));

        let mut a1 = Md5::new();
        a1.update(*secret);
        a1.update(format!(":{}:{}", self.nonce, self.cnonce));
        if let Some(authzid) = self.authzid {
            a1.update(format!(":{authzid}"));
        }
        Zeroizing::new(a1.finalize().into())
    }
}

/// ISO 8859-1 where the text can be written in it, so that the hashes are those of HTTP; else UTF-8
/// (RFC 2831 §2.1.2.1).
fn hashed_form(text: &str) -> Zeroizing<Vec<u8>> {
    let fits = text.chars().all(|character| u8::try_from(character).is_ok());
    Zeroizing::new(if fits { latin1(text) } else { text.as_bytes().to_vec() })
}

/// ISO 8859-1; characters beyond it, which the caller has excluded, become `?`.
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend(text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')));
    bytes
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(jabber_security::hex(bytes))
}
