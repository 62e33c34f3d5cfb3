//! The list of the tests' passwords.

use std::fs;
use std::path::Path;

use crate::context::Failure;

/// The file with the list, from the root.
pub(crate) const FILE: &str = "tests/passwords.txt";

/// The passwords, each with the number of its line.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// Looked for everywhere, in every encoding.
    pub(crate) passwords: Vec<(usize, String)>,
    /// Also words of a language: looked for where they can be nothing else than a password.
    pub(crate) words: Vec<(usize, String)>,
}

impl List {
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn read(root: &Path) -> Result<List, Failure> {
        let text = fs::read_to_string(root.join(FILE))
            .map_err(|error| Failure(format!("{FILE}: {error}")))?;
        Ok(List::of(&text))
    }

    pub(crate) fn of(text: &str) -> List {
        let mut list = List::default();
        let mut words = false;
        for (index, line) in text.lines().enumerate() {
            match line {
                "[words]" => words = true,
                _ if line.is_empty() || line.starts_with('#') => {}
                _ if words => list.words.push((index + 1, line.to_owned())),
                _ => list.passwords.push((index + 1, line.to_owned())),
            }
        }
        list
    }

    /// Whether the list has it, as a password or a word.
    pub(crate) fn has(&self, password: &str) -> bool {
        self.passwords.iter().chain(&self.words).any(|(_, listed)| listed == password)
    }
}
