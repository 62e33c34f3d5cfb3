//! No type of a 0.x dependency in a public signature: its next version would break our users.
//!
//! deny.toml lists the exceptions, in lines `# public: CRATE in MEMBER`.

use std::collections::BTreeSet;

use crate::source::{self, File};
use crate::tidy::Finding;

/// Dependencies below 1.0 (as paths name them) that must stay inside.
const INSIDE: &[&str] = &[
    "quick_xml",
    "rxml",
    "sasl",
    "rustls",
    "tokio_rustls",
    "rustls_platform_verifier",
    "rustls_pki_types",
    "precis_profiles",
    "stringprep",
    "sha1",
    "sha2",
    "hmac",
    "pbkdf2",
    "md5",
    "base64",
    "simdutf8",
    "getrandom",
];

pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let deny = files.iter().find(|file| file.path == "deny.toml");
    let allowed = deny.map(|file| exceptions(&file.text)).unwrap_or_default();
    let mut findings = Vec::new();
    for file in files {
        let Some(member) = member(&file.path) else { continue };
        let code = source::without_tests(&source::code(&file.text));
        for (line, krate) in exposed(&code) {
            if !allowed.contains(&(krate.clone(), member.to_owned())) {
                let text = format!("shows {krate}, a 0.x crate, in a public item");
                findings.push(Finding::error(format!("{}:{line}", file.path), text));
            }
        }
    }
    findings
}

fn member(path: &str) -> Option<&str> {
    let (name, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    (rest.starts_with("src/") && rest.ends_with(".rs")).then_some(name)
}

/// The lines `# public: CRATE in MEMBER` of deny.toml.
fn exceptions(text: &str) -> BTreeSet<(String, String)> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("# public: "));
    let pairs = lines.filter_map(|line| line.split_once(" in "));
    pairs.map(|(krate, member)| (krate.replace('-', "_"), member.trim().to_owned())).collect()
}

/// Crates of [`INSIDE`] that a public signature names, by path or by an imported name.
fn exposed(code: &str) -> Vec<(usize, String)> {
    let imported = imports(code);
    let mut found = Vec::new();
    for (line, signature) in signatures(code) {
        let mut crates: BTreeSet<&str> = BTreeSet::new();
        for (_, word) in source::words(&signature) {
            if INSIDE.contains(&word) && signature.contains(&format!("{word}::")) {
                crates.insert(word);
            }
            let import = imported.iter().find(|(name, _)| *name == word);
            crates.extend(import.map(|(_, krate)| krate.as_str()));
        }
        found.extend(crates.into_iter().map(|krate| (line, krate.to_owned())));
    }
    found
}

/// Names that private `use` lines bring in from those crates.
fn imports(code: &str) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for statement in code.split([';', '}']) {
        let Some(path) = statement.trim_start().strip_prefix("use ") else { continue };
        let Some(krate) = INSIDE.iter().find(|name| path.starts_with(&format!("{name}::"))) else {
            continue;
        };
        let words = source::words(path).map(|(_, word)| word);
        // Modules are lower case; only types can stand in a signature by themselves.
        let types = words.filter(|word| word.starts_with(char::is_uppercase));
        names.extend(types.map(|word| (word.to_owned(), (*krate).to_owned())));
    }
    names
}

/// Each `pub …` up to its body or end, with its line. `pub(crate)` and the like are not public.
fn signatures(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("pub ") {
        let before = code.get(..start).unwrap_or_default();
        if before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code.get(start..).unwrap_or_default();
        // An import or a tuple has braces and commas of its own.
        let end = if rest.starts_with("pub use ") {
            rest.find(';')
        } else if rest.starts_with("pub fn ") || rest.starts_with("pub const fn ") {
            rest.find(['{', ';'])
        } else {
            rest.find(['{', ';', '\n'])
        };
        let signature = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        found.push((before.matches('\n').count() + 1, signature.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str, deny: &str) -> usize {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        check(&[file("crates/jabber-tcp/src/tls.rs", text), file("deny.toml", deny)]).len()
    }

    #[test]
    fn public_signatures_are_looked_at() {
        for text in [
            "pub fn config(self) -> Arc<rustls::ClientConfig> {}",
            "use rustls::ClientConfig; pub struct Tls { pub config: Arc<ClientConfig>,\n }",
            "pub use rustls::ClientConfig;",
            "pub type Config = rustls::ClientConfig;",
            "use quick_xml::events::{BytesText, Event}; pub fn f(\n  event: Event<'_>,\n) {}",
        ] {
            assert_eq!(faults(text, ""), 1, "{text}");
            assert_eq!(faults(text, "# public: rustls in jabber-xml"), 1, "{text}");
        }
    }

    #[test]
    fn private_ones_are_not() {
        for text in [
            "use rustls::ClientConfig; pub struct Tls { config: Arc<ClientConfig> }",
            "pub(crate) fn f() -> rustls::Error {}",
            "pub fn f() { rustls::x() }",
        ] {
            assert_eq!(faults(text, ""), 0, "{text}");
        }
    }

    #[test]
    fn exceptions_are_listed() {
        let text = "pub fn config(self) -> Arc<rustls::ClientConfig> {}";
        assert_eq!(faults(text, "# public: rustls in jabber-tcp"), 0);
    }
}
