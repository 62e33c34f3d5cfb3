use hmac::{Hmac, Mac, digest::InvalidLength};
use jabber_security::DerivedKey;
use sasl::{
    common::{
        Password,
        scram::{DeriveError, ScramProvider, Sha1, Sha256},
    },
    secret::Secret,
};
use sha2::Digest;
use zeroize::{Zeroize, Zeroizing};

use crate::Mechanism;

/// A hash function of SCRAM: one of the `sasl` crate's providers.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    len: usize,
    digest: fn(&[u8]) -> Vec<u8>,
    hmac: HmacFn,
    derive: DeriveFn,
}

/// Data, then key.
type HmacFn = fn(&[u8], &[u8]) -> Result<Vec<u8>, InvalidLength>;

/// Password, salt, iterations.
type DeriveFn = fn(&Password, &[u8], u32) -> Result<Vec<u8>, DeriveError>;

impl Hash {
    /// `None` if `mechanism` is not SCRAM.
    pub(crate) fn of(mechanism: Mechanism) -> Option<Self> {
        match mechanism {
            Mechanism::ScramSha1 | Mechanism::ScramSha1Plus => Some(Self::provided::<Sha1>(20)),
            Mechanism::ScramSha256 | Mechanism::ScramSha256Plus => {
                Some(Self::provided::<Sha256>(32))
            }
            Mechanism::ScramSha512 | Mechanism::ScramSha512Plus => {
                Some(Self::provided::<Sha512>(64))
            }
            _ => None,
        }
    }

    fn provided<P: ScramProvider>(len: usize) -> Self {
        Self { len, digest: P::hash, hmac: P::hmac, derive: P::derive }
    }

    /// The length of its output in bytes.
    pub(crate) const fn len(self) -> usize {
        self.len
    }

    pub(crate) fn digest(self, data: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new((self.digest)(data))
    }

    /// `None` cannot happen with HMAC, which takes keys of any length; but an empty result must
    /// never be compared with what a server sent.
    pub(crate) fn hmac(self, key: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        (self.hmac)(data, key).ok().map(Zeroizing::new)
    }

    /// `Hi` of RFC 5802 §2.2: PBKDF2. The key is empty, and so refused, if it fails.
    pub(crate) fn derive(self, password: &str, salt: &[u8], iterations: u32) -> DerivedKey {
        let mut password = Password::Plain(password.to_owned());
        let key = (self.derive)(&password, salt, iterations).unwrap_or_default();
        // The type of `sasl` does not do that by itself.
        if let Password::Plain(text) = &mut password {
            text.zeroize();
        }
        DerivedKey::new(key)
    }
}

/// SHA-512, which `sasl` does not provide.
struct Sha512;

/// `sasl` wants a type for stored secrets; none is stored here.
struct NotStored;

impl Secret for NotStored {}

impl ScramProvider for Sha512 {
    type Secret = NotStored;

    fn name() -> &'static str {
        "SHA-512"
    }

    fn hash(data: &[u8]) -> Vec<u8> {
        sha2::Sha512::digest(data).to_vec()
    }

    fn hmac(data: &[u8], key: &[u8]) -> Result<Vec<u8>, InvalidLength> {
        let mut mac = Hmac::<sha2::Sha512>::new_from_slice(key)?;
        mac.update(data);
        Ok(mac.finalize().into_bytes().to_vec())
    }

    fn derive(password: &Password, salt: &[u8], iterations: u32) -> Result<Vec<u8>, DeriveError> {
        let Password::Plain(text) = password else { return Err(DeriveError::InvalidLength) };
        let mut key = vec![0; 64];
        pbkdf2::pbkdf2::<Hmac<sha2::Sha512>>(text.as_bytes(), salt, iterations, &mut key)?;
        Ok(key)
    }
}
