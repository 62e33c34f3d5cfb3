use std::{fmt, ops::Deref};

use zeroize::Zeroizing;

/// A message of ours: what goes, base64-encoded, into `<auth/>` or `<response/>`.
///
/// It may be a password, or a proof from which one can be guessed: zeroised when dropped, redacted
/// in `Debug`. It reads like the bytes that it is.
#[derive(Clone, Default)]
pub struct Message(Zeroizing<Vec<u8>>);

impl Message {
    pub(crate) const fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes, still zeroised when dropped.
    #[must_use]
    pub fn into_inner(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl Deref for Message {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message([redacted])")
    }
}
