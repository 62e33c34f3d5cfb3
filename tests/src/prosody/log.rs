//! What a server said.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// How many lines an error quotes.
const TAIL: usize = 25;

/// The files that a server writes its log and its output to.
#[derive(Debug)]
pub(super) struct Log {
    files: [PathBuf; 2],
}

impl Log {
    pub(super) fn of(folder: &Path) -> Self {
        Self { files: [folder.join("prosody.log"), folder.join("output")] }
    }

    /// The whole log, from level debug up.
    pub(super) fn read(&self) -> String {
        let [log, _] = &self.files;
        read(log)
    }

    /// The last lines of the log and of the output.
    pub(super) fn tail(&self) -> String {
        let text: String = self.files.iter().map(|file| last(&read(file))).collect();
        if text.is_empty() { "(nothing)".to_owned() } else { text }
    }

    /// Forgets what an earlier try wrote.
    pub(super) fn clear(&self) {
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
