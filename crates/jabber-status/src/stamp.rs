//! When and where an event happened.

use crate::Phase;

/// What every Jabber event of ours carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Where the attempt stood.
    pub phase: Phase,
    /// The number of the attempt, 0 before the first.
    pub attempt: u32,
    /// Which dialect told it.
    pub dialect: &'static str,
}

impl Stamp {
    /// That phase of that attempt in that dialect.
    #[must_use]
    pub const fn new(phase: Phase, attempt: u32, dialect: &'static str) -> Self {
        Self { phase, attempt, dialect }
    }
}
