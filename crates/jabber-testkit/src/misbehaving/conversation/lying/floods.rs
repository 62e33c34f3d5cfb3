//! More than anybody can want.

use crate::misbehaving::{Lie, said::Said};

/// What comes before the answer.
pub(super) fn before(lie: Lie, stanza: &Said) -> Option<String> {
    match lie {
        Lie::FloodStanzas => Some(stanza.text().repeat(1000)),
        Lie::FloodSpace => Some(" ".repeat(100_000)),
        Lie::FloodFeatures => Some("<stream:features/>".repeat(1000)),
        _ => None,
    }
}

/// What never ends.
pub(super) fn endless(lie: Lie) -> Option<String> {
    let endless = |start: &str| start.to_owned() + &"a".repeat(2 * 1024 * 1024);
    match lie {
        Lie::EndlessStanza => Some(endless("<message><body>")),
        Lie::EndlessAttribute => Some(endless("<message to='")),
        Lie::DeepNesting => Some("<a>".repeat(100_000)),
        _ => None,
    }
}
