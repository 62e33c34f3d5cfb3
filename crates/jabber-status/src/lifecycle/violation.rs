//! What is wrong with a trace.

use core::error::Error;
use core::fmt;

use super::State;
use crate::{Kind, KindSet, Phase};

/// A status came that must not come there, or lacked what it must have.
///
/// Whoever fired it is at fault: a dialect, or what drives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// It must not come now.
    #[non_exhaustive]
    Order {
        /// Where the attempt was.
        state: State,
        /// What came.
        came: Kind,
        /// What might have come.
        expected: KindSet,
    },
    /// The trace ended in the middle of an attempt or of a shutdown.
    #[non_exhaustive]
    Unfinished {
        /// Where the attempt was.
        state: State,
        /// What might have come.
        expected: KindSet,
    },
    /// It came in order, but says another phase.
    #[non_exhaustive]
    Phase {
        /// Where the attempt was before it came.
        state: State,
        /// What came.
        came: Kind,
        /// The phase it says.
        said: Phase,
        /// The phase it has by its place in the order.
        expected: Phase,
    },
    /// It came in order, but says another attempt.
    #[non_exhaustive]
    Attempt {
        /// What came.
        came: Kind,
        /// The attempt it says.
        said: u32,
        /// The attempt that is under way, or was the last.
        expected: u32,
    },
}

impl Violation {
    /// What came; `None` if the trace ended.
    #[must_use]
    pub const fn came(&self) -> Option<Kind> {
        match self {
            Self::Order { came, .. } | Self::Phase { came, .. } | Self::Attempt { came, .. } => {
                Some(*came)
            }
            Self::Unfinished { .. } => None,
        }
    }

    /// What might have come instead; empty where the kind was right.
    #[must_use]
    pub const fn expected(&self) -> KindSet {
        match self {
            Self::Order { expected, .. } | Self::Unfinished { expected, .. } => *expected,
            Self::Phase { .. } | Self::Attempt { .. } => KindSet::EMPTY,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { state, came, expected } => {
                write!(f, "{came} must not come in state {state}; next may come ")?;
                list(f, *expected)
            }
            Self::Unfinished { state, expected } => {
                write!(f, "the trace must not end in state {state}; next may come ")?;
                list(f, *expected)
            }
            Self::Phase { state, came, said, expected } => {
                write!(f, "{came} in state {state} says phase {said}, but its phase is {expected}")
            }
            Self::Attempt { came, said, expected } => {
                write!(f, "{came} says attempt {said}, but it belongs to attempt {expected}")
            }
        }
    }
}

/// The kinds, without those that may stand anywhere.
fn list(f: &mut fmt::Formatter<'_>, kinds: KindSet) -> fmt::Result {
    let mut kinds = kinds.iter().filter(|kind| !matches!(kind, Kind::Extra(_)));
    if let Some(kind) = kinds.next() {
        write!(f, "{kind}")?;
    }
    kinds.try_for_each(|kind| write!(f, ", {kind}"))
}

impl Error for Violation {}
