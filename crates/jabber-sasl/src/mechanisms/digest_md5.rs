//! DIGEST-MD5 (RFC 2831), the client's side.

mod challenge;
pub(crate) mod compute;
pub(crate) mod directives;

use jabber_security::Entropy;
use zeroize::Zeroizing;

use self::{
    challenge::Challenge,
    compute::Digest,
    directives::{Directives, quote},
};
use super::Setting;
use crate::{
    Authenticated, Mechanism, SaslError,
    authenticated::ServerProved,
    exchange::{Message, Next, Reply, State},
    prepare::Prepared,
    scram,
};

const MECHANISM: Mechanism = Mechanism::DigestMd5;

/// Before the server's challenge.
pub(crate) struct Start {
    prepared: Prepared,
    host: String,
    /// The realm to prefer.
    realm: Option<String>,
    digest_uri: String,
}

/// The login is announced; the server's challenge is awaited.
struct Announced(Start);

/// Our response is out; `rspauth` is awaited, in a challenge or with the success.
struct ResponseSent {
    rspauth: Zeroizing<String>,
}

/// A challenge brought the right `rspauth`.
struct Verified {
    awaited: ResponseSent,
    proved: ServerProved,
}

impl Start {
    pub(crate) fn new(setting: &Setting<'_>, prepared: Prepared) -> Self {
        let service = setting.service;
        Self {
            prepared,
            host: service.host.to_owned(),
            realm: service.realm.map(str::to_owned),
            digest_uri: format!("{}/{}", service.name, service.host),
        }
    }

    /// Answers with this nonce of ours.
    fn respond(&self, data: &[u8], cnonce: &str) -> Result<(Message, ResponseSent), SaslError> {
        let challenge = Challenge::parse(data)?;
        let realm = challenge.realm(self.realm.as_deref(), &self.host);
        let Prepared { username, password, authzid } = &self.prepared;
        let writable = challenge.utf8 || [username, password.expose()].into_iter().all(is_latin1);
        if !writable {
            return Err(SaslError::Unwritable);
        }
        let digest = Digest {
            username,
            password,
            realm: realm.unwrap_or_default(),
            nonce: &challenge.nonce,
            cnonce,
            digest_uri: &self.digest_uri,
            authzid: authzid.as_deref(),
        };
        let mut text = String::from(if challenge.utf8 { "charset=utf-8," } else { "" });
        text.push_str(&quote("username", username));
        if let Some(realm) = realm {
            text.push_str(&quote(",realm", realm));
        }
        text.push_str(&quote(",nonce", &challenge.nonce));
        text.push_str(",nc=00000001");
        text.push_str(&quote(",cnonce", cnonce));
        text.push_str(&quote(",digest-uri", &self.digest_uri));
        text.push_str(",response=");
        text.push_str(&digest.response());
        text.push_str(",qop=auth");
        if let Some(authzid) = authzid {
            text.push_str(&quote(",authzid", authzid));
        }
        let message = if challenge.utf8 { text.into_bytes() } else { compute::latin1(&text) };
        Ok((message.into(), ResponseSent { rspauth: digest.rspauth() }))
    }
}

impl State for Start {
    fn mechanism(&self) -> Mechanism {
        MECHANISM
    }

    /// The server speaks first (RFC 2831 §2.1).
    fn initial(self: Box<Self>, _entropy: &mut dyn Entropy) -> Next<Option<Message>> {
        Ok((None, Box::new(Announced(*self))))
    }

    fn challenge(self: Box<Self>, data: &[u8], entropy: &mut dyn Entropy) -> Next<Reply> {
        let (message, next) = self.respond(data, &scram::nonce(entropy))?;
        Ok((Reply::Respond(message), Box::new(next)))
    }
}

impl State for Announced {
    fn mechanism(&self) -> Mechanism {
        MECHANISM
    }

    fn challenge(self: Box<Self>, data: &[u8], entropy: &mut dyn Entropy) -> Next<Reply> {
        Box::new(self.0).challenge(data, entropy)
    }
}

impl ResponseSent {
    /// RFC 2831 §2.1.3: `rspauth` and nothing else counts.
    fn verify(&self, data: &[u8]) -> Result<ServerProved, SaslError> {
        let directives = Directives::parse(data)?;
        let Some(rspauth) = directives.get("rspauth") else {
            let stale = directives.get("stale").is_some_and(|flag| flag == "true");
            let error = if stale { SaslError::Stale } else { SaslError::MissingServerProof };
            return Err(error);
        };
        ServerProved::compare(self.rspauth.as_bytes(), rspauth.as_bytes())
            .ok_or(SaslError::WrongServerProof)
    }
}

impl State for ResponseSent {
    fn mechanism(&self) -> Mechanism {
        MECHANISM
    }

    fn challenge(self: Box<Self>, data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        let proved = self.verify(data)?;
        let next = Verified { awaited: *self, proved };
        Ok((Reply::Respond(Message::default()), Box::new(next)))
    }

    fn success(self: Box<Self>, data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        let proved = self.verify(data.unwrap_or_default())?;
        Ok(Authenticated::mutual(MECHANISM, &proved))
    }
}

impl State for Verified {
    fn mechanism(&self) -> Mechanism {
        MECHANISM
    }

    /// Whatever comes along has to be the proof again.
    fn success(self: Box<Self>, data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        if let Some(data) = data {
            self.awaited.verify(data)?;
        }
        Ok(Authenticated::mutual(MECHANISM, &self.proved))
    }
}

fn is_latin1(text: &str) -> bool {
    text.chars().all(|character| u8::try_from(character).is_ok())
}

#[cfg(test)]
mod vectors;
