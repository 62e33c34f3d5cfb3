//! What parsing a name gives when there is no such name.

use alloc::string::String;
use core::fmt;

/// The text is not the name of anything in that vocabulary.
///
/// Whoever wrote the text is at fault; names are compared exactly, upper case included.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownName {
    /// What was looked for, with its article: `a status`.
    pub wanted: &'static str,
    /// The text that was given.
    pub text: String,
}

impl UnknownName {
    pub(crate) fn new(wanted: &'static str, text: &str) -> Self {
        Self { wanted, text: text.into() }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not the name of {}", self.text, self.wanted)
    }
}

impl core::error::Error for UnknownName {}
