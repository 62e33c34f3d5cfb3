//! Where we are and how strict we are, and what a task reports.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

/// What every task is told.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The workspace's root folder.
    pub(crate) root: PathBuf,
    /// Whether this is CI (`CI` or `JABBER_CI` is set): what could not be checked is then a
    /// failure, not a warning.
    pub(crate) strict: bool,
    /// Whether to colour what is printed.
    pub(crate) colour: bool,
}

impl Context {
    /// The context of this process.
    pub(crate) fn from_env() -> Context {
        // Under `cargo run` the manifest folder is known at compile time; the workspace is its parent.
        let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.parent().map_or_else(|| PathBuf::from("."), PathBuf::from);
        Context { root, strict: is_set("CI") || is_set("JABBER_CI"), colour: wants_colour() }
    }

    /// `text` in an ANSI style such as `"1;31"`, or plain where nothing is coloured.
    pub(crate) fn paint(&self, style: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// How a task that did not fail went.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// One short phrase for the summary, such as `412 passed`.
    pub(crate) detail: String,
    /// What could not be checked or deserves a look; repeated at the end.
    pub(crate) warnings: Vec<String>,
    /// A line to close the whole run with: what the test runner itself printed last.
    pub(crate) closing: Option<String>,
}

impl Report {
    /// A report of one phrase.
    pub(crate) fn of(detail: impl Into<String>) -> Report {
        Report { detail: detail.into(), ..Report::default() }
    }

    /// With one more warning.
    #[must_use]
    pub(crate) fn warn(mut self, warning: impl Into<String>) -> Report {
        self.warnings.push(warning.into());
        self
    }
}

/// Why a task failed, in words for people.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl Failure {
    /// A failure with this text.
    pub(crate) fn new(text: impl Into<String>) -> Failure {
        Failure(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure(error.to_string())
    }
}

/// What a task returns.
pub(crate) type Outcome = Result<Report, Failure>;

fn is_set(name: &str) -> bool {
    env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

// https://no-color.org and https://bixense.com/clicolors: a pipe or a log stays plain.
fn wants_colour() -> bool {
    let dumb = env::var("TERM").is_ok_and(|term| term == "dumb");
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !dumb && !refused
}
