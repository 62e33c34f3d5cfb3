//! Nothing in the repository names a folder of somebody's machine.

use crate::source::File;
use crate::tidy::Finding;

/// First components of paths that exist on one machine only.
const FOLDERS: &[&str] = &["home", "root", "work", "Users"];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            if let Some(path) = find(line) {
                let place = format!("{}:{}", file.path, number + 1);
                let text = format!("names a folder of somebody's machine: {path}");
                findings.push(Finding::error(place, text));
            }
        }
    }
    findings
}

fn find(line: &str) -> Option<&str> {
    FOLDERS.iter().find_map(|folder| {
        let wanted = format!("/{folder}/");
        let start = line.find(&wanted)?;
        let (before, path) = line.split_at(start);
        // Inside a longer path or an address it is another folder.
        let inside =
            |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | '*');
        let apart = !before.chars().next_back().is_some_and(inside);
        let end = path.find(|c: char| c.is_whitespace() || "\"'`)>".contains(c));
        apart.then(|| path.get(..end.unwrap_or(path.len()))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_found() {
        let line = |folder: &str| format!("see \"/{folder}/alice/x\" there");
        assert!(find(&line("home")).is_some_and(|path| path.ends_with("/alice/x")));
        assert_eq!(find(&line("etc")), None);
        assert_eq!(find("https://example.org/home/alice"), None);
        assert_eq!(find("crates/root/x"), None);
    }
}
