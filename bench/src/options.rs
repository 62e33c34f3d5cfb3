//! The command line that all drivers have: `--name value`, unknown names ignored.

use std::{collections::BTreeMap, env, error::Error, str::FromStr};

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// Reads the process's arguments.
    #[must_use]
    pub fn from_args() -> Self {
        let mut arguments = env::args().skip(1);
        let mut options = BTreeMap::new();
        while let Some(name) = arguments.next() {
            if let Some(name) = name.strip_prefix("--") {
                options.insert(name.to_owned(), arguments.next().unwrap_or_default());
            }
        }
        Self(options)
    }

    /// The text of an option, or what it is by default.
    #[must_use]
    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map_or(default, String::as_str)
    }

    /// A number, or what it is by default.
    ///
    /// # Errors
    /// If it is none.
    pub fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T, Box<dyn Error>> {
        match self.0.get(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("--{name} {text}: not a number").into()),
        }
    }
}
