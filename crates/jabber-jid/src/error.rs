//! Why a text is no JID.

use core::fmt;

/// Why a text is no JID: which part of it, and what is wrong there.
///
/// The fault is always in the text; its author has to change it as the message says.
///
/// # Examples
///
/// ```
/// use jabber_jid::{Jid, JidFault, JidPart};
///
/// let error = Jid::new("al ice@example.com").unwrap_err();
/// assert_eq!(error.part(), JidPart::Local);
/// assert_eq!(error.fault(), JidFault::Character { character: ' ', position: 2 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the {part} {fault}")]
pub struct JidError {
    part: JidPart,
    fault: JidFault,
}

impl JidError {
    pub(crate) const fn new(part: JidPart, fault: JidFault) -> Self {
        Self { part, fault }
    }

    /// The part of the JID that the fault is in.
    pub const fn part(&self) -> JidPart {
        self.part
    }

    /// What is wrong there.
    pub const fn fault(&self) -> JidFault {
        self.fault
    }
}

/// A part of a JID: `local@domain/resource` (RFC 7622 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JidPart {
    /// Before the first `@`: the account (RFC 7622 §3.3).
    Local,
    /// The host or service (RFC 7622 §3.2).
    Domain,
    /// After the first `/`: a session, or a nickname in a room (RFC 7622 §3.4).
    Resource,
}

impl fmt::Display for JidPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "local part (before '@')",
            Self::Domain => "domain",
            Self::Resource => "resource (after '/')",
        })
    }
}

/// What is wrong with a part. Positions are byte offsets into the part as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JidFault {
    /// The part has no characters, though its separator is there, or it is the domain.
    Empty,
    /// The part has more bytes of UTF-8 than the limit, 1023 (RFC 7622 §3.2 to §3.4).
    TooLong,
    /// A character that this part must not have.
    Character {
        /// The character as it was given.
        character: char,
        /// Where it begins.
        position: usize,
    },
    /// A code point that Unicode has not assigned, so its rules are unknown (RFC 8264 §9.10).
    Unassigned {
        /// The code point as it was given.
        character: char,
        /// Where it begins.
        position: usize,
    },
    /// A character that is allowed only beside certain others (RFC 5892 appendix A).
    Context {
        /// The character as it was given.
        character: char,
        /// Where it begins.
        position: usize,
    },
    /// Right-to-left and left-to-right characters are mixed against RFC 5893 §2.
    Direction,
    /// Preparing the text again and again gives a different text each time (RFC 8264 §7).
    Unstable,
    /// Two dots in a row, or one at the beginning: a label of the domain is empty.
    EmptyLabel {
        /// Where the label would begin.
        position: usize,
    },
    /// A label of the domain has more than 63 bytes in its ASCII form (RFC 5890 §2.3.1).
    LabelTooLong {
        /// Where the label begins.
        position: usize,
    },
    /// A label begins or ends with `-`, or has `--` in third and fourth place (RFC 5891 §4.2.3.1).
    Hyphen {
        /// Where the label begins.
        position: usize,
    },
    /// A label begins with a combining mark (RFC 5891 §4.2.3.2).
    LeadingMark {
        /// Where the label begins.
        position: usize,
    },
    /// A label begins with `xn--` but stands for no internationalised label (RFC 5891 §5.4).
    Punycode {
        /// Where the label begins.
        position: usize,
    },
    /// What stands in `[ ]` is no IPv6 address. Zones (`%eth0`) are none of it.
    Ipv6,
    /// The name has more than 253 bytes in its ASCII form, so DNS cannot have it (RFC 1035 §2.3.4).
    NameTooLong,
}

impl fmt::Display for JidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => f.write_str("is empty: write it, or leave its separator out"),
            Self::TooLong => f.write_str("is longer than 1023 bytes: shorten it"),
            Self::Character { character, position } => {
                write!(f, "must not have {} (at byte {position}): remove it", Shown(character))
            }
            Self::Unassigned { character, position } => write!(
                f,
                "has {} (at byte {position}), which Unicode has not assigned: remove it",
                Shown(character)
            ),
            Self::Context { character, position } => write!(
                f,
                "has {} (at byte {position}) where its neighbours do not allow it: remove it",
                Shown(character)
            ),
            Self::Direction => f.write_str(
                "mixes right-to-left with left-to-right characters: keep to one direction",
            ),
            Self::Unstable => f.write_str("has no stable normal form: use simpler characters"),
            Self::EmptyLabel { position } => {
                write!(f, "has an empty label at byte {position}: remove the extra dot")
            }
            Self::LabelTooLong { position } => write!(
                f,
                "has a label (at byte {position}) of more than 63 bytes in ASCII form: shorten it"
            ),
            Self::Hyphen { position } => write!(
                f,
                "has a label (at byte {position}) with '-' first, last, or twice in third place: \
                 move it"
            ),
            Self::LeadingMark { position } => write!(
                f,
                "has a label (at byte {position}) that begins with a combining mark: put a letter \
                 before it"
            ),
            Self::Punycode { position } => write!(
                f,
                "has a label (at byte {position}) that begins with \"xn--\" but stands for no \
                 international name: check its spelling"
            ),
            Self::Ipv6 => f.write_str("has no IPv6 address in its brackets: write it as [::1]"),
            Self::NameTooLong => {
                f.write_str("has more than 253 bytes in ASCII form, too many for DNS: shorten it")
            }
        }
    }
}

/// A character for people: itself, escaped where it is invisible, and its number.
struct Shown(char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (U+{:04X})", self.0, u32::from(self.0))
    }
}
