use std::{fmt, str::FromStr};

/// A SASL mechanism that this crate implements.
///
/// The order is that of strength: a later one is stronger. Channel binding counts for more than
/// the hash, because it defeats whoever sits in the middle of the TLS connection.
///
/// # Examples
/// ```
/// use jabber_sasl::Mechanism;
///
/// let mechanism: Mechanism = "SCRAM-SHA-256".parse()?;
/// assert!(mechanism > Mechanism::Plain);
/// assert!(mechanism < Mechanism::ScramSha1Plus);
/// # Ok::<(), jabber_sasl::UnknownMechanism>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mechanism {
    /// `ANONYMOUS` (RFC 4505): no identity at all.
    Anonymous,
    /// `PLAIN` (RFC 4616): the password itself.
    Plain,
    /// `DIGEST-MD5` (RFC 2831, made historic by RFC 6331): for servers of old.
    DigestMd5,
    /// `SCRAM-SHA-1` (RFC 5802).
    ScramSha1,
    /// `SCRAM-SHA-256` (RFC 7677).
    ScramSha256,
    /// `SCRAM-SHA-512` (RFC 5802 with SHA-512, as XEP-0438 lists it).
    ScramSha512,
    /// `SCRAM-SHA-1-PLUS` (RFC 5802): bound to the TLS channel.
    ScramSha1Plus,
    /// `SCRAM-SHA-256-PLUS` (RFC 7677): bound to the TLS channel.
    ScramSha256Plus,
    /// `SCRAM-SHA-512-PLUS`: bound to the TLS channel.
    ScramSha512Plus,
    /// `EXTERNAL` (RFC 4422 appendix A): a client certificate, shown in the TLS handshake.
    External,
}

impl Mechanism {
    /// Every mechanism, the strongest first.
    pub const ALL: [Self; 10] = [
        Self::External,
        Self::ScramSha512Plus,
        Self::ScramSha256Plus,
        Self::ScramSha1Plus,
        Self::ScramSha512,
        Self::ScramSha256,
        Self::ScramSha1,
        Self::DigestMd5,
        Self::Plain,
        Self::Anonymous,
    ];

    /// The registered name, such as `SCRAM-SHA-256-PLUS`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::Plain => "PLAIN",
            Self::External => "EXTERNAL",
            Self::DigestMd5 => "DIGEST-MD5",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::ScramSha512Plus => "SCRAM-SHA-512-PLUS",
        }
    }

    /// True for the `-PLUS` mechanisms, which bind the authentication to the TLS channel.
    #[must_use]
    pub const fn binds_channel(self) -> bool {
        matches!(self, Self::ScramSha1Plus | Self::ScramSha256Plus | Self::ScramSha512Plus)
    }

    /// True for the SCRAM mechanisms, `-PLUS` or not.
    #[must_use]
    pub const fn is_scram(self) -> bool {
        self.binds_channel()
            || matches!(self, Self::ScramSha1 | Self::ScramSha256 | Self::ScramSha512)
    }

    pub(crate) const fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Mechanism {
    type Err = UnknownMechanism;

    /// Names are case-sensitive, and in capitals (RFC 4422 §3.1).
    fn from_str(name: &str) -> Result<Self, UnknownMechanism> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name() == name).ok_or(UnknownMechanism)
    }
}

/// The name of a SASL mechanism that this crate does not implement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error(
    "no such SASL mechanism here; known: EXTERNAL, SCRAM-SHA-512-PLUS, SCRAM-SHA-256-PLUS, \
     SCRAM-SHA-1-PLUS, SCRAM-SHA-512, SCRAM-SHA-256, SCRAM-SHA-1, DIGEST-MD5, PLAIN, ANONYMOUS"
)]
pub struct UnknownMechanism;
