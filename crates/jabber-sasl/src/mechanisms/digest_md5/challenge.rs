use super::directives::Directives;
use crate::{SaslError, scram::attributes::malformed};

/// The server's first challenge (RFC 2831 §2.1.1).
pub(super) struct Challenge {
    realms: Vec<String>,
    pub(super) nonce: String,
    /// `charset=utf-8`; else everything is ISO 8859-1.
    pub(super) utf8: bool,
}

impl Challenge {
    pub(super) fn parse(data: &[u8]) -> Result<Self, SaslError> {
        let directives = Directives::parse(data)?;
        // There is no safe guess: the algorithm decides what is hashed.
        if directives.get("algorithm") != Some("md5-sess") {
            return Err(SaslError::UnsupportedAlgorithm);
        }
        let offers_auth = |list: &str| list.split(',').any(|qop| qop.trim() == "auth");
        if !directives.get("qop").is_none_or(offers_auth) {
            return Err(SaslError::UnsupportedProtection);
        }
        let utf8 = match directives.get("charset") {
            None => false,
            Some(charset) if charset.eq_ignore_ascii_case("utf-8") => true,
            Some(_) => return Err(malformed("a charset other than utf-8")),
        };
        let nonce = directives.get("nonce").filter(|nonce| !nonce.is_empty());
        Ok(Self {
            realms: directives.all("realm").map(str::to_owned).collect(),
            nonce: nonce.ok_or(malformed("no nonce"))?.to_owned(),
            utf8,
        })
    }

    /// The realm to log in to: of several the preferred one, else that of the host, else the first.
    /// Without any the preferred one; `None` leaves the directive out, and hashes an empty realm
    /// (RFC 2831 §2.1.2). Why a realm other than the host is taken: [`Service::realm`](crate::Service::realm).
    pub(super) fn realm<'a>(&'a self, preferred: Option<&'a str>, host: &str) -> Option<&'a str> {
        let offered = |wanted: &str| self.realms.iter().any(|realm| realm == wanted);
        match preferred {
            Some(realm) if self.realms.is_empty() || offered(realm) => Some(realm),
            _ => {
                let of_host = self.realms.iter().find(|realm| *realm == host);
                of_host.or(self.realms.first()).map(String::as_str)
            }
        }
    }
}
