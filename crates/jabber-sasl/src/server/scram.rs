use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use jabber_security::{ChannelBinding, Secret};

use super::{
    ScramKeys, ServerError,
    client_first::{ClientFirst, Flag},
};
use crate::{
    BindingType, Mechanism, Offer,
    scram::{
        attributes::{Attributes, malformed},
        hash::Hash,
        is_nonce, offered,
    },
};

/// One SCRAM login, the server's side (RFC 5802). Each is for one login only.
pub struct ScramServer {
    mechanism: Mechanism,
    hash: Hash,
    keys: ScramKeys,
    nonce: String,
    binding: ChannelBinding,
    /// XEP-0474's list, and whether a `-PLUS` is on it.
    offered: Option<(String, bool)>,
    pending: Option<Pending>,
}

/// What the client's final message is checked against.
struct Pending {
    authzid: Option<String>,
    /// What `c=` has to decode to.
    bound: Vec<u8>,
    nonce: String,
    /// Both first messages, as they enter `AuthMessage`.
    firsts: String,
}

impl ScramServer {
    /// A login with the password itself. This derives the keys, and so blocks the calling thread
    /// for as long as `iterations` take; [`with_keys`](Self::with_keys) does not.
    ///
    /// `nonce` has to be fresh for each login: [`nonce`](super::nonce) makes one. Clients refuse
    /// less than 4096 iterations, and more than 2 million.
    ///
    /// # Errors
    /// [`ServerError::WrongMechanism`] if it is not SCRAM, [`ServerError::Unusable`] if password,
    /// nonce, salt or iterations are.
    pub fn new(
        mechanism: Mechanism,
        nonce: &str,
        salt: &[u8],
        iterations: u32,
        password: &Secret,
    ) -> Result<Self, ServerError> {
        Self::with_keys(mechanism, nonce, ScramKeys::derive(mechanism, password, salt, iterations)?)
    }

    /// A login with stored keys.
    ///
    /// # Errors
    /// [`ServerError::WrongMechanism`] if the keys are of another hash, [`ServerError::Unusable`]
    /// if the nonce is no nonce.
    pub fn with_keys(
        mechanism: Mechanism,
        nonce: &str,
        keys: ScramKeys,
    ) -> Result<Self, ServerError> {
        let hash = keys.hash(mechanism).ok_or(ServerError::WrongMechanism)?;
        if !is_nonce(nonce) {
            return Err(ServerError::Unusable);
        }
        let nonce = nonce.to_owned();
        let binding = ChannelBinding::none();
        Ok(Self { mechanism, hash, keys, nonce, binding, offered: None, pending: None })
    }

    /// The channel-binding data of this connection. A `-PLUS` mechanism needs it.
    #[must_use]
    pub fn with_channel_binding(mut self, binding: ChannelBinding) -> Self {
        self.binding = binding;
        self
    }

    /// What was offered to this client. The challenge then carries the hash of it (XEP-0474), and a
    /// client that missed the offer of a `-PLUS` is refused (RFC 5802 §6).
    #[must_use]
    pub fn with_offer(mut self, offer: &Offer<'_>) -> Self {
        let plus = offer.mechanisms.iter().any(|name| name.ends_with("-PLUS"));
        self.offered = Some((offered::list(offer), plus));
        self
    }

    /// The user name in a client's first message, to look its password up before a login is made.
    ///
    /// # Errors
    /// [`ServerError::Malformed`].
    pub fn username(client_first: &[u8]) -> Result<String, ServerError> {
        Ok(ClientFirst::parse(client_first)?.username)
    }

    /// Takes the client's first message; returns the user name and the challenge.
    ///
    /// # Errors
    /// A malformed message, or a channel binding that does not fit.
    pub fn first(&mut self, client_first: &[u8]) -> Result<(String, Vec<u8>), ServerError> {
        if self.pending.is_some() {
            return Err(ServerError::OutOfTurn);
        }
        let first = ClientFirst::parse(client_first)?;
        let data = self.binding_data(first.flag)?;
        let bound = [first.gs2_header.as_bytes(), data].concat();
        let nonce = format!("{}{}", first.nonce, self.nonce);
        let salt = STANDARD.encode(self.keys.salt());
        let mut answer = format!("r={nonce},s={salt},i={}", self.keys.iterations());
        if let Some((list, _)) = &self.offered {
            answer.push_str(",h=");
            answer.push_str(&STANDARD.encode(self.hash.digest(list.as_bytes())));
        }
        let firsts = format!("{},{answer}", first.bare);
        self.pending = Some(Pending { authzid: first.authzid, bound, nonce, firsts });
        Ok((first.username, answer.into_bytes()))
    }

    /// The identity that the client asked to act as, after [`first`](Self::first).
    #[must_use]
    pub fn authzid(&self) -> Option<&str> {
        self.pending.as_ref()?.authzid.as_deref()
    }

    /// Takes the client's final message; returns the data of the success, `v=...`. The client is
    /// authenticated exactly if this is `Ok`.
    ///
    /// # Errors
    /// A malformed message, a wrong proof, or a wrong channel binding.
    pub fn finish(self, client_final: &[u8]) -> Result<Vec<u8>, ServerError> {
        let pending = self.pending.ok_or(ServerError::OutOfTurn)?;
        let message = str::from_utf8(client_final).map_err(|_| malformed("it is not UTF-8"))?;
        let (without_proof, proof) =
            message.rsplit_once(",p=").ok_or(malformed("no proof (p) where it belongs"))?;
        let mut attributes = Attributes::new(without_proof);
        let bound = attributes.expect(b'c', "no channel binding (c) where it belongs")?;
        let nonce = attributes.expect(b'r', "no nonce (r) where it belongs")?;
        attributes.extension(b'r')?;
        if nonce != pending.nonce {
            return Err(ServerError::WrongProof);
        }
        let bound = STANDARD.decode(bound).map_err(|_| malformed("'c' is no base64"))?;
        if bound != pending.bound {
            return Err(ServerError::WrongBinding);
        }
        let proof = STANDARD.decode(proof).map_err(|_| malformed("the proof is no base64"))?;
        let auth_message = format!("{},{without_proof}", pending.firsts);
        let signature = self.keys.verify(self.hash, auth_message.as_bytes(), &proof);
        let signature = signature.ok_or(ServerError::WrongProof)?;
        Ok(format!("v={}", STANDARD.encode(signature.as_slice())).into_bytes())
    }

    fn binding_data(&self, flag: Flag<'_>) -> Result<&[u8], ServerError> {
        match flag {
            Flag::Bound(name) if self.mechanism.binds_channel() => {
                let kind = BindingType::ALL.into_iter().find(|kind| kind.name() == name);
                kind.and_then(|kind| kind.data(&self.binding))
                    .ok_or(ServerError::UnsupportedBinding)
            }
            Flag::Bound(_) => Err(ServerError::UnsupportedBinding),
            _ if self.mechanism.binds_channel() => Err(ServerError::UnsupportedBinding),
            Flag::NotOffered if self.offered.as_ref().is_some_and(|(_, plus)| *plus) => {
                Err(ServerError::OfferRemoved)
            }
            Flag::NotOffered | Flag::Without => Ok(&[]),
        }
    }
}

impl fmt::Debug for ScramServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramServer").field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}
