//! What a server said.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// How many lines an error quotes.
const TAIL: usize = 25;

/// The files that a server writes its log and its output to.
#[derive(Debug)]
pub(crate) struct Log {
    files: Vec<PathBuf>,
}

impl Log {
    /// These files of a folder.
    pub(crate) fn of(folder: &Path, names: &[&str]) -> Self {
        Self { files: names.iter().map(|name| folder.join(name)).collect() }
    }

    /// All of it, file after file.
    pub(crate) fn read(&self) -> String {
        self.files.iter().map(|file| read(file)).collect()
    }

    /// The last lines of each.
    pub(crate) fn tail(&self) -> String {
        let text: String = self.files.iter().map(|file| last(&read(file))).collect();
        if text.is_empty() { "(nothing)".to_owned() } else { text }
    }

    /// Forgets what an earlier try wrote.
    pub(crate) fn clear(&self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
    }
}

fn read(file: &Path) -> String {
    fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn last(text: &str) -> String {
    let skipped = text.lines().count().saturating_sub(TAIL);
    text.lines().skip(skipped).map(|line| format!("  {line}\n")).collect()
}
