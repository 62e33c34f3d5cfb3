//! Source text as the checks read it: files of the workspace, and Rust without its comments,
//! literals and unit tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Failure;

/// A text file of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

/// The text files below `folder`, sorted; hidden folders, build output and binary files left out.
///
/// # Errors
/// When a folder or file cannot be read.
pub(crate) fn files(root: &Path, folder: &str) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // In a worktree `.git` is a file, which says where the repository is.
            if name == "target" || name == ".git" {
                continue;
            }
            if path.is_dir() {
                if !path.is_symlink() {
                    open.push(path);
                }
            } else if let Ok(text) = String::from_utf8(read_if_there(&path)?) {
                found.push(File { path: relative(root, &path), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// `path` from `root`, with `/` on every system.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts = relative.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

// An editor's temporary file may be gone between listing and reading.
fn read_if_there(path: &PathBuf) -> Result<Vec<u8>, Failure> {
    match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(|error| Failure(format!("{}: {error}", path.display()))),
    }
}

/// Rust source with comments and the insides of literals blanked, line breaks kept.
pub(crate) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&current) = chars.get(at) {
        let end = match current {
            '/' if next_is(&chars, at, '/') => line_end(&chars, at),
            '/' if next_is(&chars, at, '*') => comment_end(&chars, at),
            '"' => string_end(&chars, at + 1),
            'r' if !ends_in_word(&out) || ends_in_prefix(&out) => raw_end(&chars, at),
            '\'' => char_end(&chars, at),
            _ => at,
        };
        if end == at {
            out.push(current);
            at += 1;
        } else {
            let skipped = chars.get(at..end.min(chars.len())).unwrap_or_default();
            out.extend(skipped.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// `code` with every item under `#[cfg(test)]` blanked.
pub(crate) fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(start);
        out.push_str(before);
        let (skipped, after) = item.split_at(item_end(item));
        out.extend(skipped.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out + rest
}

/// Where an item ends: at its closing brace, or the semicolon before any brace.
fn item_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, current) in item.char_indices() {
        match current {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// The words (identifiers) of `code` with their line numbers, counted from 1.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(line, text)| {
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.filter(|word| !word.is_empty()).map(move |word| (line + 1, word))
    })
}

fn next_is(chars: &[char], at: usize, wanted: char) -> bool {
    chars.get(at + 1) == Some(&wanted)
}

fn line_end(chars: &[char], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    at + rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
}

fn comment_end(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(current) = chars.get(at) {
        if *current == '/' && next_is(chars, at, '*') {
            depth += 1;
            at += 2;
        } else if *current == '*' && next_is(chars, at, '/') {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while let Some(current) = chars.get(at) {
        match current {
            '"' => return at + 1,
            '\\' => at += 2,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"` or `r#"…"#`, or `at` if this `r` begins none (a raw identifier, a name).
fn raw_end(chars: &[char], at: usize) -> usize {
    let rest = chars.get(at + 1..).unwrap_or_default();
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    if rest.get(hashes) != Some(&'"') {
        return at;
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    let body = rest.get(hashes + 1..).unwrap_or_default();
    let length = body.windows(close.len()).position(|window| window == close);
    length.map_or(chars.len(), |length| at + 1 + hashes + 1 + length + close.len())
}

/// The end of a character literal, or `at` for a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => {
            let body = chars.get(at + 3..).unwrap_or_default();
            at + 3 + body.iter().position(|c| *c == '\'').map_or(0, |length| length + 1)
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at,
    }
}

fn ends_in_word(out: &str) -> bool {
    out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

// `br"…"` and `cr"…"`.
fn ends_in_prefix(out: &str) -> bool {
    let mut last = out.chars().rev();
    let prefix = matches!(last.next(), Some('b' | 'c'));
    prefix && !last.next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<String> {
        let code = without_tests(&code(text));
        words(&code).map(|(_, word)| word.to_owned()).collect()
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let text = r####"
            let a = "std::net \" x"; // tokio
            /* tokio /* nested */ tokio */ let b = r#"tokio " x"#; let c = br"tokio";
            let d = '"'; let e: &'static str = f('\''); let g = '\u{1F600}'; h
        "####;
        let expected = "let a let b let c b let d let e static str f let g h";
        assert_eq!(seen(text), expected.split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn unit_tests_are_not_looked_at() {
        let text = "a #[cfg(test)] mod tests { use x; fn f() { g() } } b #[cfg(test)] use y; c";
        assert_eq!(seen(text), ["a", "b", "c"]);
    }

    #[test]
    fn lines_are_kept() {
        let text = "a /* \n */ b \"\n\" c\n#[cfg(test)]\nmod t {\n}\nd";
        let code = without_tests(&code(text));
        let lines: Vec<_> = words(&code).collect();
        assert_eq!(lines, [(1, "a"), (2, "b"), (3, "c"), (7, "d")]);
    }
}
