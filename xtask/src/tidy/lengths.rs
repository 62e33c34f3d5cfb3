//! How long a source file may be.

use crate::source::File;
use crate::tidy::Finding;

const WARNING: usize = 400;
const ERROR: usize = 600;
const MEDIAN: usize = 200;

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let sources = files.iter().filter(|file| file.path.ends_with(".rs"));
    let mut lengths = Vec::new();
    let mut findings = Vec::new();
    for file in sources {
        let length = file.text.lines().count();
        lengths.push(length);
        let text = |limit| format!("{length} lines; more than {limit}: give it a second file");
        if length > ERROR {
            findings.push(Finding::error(&file.path, text(ERROR)));
        } else if length > WARNING {
            findings.push(Finding::warning(&file.path, text(WARNING)));
        }
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    if median >= MEDIAN {
        let text = format!("the median file has {median} lines; it should be below {MEDIAN}");
        findings.push(Finding::error("source files", text));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lengths: &[usize]) -> Vec<bool> {
        let file = |length: &usize| File { path: "a.rs".to_owned(), text: "x\n".repeat(*length) };
        let files: Vec<_> = lengths.iter().map(file).collect();
        check(&files).iter().map(|finding| finding.warning).collect()
    }

    #[test]
    fn limits() {
        assert!(of(&[1, 1, 1, 400]).is_empty());
        assert_eq!(of(&[1, 1, 1, 401]), [true]);
        assert_eq!(of(&[1, 1, 1, 601]), [false]);
        assert_eq!(of(&[200]), [false]);
    }
}
