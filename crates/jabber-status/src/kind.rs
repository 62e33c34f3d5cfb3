//! What an event is about: a status, an error, or one of ours.

use core::fmt;
use core::str::FromStr;

use crate::{ErrorStatus, Extra, Phase, Status, UnknownName, Vocabulary};

/// What an event is about, in Jabber's vocabulary.
///
/// `Display` and `FromStr` use the stable names, which are unique over all three enums.
///
/// # Examples
///
/// ```
/// use jabber_status::{ErrorStatus, Kind, Status};
///
/// let kind: Kind = Status::Connected.into();
/// assert_eq!((kind.code(), kind.name()), (2, "PCJ_CONNECTED"));
/// assert_eq!("PCJ_AUTHFAIL".parse(), Ok(Kind::Error(ErrorStatus::AuthFail)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One of the 21 statuses, codes 0 to 20.
    Status(Status),
    /// An error, codes 0 to 6 of their own.
    Error(ErrorStatus),
    /// What the project adds, codes above 100.
    Extra(Extra),
}

impl Kind {
    /// Every kind: statuses, then errors, then extras, each by code.
    pub fn all() -> impl Iterator<Item = Self> {
        let statuses = Status::ALL.iter().copied().map(Self::Status);
        let errors = ErrorStatus::ALL.iter().copied().map(Self::Error);
        statuses.chain(errors).chain(Extra::ALL.iter().copied().map(Self::Extra))
    }

    /// The stable number. Errors are numbered apart: [`Kind::Error`] and [`Kind::Status`] may have
    /// the same one.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Status(status) => status.code(),
            Self::Error(error) => error.code(),
            Self::Extra(extra) => extra.code(),
        }
    }

    /// The stable text form, unique over all kinds.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status(status) => status.name(),
            Self::Error(error) => error.name(),
            Self::Extra(extra) => extra.name(),
        }
    }

    /// The status (0 to 20) or the extra (above 100) with this code.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        let extra = || Extra::from_code(code).map(Self::Extra);
        Status::from_code(code).map(Self::Status).or_else(extra)
    }

    /// The error with this code (0 to 6).
    #[must_use]
    pub fn from_error_code(code: u16) -> Option<Self> {
        ErrorStatus::from_code(code).map(Self::Error)
    }

    /// The kind with this name, which must be written exactly so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let error = || ErrorStatus::from_name(name).map(Self::Error);
        let extra = || Extra::from_name(name).map(Self::Extra);
        Status::from_name(name).map(Self::Status).or_else(error).or_else(extra)
    }

    /// Its bit in a [`KindSet`](crate::KindSet): 0, 1, … in the order of [`Kind::all`].
    #[must_use]
    #[inline]
    pub const fn bit(self) -> u32 {
        let errors = Status::ALL.len() as u32;
        let extras = errors + ErrorStatus::ALL.len() as u32;
        match self {
            Self::Status(status) => status as u32,
            Self::Error(error) => errors + error as u32,
            Self::Extra(extra) => extras + (extra as u32 - Extra::TlsEstablished as u32),
        }
    }
}

impl Vocabulary for Kind {
    type Phase = Phase;

    #[inline]
    fn bit(self) -> u32 {
        self.bit()
    }

    fn code(self) -> u16 {
        self.code()
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl From<Status> for Kind {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<ErrorStatus> for Kind {
    fn from(error: ErrorStatus) -> Self {
        Self::Error(error)
    }
}

impl From<Extra> for Kind {
    fn from(extra: Extra) -> Self {
        Self::Extra(extra)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_name(text)
            .ok_or_else(|| UnknownName::new("a status, an error or an extra", text))
    }
}
