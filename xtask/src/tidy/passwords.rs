//! Every password of the tests is in the list that `cargo xtask test` searches by.

use crate::leaks::list::{FILE, List};
use crate::source::File;
use crate::tidy::Finding;

/// What stands before a password in the sources.
const BEFORE: &[&str] = &[
    "PASSWORD: &str = \"",
    "SECRET: &str = \"",
    "password: \"",
    "JABBER_PASSWORD\", \"",
    ".password(\"",
];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let Some(list) = files.iter().find(|file| file.path == FILE) else {
        return vec![Finding::error(FILE, "is not there: the tests' passwords are listed in it")];
    };
    let list = List::of(&list.text);
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    // Those show what is to be found.
    let rust = rust.filter(|file| !file.path.starts_with("xtask/"));
    rust.flat_map(|file| unlisted(file, &list)).collect()
}

fn unlisted(file: &File, list: &List) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for before in BEFORE {
            let literal = line.split_once(before).map(|(_, rest)| literal(rest));
            // What is shorter is found anywhere by chance.
            let sought = literal.filter(|password| password.len() > 5 && !list.has(password));
            if sought.is_some() {
                let place = format!("{}:{}", file.path, number + 1);
                let text = format!("a password that is not in {FILE}: add it there");
                findings.push(Finding::error(place, text));
            }
        }
    }
    findings
}

/// What a string literal says, from behind its first quote.
fn literal(rest: &str) -> String {
    let mut said = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => said.extend(chars.next()),
            c => said.push(c),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_found() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file(FILE, "wonderland\nwonder\"land\n"),
            file(
                "a.rs",
                "const PASSWORD: &str = \"wonderland\";\nAccount { password: \"elsewhere\" }\n\
                 const SECRET: &str = \"wonder\\\"land\";",
            ),
        ];
        let places: Vec<_> = check(&files).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["a.rs:2"]);
    }
}
