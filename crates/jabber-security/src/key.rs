use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use zeroize::Zeroizing;

/// The result of a [`KeyDerivation`]. Zeroised when dropped, redacted in `Debug`.
#[derive(Clone)]
pub struct DerivedKey(Zeroizing<Vec<u8>>);

impl DerivedKey {
    /// Takes over derived key material.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key material.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey([redacted])")
    }
}

/// A key derivation that takes long enough to disturb others (PBKDF2 with thousands of rounds), as
/// a job.
///
/// Protocol logic hands it out and gets the [`DerivedKey`] back as an input; a driver runs it off
/// its async threads, a test inline.
///
/// # Examples
/// ```
/// use jabber_security::{DerivedKey, KeyDerivation};
///
/// let job = KeyDerivation::new(|| DerivedKey::new(vec![1, 2, 3]));
/// assert_eq!(job.run().expose(), [1, 2, 3]);
/// ```
pub struct KeyDerivation(Box<dyn FnOnce() -> DerivedKey + Send>);

impl KeyDerivation {
    /// Wraps the computation.
    pub fn new(derive: impl FnOnce() -> DerivedKey + Send + 'static) -> Self {
        Self(Box::new(derive))
    }

    /// Computes the key. Blocks the calling thread for as long as that takes.
    #[must_use]
    pub fn run(self) -> DerivedKey {
        (self.0)()
    }
}

impl fmt::Debug for KeyDerivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDerivation")
    }
}
