use std::fmt;

use crate::Split;

/// How many lines are shown before a difference, and of either side from there on.
const SHOWN: usize = 4;

/// Where a transcript and what happened part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// How the server's bytes were cut.
    pub split: Split,
    /// The number, from 1, of the first line that differs.
    pub line: usize,
    /// Some lines above it, which both have.
    pub before: Vec<String>,
    /// What is written: that line and some more. None where the transcript ends.
    pub written: Vec<String>,
    /// What happened, the same way.
    pub happened: Vec<String>,
}

impl Difference {
    /// The first one, if there is any.
    pub(crate) fn of(written: &str, happened: &str, split: Split) -> Option<Self> {
        let (left, right): (Vec<_>, Vec<_>) =
            (written.lines().collect(), happened.lines().collect());
        let common = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
        if common == left.len() && common == right.len() {
            return None;
        }
        let some = |lines: &[&str], from: usize| {
            lines.iter().skip(from).take(SHOWN).map(|line| (*line).to_owned()).collect()
        };
        Some(Self {
            split,
            line: common + 1,
            before: some(left.get(..common).unwrap_or_default(), common.saturating_sub(SHOWN)),
            written: some(&left, common),
            happened: some(&right, common),
        })
    }
}

/// As a patch: `-` is what is written, `+` what happened.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} differs, played {}:", self.line, self.split)?;
        let above = self.line - self.before.len();
        for (mark, first, lines) in [
            (' ', above, &self.before),
            ('-', self.line, &self.written),
            ('+', self.line, &self.happened),
        ] {
            for (number, line) in (first..).zip(lines) {
                write!(f, "\n  {mark} {number} {line}")?;
            }
            if lines.is_empty() && mark != ' ' {
                write!(f, "\n  {mark} {first} (the end)")?;
            }
        }
        Ok(())
    }
}
