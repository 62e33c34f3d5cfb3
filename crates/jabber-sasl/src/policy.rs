use std::fmt;

use crate::Mechanism;

/// Which mechanisms may be used.
///
/// The default is every one that is safe: all SCRAM; PLAIN where the pipe itself protects the
/// password; EXTERNAL and ANONYMOUS, which come into play only with
/// [credentials](crate::Credentials) of that sort. DIGEST-MD5 (historic, RFC 6331) needs an
/// explicit permission.
///
/// # Examples
/// ```
/// use jabber_sasl::{Mechanism, Policy};
///
/// let for_an_old_server = Policy::default().allow(Mechanism::DigestMd5);
/// assert!(for_an_old_server.allows(Mechanism::DigestMd5));
/// assert!(!Policy::default().allows(Mechanism::DigestMd5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    allowed: u16,
    plaintext: bool,
}

impl Policy {
    /// These mechanisms and no others.
    #[must_use]
    pub fn only(mechanisms: &[Mechanism]) -> Self {
        Self { allowed: bits(mechanisms), plaintext: false }
    }

    /// One mechanism more.
    #[must_use]
    pub const fn allow(mut self, mechanism: Mechanism) -> Self {
        self.allowed |= mechanism.bit();
        self
    }

    /// One mechanism less.
    #[must_use]
    pub const fn forbid(mut self, mechanism: Mechanism) -> Self {
        self.allowed &= !mechanism.bit();
        self
    }

    /// Lets PLAIN send the password over [`Security::Open`](jabber_security::Security::Open),
    /// where anybody on the way can read it. RFC 6120 §13.8.3 forbids that.
    #[must_use]
    pub const fn dangerous_allow_plaintext(mut self, allowed: bool) -> Self {
        self.plaintext = allowed;
        self
    }

    /// True if `mechanism` may be used at all.
    #[must_use]
    pub const fn allows(self, mechanism: Mechanism) -> bool {
        self.allowed & mechanism.bit() != 0
    }

    /// True if the password itself may cross an open pipe.
    #[must_use]
    pub const fn allows_plaintext(self) -> bool {
        self.plaintext
    }

    /// The mechanisms that may be used, the strongest first.
    pub fn mechanisms(self) -> impl Iterator<Item = Mechanism> {
        Mechanism::ALL.into_iter().filter(move |mechanism| self.allows(*mechanism))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::only(&Mechanism::ALL).forbid(Mechanism::DigestMd5)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mechanism) in self.mechanisms().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(mechanism.name())?;
        }
        if self.plaintext { f.write_str(" (a readable password permitted)") } else { Ok(()) }
    }
}

fn bits(mechanisms: &[Mechanism]) -> u16 {
    mechanisms.iter().fold(0, |bits, mechanism| bits | mechanism.bit())
}
