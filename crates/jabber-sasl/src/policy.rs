use std::fmt;

use crate::Mechanism;

/// Which mechanisms may be used.
///
/// The strongest of them is used that the server offers and that is safe on the pipe. The default is
/// [`SCRAM`](Self::SCRAM): the server has to prove that it knows the password, and learns nothing that it
/// did not know.
///
/// EXTERNAL and ANONYMOUS come into play only with [credentials](crate::Credentials) of that sort, and
/// are in all of the named policies.
///
/// # Examples
/// ```
/// use jabber_sasl::{Mechanism, Policy};
///
/// assert_eq!(Policy::default(), Policy::SCRAM);
/// assert!(Policy::PLAIN_OVER_TLS.allows(Mechanism::Plain));
/// assert!(!Policy::PLAIN_OVER_TLS.allows(Mechanism::DigestMd5));
///
/// let for_an_old_server = Policy::SCRAM.allow(Mechanism::DigestMd5);
/// assert!(for_an_old_server.allows(Mechanism::DigestMd5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    allowed: u16,
    plaintext: bool,
}

impl Policy {
    /// SCRAM bound to the TLS channel, and nothing less: whoever sits in the middle is found out, even with
    /// a certificate that is trusted here. Few servers have it.
    pub const SCRAM_PLUS: Self = Self { allowed: 0, plaintext: false }
        .allow(Mechanism::External)
        .allow(Mechanism::Anonymous)
        .allow(Mechanism::ScramSha512Plus)
        .allow(Mechanism::ScramSha256Plus)
        .allow(Mechanism::ScramSha1Plus);

    /// SCRAM, bound to the TLS channel where the server can. The default.
    pub const SCRAM: Self = Self::SCRAM_PLUS
        .allow(Mechanism::ScramSha512)
        .allow(Mechanism::ScramSha256)
        .allow(Mechanism::ScramSha1);

    /// SCRAM, and where the server has none PLAIN, but only where the pipe protects the password: it then
    /// goes to whoever has a certificate that is trusted here. For servers that keep hashes of another
    /// sort, or ask a directory.
    pub const PLAIN_OVER_TLS: Self = Self::SCRAM.allow(Mechanism::Plain);

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
        Self::SCRAM
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
