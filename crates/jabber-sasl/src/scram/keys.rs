use zeroize::Zeroizing;

use super::hash::Hash;

type Bytes = Zeroizing<Vec<u8>>;

/// What the client computes for a login (RFC 5802 §3).
pub(crate) struct ClientKeys {
    /// `ClientProof`.
    pub(crate) proof: Bytes,
    /// `ServerSignature`, as the server has to send it.
    pub(crate) server_signature: Bytes,
}

impl ClientKeys {
    /// `None` if `salted_password` is not the hash's output.
    pub(crate) fn new(hash: Hash, salted_password: &[u8], auth_message: &[u8]) -> Option<Self> {
        if salted_password.len() != hash.len() {
            return None;
        }
        let client_key = hash.hmac(salted_password, b"Client Key")?;
        let (stored_key, server_key) = stored_and_server_key(hash, salted_password)?;
        let client_signature = hash.hmac(&stored_key, auth_message)?;
        Some(Self {
            proof: xor(&client_key, &client_signature),
            server_signature: hash.hmac(&server_key, auth_message)?,
        })
    }
}

/// `StoredKey` and `ServerKey` (RFC 5802 §3): what a server keeps.
pub(crate) fn stored_and_server_key(hash: Hash, salted_password: &[u8]) -> Option<(Bytes, Bytes)> {
    let stored_key = hash.digest(&hash.hmac(salted_password, b"Client Key")?);
    Some((stored_key, hash.hmac(salted_password, b"Server Key")?))
}

/// Both are of the hash's length.
pub(crate) fn xor(left: &[u8], right: &[u8]) -> Bytes {
    Zeroizing::new(left.iter().zip(right).map(|(left, right)| left ^ right).collect())
}
