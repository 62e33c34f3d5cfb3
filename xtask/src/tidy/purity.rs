//! Protocol crates name no socket, file, clock, thread, process or random source.
//!
//! Building for wasm32 proves more, but that target is not installed everywhere.

use crate::layers::{self, Purity};
use crate::source::{self, File};
use crate::tidy::Finding;

/// Paths that such a crate must not name, with what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    ("std::net", "core::net has the addresses; sockets are a transport's"),
    ("std::time::Instant", "`now: Duration` comes in as an argument"),
    ("std::time::SystemTime", "`now: Duration` comes in as an argument"),
    ("std::thread", "whoever drives the connection decides where work runs"),
    ("std::fs", "what a file holds comes in as an argument"),
    ("std::env", "what the environment says comes in as an argument"),
    ("std::process", "a library starts no programs"),
    ("getrandom", "take an `Entropy` as an argument"),
    ("rand", "take an `Entropy` as an argument"),
    ("tokio", "protocol awaits nothing"),
];

/// Modules whose whole import would hide what is used of them.
const WHOLE: &[&str] = &["std", "std::time"];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(purity) = purity_of(&file.path) else { continue };
        let code = source::without_tests(&source::code(&file.text));
        for (line, path) in paths(&code) {
            if purity == Purity::Traits && begins(&path, "tokio") {
                continue;
            }
            if let Some(text) = fault(&path) {
                findings.push(Finding::error(format!("{}:{line}", file.path), text));
            }
        }
    }
    findings
}

fn purity_of(path: &str) -> Option<Purity> {
    let (name, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    let source = rest.starts_with("src/") && rest.ends_with(".rs");
    let purity = layers::rule(name)?.purity;
    (source && purity != Purity::Io).then_some(purity)
}

fn fault(path: &str) -> Option<String> {
    if let Some((forbidden, why)) = FORBIDDEN.iter().find(|(text, _)| begins(path, text)) {
        return Some(format!("{forbidden} has no place in a protocol crate: {why}"));
    }
    let module = path.strip_suffix("::*").filter(|module| WHOLE.contains(module));
    let whole = module.or_else(|| (path == "std::time").then_some(path))?;
    Some(format!("import what is used of {whole} by name"))
}

fn begins(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Every path of `code`, such as `std::net::IpAddr`, with its line; groups in braces spread out.
fn paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // What stands before each open group: `Some` for a path's, `None` for a block.
    let mut groups: Vec<Option<String>> = Vec::new();
    let mut path = String::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(current) = rest.chars().next() {
        let word = word_length(rest);
        if word > 0 {
            let (name, after) = rest.split_at(word);
            if !path.ends_with("::") {
                flush(&mut path, line, &mut found);
                // Inside `a::{b, c}` each name goes on where the group began.
                path.push_str(groups.last().and_then(Option::as_deref).unwrap_or_default());
            }
            path.push_str(name);
            rest = after;
            continue;
        }
        let colons = rest.starts_with("::");
        match current {
            ':' if colons => path.push_str("::"),
            '*' if path.ends_with("::") => path.push('*'),
            '{' => {
                let group = path.ends_with("::").then(|| path.clone());
                if group.is_none() {
                    flush(&mut path, line, &mut found);
                }
                path.clear();
                groups.push(group);
            }
            '}' => {
                flush(&mut path, line, &mut found);
                groups.pop();
            }
            // White space inside a path means nothing.
            c if c.is_whitespace() => {}
            _ => flush(&mut path, line, &mut found),
        }
        line += usize::from(current == '\n');
        rest = rest.get(if colons { 2 } else { current.len_utf8() }..).unwrap_or_default();
    }
    flush(&mut path, line, &mut found);
    found
}

fn flush(path: &mut String, line: usize, found: &mut Vec<(usize, String)>) {
    if !path.is_empty() {
        let whole = std::mem::take(path);
        // `::std::net` and `self` in a group are the same path.
        let whole = whole.trim_start_matches("::").trim_end_matches("::self");
        found.push((line, whole.to_owned()));
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> usize {
        let path = "crates/jabber-xml/src/lib.rs".to_owned();
        check(&[File { path, text: text.to_owned() }]).len()
    }

    #[test]
    fn forbidden_paths_are_found_however_they_are_written() {
        for text in [
            "use std::net::TcpStream;",
            "use std::{fmt, net::TcpStream};",
            "use std::{fmt, time::{Duration, Instant}};",
            "fn f() { let t = ::std::thread::spawn(g); }",
            "use std::time::{self, Duration};",
            "use std::*;",
            "fn f() -> std\n    ::net::IpAddr { g() }",
            "use tokio::io::AsyncRead;",
        ] {
            assert_eq!(faults(text), 1, "{text}");
        }
    }

    #[test]
    fn others_are_not() {
        for text in [
            "use core::net::IpAddr; use std::{fmt, time::Duration};",
            "// std::net\nfn f() -> &'static str { \"tokio::net\" }",
            "#[cfg(test)] mod tests { use std::thread; }",
            "fn thread() { operand(); }",
        ] {
            assert_eq!(faults(text), 0, "{text}");
        }
    }

    #[test]
    fn a_contract_may_name_the_traits_of_tokio() {
        let path = "crates/jabber-transport/src/lib.rs".to_owned();
        let file = |text: &str| File { path: path.clone(), text: text.to_owned() };
        assert_eq!(check(&[file("use tokio::io::AsyncRead;")]), []);
        assert_eq!(check(&[file("use std::net::TcpStream;")]).len(), 1);
    }
}
