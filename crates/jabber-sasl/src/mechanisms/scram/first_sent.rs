use base64::{Engine, engine::general_purpose::STANDARD};
use jabber_security::{DerivedKey, Entropy, KeyDerivation};
use zeroize::Zeroizing;

use super::{Session, final_sent::FinalSent, server_first::ServerFirst};
use crate::{
    Mechanism, SaslError,
    exchange::{Message, Next, Reply, State},
    scram::{attributes::malformed, keys::ClientKeys},
};

/// The client's first message is out.
pub(super) struct FirstSent {
    session: Session,
    nonce: String,
    /// `client-first-message-bare`.
    bare: String,
}

/// The job that derives the key is out.
struct Deriving {
    session: Session,
    /// `AuthMessage`, which all signatures are of.
    auth_message: String,
    /// `client-final-message-without-proof`.
    without_proof: String,
    list_verified: bool,
}

impl FirstSent {
    pub(super) const fn new(session: Session, nonce: String, bare: String) -> Self {
        Self { session, nonce, bare }
    }

    fn receive(self, data: &[u8]) -> Result<(KeyDerivation, Deriving), SaslError> {
        let message = str::from_utf8(data).map_err(|_| malformed("it is not UTF-8"))?;
        let server = ServerFirst::parse(message)?;
        let extended = server.nonce.strip_prefix(&self.nonce).filter(|rest| !rest.is_empty());
        extended.ok_or(SaslError::ForeignNonce)?;
        let list_verified = self.verify_list(&server)?;

        let Self { session, bare, .. } = self;
        let bound = [session.gs2_header.as_bytes(), &session.binding_data].concat();
        let without_proof = format!("c={},r={}", STANDARD.encode(bound), server.nonce);
        let auth_message = format!("{bare},{message},{without_proof}");

        let ServerFirst { salt, iterations, .. } = server;
        let (hash, password) = (session.hash, session.password.clone());
        let job = KeyDerivation::new(move || hash.derive(password.expose(), &salt, iterations));
        Ok((job, Deriving { session, auth_message, without_proof, list_verified }))
    }

    /// XEP-0474: the server signs what it offered, and that has to be what arrived.
    fn verify_list(&self, server: &ServerFirst<'_>) -> Result<bool, SaslError> {
        let Some(received) = &server.offered_hash else { return Ok(false) };
        let expected = self.session.hash.digest(self.session.offered.as_bytes());
        if *received == *expected { Ok(true) } else { Err(SaslError::Downgraded) }
    }
}

impl State for FirstSent {
    fn mechanism(&self) -> Mechanism {
        self.session.mechanism
    }

    fn challenge(self: Box<Self>, data: &[u8], _entropy: &mut dyn Entropy) -> Next<Reply> {
        let (job, next) = self.receive(data)?;
        Ok((Reply::Derive(job), Box::new(next)))
    }
}

impl State for Deriving {
    fn mechanism(&self) -> Mechanism {
        self.session.mechanism
    }

    fn derived(self: Box<Self>, key: &DerivedKey) -> Next<Message> {
        let keys = ClientKeys::new(self.session.hash, key.expose(), self.auth_message.as_bytes())
            .ok_or(SaslError::WrongKey)?;
        let proof = Zeroizing::new(STANDARD.encode(&keys.proof));
        let message = [self.without_proof.as_str(), ",p=", &proof].concat().into_bytes();
        let next = FinalSent {
            mechanism: self.session.mechanism,
            binding: self.session.binding,
            list_verified: self.list_verified,
            server_signature: keys.server_signature,
        };
        Ok((message.into(), Box::new(next)))
    }
}
