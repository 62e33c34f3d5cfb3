//! What every crate has: its manifest's fields, and the files of a dialect.

use std::path::Path;

use serde_json::Value;

use crate::layers::{self, OUTSIDE};
use crate::metadata::{Metadata, Package};
use crate::source::{self, File};
use crate::tidy::Finding;

/// Fields that say the same in the whole workspace.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

/// The files of every dialect: who knows one, knows his way about the others.
const DIALECT_FILES: &[&str] =
    &["lib.rs", "config.rs", "state.rs", "status.rs", "error.rs", "wire.rs"];

/// Documents that a reader looks for at the root.
const DOCUMENTS: &[&str] =
    &["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE-MIT", "LICENSE-APACHE"];

pub(crate) fn check(metadata: &Metadata, root: &Path, files: &[File]) -> Vec<Finding> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| &file.text);
    let mut findings = Vec::new();
    for package in &metadata.members {
        let folder = source::relative(root, &package.folder);
        let manifest = format!("{folder}/Cargo.toml");
        findings.extend(named(package, &folder));
        match text(&manifest).map(|text| basic_toml::from_str::<Value>(text)) {
            Some(Ok(value)) => findings.extend(fields(&manifest, &value, package)),
            Some(Err(error)) => findings.push(Finding::error(manifest, error.to_string())),
            None => findings.push(Finding::error(manifest, "cannot be read")),
        }
        if layers::rule(&package.name).is_some_and(|rule| rule.dialect) {
            findings.extend(six_files(&folder, files));
        }
    }
    for name in DOCUMENTS {
        if text(name).is_none() {
            findings.push(Finding::error(*name, "is missing"));
        }
    }
    findings.extend(unlisted_documents(files));
    findings
}

fn named(package: &Package, folder: &str) -> Option<Finding> {
    let outside = OUTSIDE.contains(&package.name.as_str());
    let expected = format!("crates/{}", package.name);
    let text = format!("crate {} belongs into {expected}", package.name);
    (!outside && folder != expected).then(|| Finding::error(folder, text))
}

fn fields(manifest: &str, value: &Value, package: &Package) -> Vec<Finding> {
    let mut findings = Vec::new();
    let inherits = |path: &str| value.pointer(path) == Some(&Value::Bool(true));
    if !inherits("/lints/workspace") {
        let text = "lacks `[lints] workspace = true`";
        findings.push(Finding::error(manifest, text));
    }
    for field in INHERITED {
        if !inherits(&format!("/package/{field}/workspace")) {
            let text = format!("lacks `{field}.workspace = true`");
            findings.push(Finding::error(manifest, text));
        }
    }
    if package.description.as_ref().is_none_or(|text| text.trim().is_empty()) {
        findings.push(Finding::error(manifest, "lacks a description"));
    }
    findings
}

fn six_files(folder: &str, files: &[File]) -> Vec<Finding> {
    let there = |path: &String| files.iter().any(|file| file.path == *path);
    let wanted = DIALECT_FILES.iter().map(|name| format!("{folder}/src/{name}"));
    let missing = wanted.filter(|path| !there(path));
    missing
        .map(|path| Finding::error(path, "is missing: every dialect has the same six files"))
        .collect()
}

/// A document that no other one links to is not found.
fn unlisted_documents(files: &[File]) -> Vec<Finding> {
    let is_document = |file: &&File| file.path.starts_with("docs/") && file.path.ends_with(".md");
    let documents = files.iter().filter(is_document);
    let listed = |document: &File| {
        let name = document.path.rsplit('/').next().unwrap_or_default();
        let others = files.iter().filter(|file| file.path.ends_with(".md"));
        others.filter(|file| file.path != document.path).any(|file| file.text.contains(name))
    };
    let unlisted = documents.filter(|document| !listed(document));
    unlisted.map(|file| Finding::error(&file.path, "no other document links to it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        let value: Value = basic_toml::from_str(text).unwrap();
        let description = value.pointer("/package/description");
        let description = description.and_then(Value::as_str).map(str::to_owned);
        fields("Cargo.toml", &value, &Package { description, ..Package::default() }).len()
    }

    #[test]
    fn fields_are_the_workspaces() {
        let package = "[package]\ndescription = \"x\"\nversion.workspace = true\n\
            edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
            publish.workspace = true\n";
        assert_eq!(findings(&format!("{package}[lints]\nworkspace = true\n")), 0);
        assert_eq!(findings(package), 1);
        assert_eq!(findings("[package]\nedition = \"2021\"\n[lints]\nworkspace = true\n"), 6);
    }

    #[test]
    fn folder_is_named_as_the_crate() {
        let package = Package { name: "jabber-xml".to_owned(), ..Package::default() };
        assert_eq!(named(&package, "crates/jabber-xml"), None);
        assert!(named(&package, "crates/xml").is_some());
    }

    #[test]
    fn dialects_have_six_files() {
        let file = |name: &&str| File { path: format!("d/src/{name}"), text: String::new() };
        let all: Vec<_> = DIALECT_FILES.iter().map(file).collect();
        assert_eq!(six_files("d", &all), []);
        assert_eq!(six_files("d", all.get(1..).unwrap()).len(), 1);
    }

    #[test]
    fn documents_are_linked() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let lost = file("docs/lost.md", "lost.md");
        assert_eq!(unlisted_documents(&[lost.clone(), file("README.md", "")]).len(), 1);
        assert_eq!(unlisted_documents(&[lost, file("README.md", "[x](docs/lost.md)")]), []);
    }
}
