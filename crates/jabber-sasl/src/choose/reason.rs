use std::fmt;

use jabber_security::Untrusted;

use crate::{BindingType, Mechanism, SHOWN};

/// The most mechanisms that are listed for people; a server may offer any number.
const LISTED: usize = 24;

/// Why a mechanism was chosen. `Display` says it to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    mechanism: Mechanism,
    binding: Option<BindingType>,
    passed_over: Vec<PassedOver>,
}

impl Reason {
    pub(super) const fn new(
        mechanism: Mechanism,
        binding: Option<BindingType>,
        passed_over: Vec<PassedOver>,
    ) -> Self {
        Self { mechanism, binding, passed_over }
    }

    /// The channel binding that the chosen mechanism uses.
    #[must_use]
    pub const fn channel_binding(&self) -> Option<BindingType> {
        self.binding
    }

    /// What was offered too, and why it was not taken.
    #[must_use]
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.passed_over
    }

    /// An estimate of the memory that it holds beside itself, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.passed_over.iter().map(|it| size_of::<PassedOver>() + it.name.len()).sum()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism.name())?;
        if let Some(binding) = self.binding {
            write!(f, " bound to the TLS channel by {binding}")?;
        }
        if self.passed_over.is_empty() {
            return f.write_str(": the only one offered");
        }
        f.write_str(": the strongest of those offered that can be used here; passed over: ")?;
        list(&self.passed_over, f)
    }
}

/// A mechanism that was offered and not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    name: String,
    cause: Cause,
}

impl PassedOver {
    pub(super) fn new(name: &str, cause: Cause) -> Self {
        Self { name: name.to_owned(), cause }
    }

    /// Its name in the server's list.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it was not taken.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        self.cause
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", Untrusted::new(&self.name).at_most(SHOWN), self.cause)
    }
}

/// Why an offered mechanism was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// It is not implemented here.
    Unknown,
    /// The policy does not permit it.
    Forbidden,
    /// It sends the password itself, and the pipe does not protect it.
    Unprotected,
    /// It needs credentials of another sort.
    OtherCredentials,
    /// The pipe has no channel-binding data.
    NoBinding,
    /// The server accepts none of the channel-binding types that the pipe has data of.
    NoCommonBinding,
    /// The server does not say which channel-binding types it accepts (XEP-0440).
    UnlistedBinding,
    /// It can be used, and the chosen one is stronger.
    Weaker,
}

impl Cause {
    /// What a user can do about it.
    pub(super) const fn hint(self) -> Option<&'static str> {
        match self {
            Self::Forbidden => Some("permit one of them in the policy (--mechanism)"),
            Self::Unprotected => Some("use TLS, so that nobody can read the password"),
            Self::OtherCredentials => {
                Some("give the credentials that the server wants: a password, or a certificate")
            }
            Self::NoBinding | Self::NoCommonBinding | Self::UnlistedBinding => {
                Some("permit the same mechanism without -PLUS")
            }
            Self::Unknown | Self::Weaker => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "not implemented here",
            Self::Forbidden => "not permitted by the policy",
            Self::Unprotected => "would send the readable password over an open connection",
            Self::OtherCredentials => "not for credentials of this sort",
            Self::NoBinding => "this connection has no channel binding",
            Self::NoCommonBinding => "no channel-binding type in common",
            Self::UnlistedBinding => "the server does not say which channel-binding types it takes",
            Self::Weaker => "weaker",
        })
    }
}

/// Writes the entries for people, a long list cut short.
pub(super) fn list(entries: &[PassedOver], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, entry) in entries.iter().take(LISTED).enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{entry}")?;
    }
    match entries.len().checked_sub(LISTED) {
        None | Some(0) => Ok(()),
        Some(more) => write!(f, " and {more} more"),
    }
}
