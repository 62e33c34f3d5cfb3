use std::fmt;

use jabber_security::Secret;
use zeroize::Zeroizing;

use super::ServerError;
use crate::{
    Mechanism,
    prepare::saslprep,
    scram::{
        hash::Hash,
        keys::{stored_and_server_key, xor},
    },
};

/// What a server has to store of a password (RFC 5802 §3): it proves a login and cannot be used
/// for one. Zeroised when dropped, redacted in `Debug`.
#[derive(Clone)]
pub struct ScramKeys {
    mechanism: Mechanism,
    salt: Vec<u8>,
    iterations: u32,
    stored_key: Zeroizing<Vec<u8>>,
    server_key: Zeroizing<Vec<u8>>,
}

impl ScramKeys {
    /// Derives them. This blocks the calling thread for as long as `iterations` take.
    ///
    /// `-PLUS` or not makes no difference: the keys are those of the hash.
    ///
    /// # Errors
    /// [`ServerError::WrongMechanism`] if it is not SCRAM; [`ServerError::Unusable`] if SASLprep
    /// prohibits the password, or without salt or iterations.
    pub fn derive(
        mechanism: Mechanism,
        password: &Secret,
        salt: &[u8],
        iterations: u32,
    ) -> Result<Self, ServerError> {
        let hash = Hash::of(mechanism).ok_or(ServerError::WrongMechanism)?;
        let password = saslprep(password.expose()).ok_or(ServerError::Unusable)?;
        if salt.is_empty() || iterations == 0 {
            return Err(ServerError::Unusable);
        }
        let salted = hash.derive(&password, salt, iterations);
        let (stored_key, server_key) =
            stored_and_server_key(hash, salted.expose()).ok_or(ServerError::Unusable)?;
        Ok(Self { mechanism, salt: salt.to_vec(), iterations, stored_key, server_key })
    }

    /// The hash of `mechanism`, if the keys are of that hash.
    pub(super) fn hash(&self, mechanism: Mechanism) -> Option<Hash> {
        let (ours, theirs) = (Hash::of(self.mechanism)?, Hash::of(mechanism)?);
        (ours.len() == theirs.len()).then_some(theirs)
    }

    pub(super) fn salt(&self) -> &[u8] {
        &self.salt
    }

    pub(super) const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Verifies the client's proof; returns the server's signature if it is right.
    pub(super) fn verify(
        &self,
        hash: Hash,
        auth_message: &[u8],
        proof: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let client_signature = hash.hmac(&self.stored_key, auth_message)?;
        if proof.len() != client_signature.len() {
            return None;
        }
        let client_key = hash.digest(&xor(proof, &client_signature));
        let right =
            subtle::ConstantTimeEq::ct_eq(client_key.as_slice(), self.stored_key.as_slice());
        if bool::from(right) { hash.hmac(&self.server_key, auth_message) } else { None }
    }
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys")
            .field("mechanism", &self.mechanism)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}
