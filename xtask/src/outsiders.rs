//! `outsiders`: projects outside the workspace, built and run as a user would.
//!
//! They share one target folder of their own, so what several of them use is built once.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::context::{Context, Failure, Outcome, Report};
use crate::metadata::{self, InTree, Metadata};
use crate::shell::Run;

/// None of them waits for anything but itself.
const LIMIT: Duration = Duration::from_secs(120);

/// `outsiders`.
pub(crate) fn run(context: &Context, args: &[String]) -> Outcome {
    let folder = context.root.join("tests/outsiders");
    let mut projects = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.join("Cargo.toml").is_file() && (args.is_empty() || args.contains(&name)) {
            projects.push((name, path));
        }
    }
    projects.sort();
    if projects.is_empty() {
        return Err(Failure::new("no such project in tests/outsiders"));
    }
    let mut failed = Vec::new();
    for (name, path) in &projects {
        println!("{}", context.paint("1", name));
        if let Err(failure) = project(context, path) {
            failed.push(format!("{name}: {failure}"));
        }
    }
    if failed.is_empty() {
        let names: Vec<_> = projects.iter().map(|(name, _)| name.as_str()).collect();
        return Ok(Report::of(names.join(", ")));
    }
    Err(Failure(failed.join("\n")))
}

fn project(context: &Context, folder: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(folder.join("outsider.toml"))
        .map_err(|error| Failure(format!("outsider.toml: {error}")))?;
    let expected = Expected::parse(&text)?;
    let host = host(context)?;
    let metadata = Metadata::read(context, folder, Some(&host))?;
    let package = metadata.members.first().ok_or_else(|| Failure::new("has no package"))?;
    expected.check_tree(&metadata.tree(package))?;
    Run::new(context, "cargo fmt --check").folder(folder).run()?;
    let workspace = Metadata::read(context, &context.root, None)?;
    let (printed, ended) = Run::new(context, "cargo run --quiet --locked")
        .env("RUSTFLAGS", "-D warnings")
        .env("CARGO_TARGET_DIR", workspace.target.join("outsiders"))
        .folder(folder)
        .tee(Some(LIMIT));
    ended?;
    expected.check_output(&printed.out)
}

fn host(context: &Context) -> Result<String, Failure> {
    let version = Run::new(context, "rustc -vV").read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not say its host"))
}

/// An `outsider.toml`.
#[derive(Debug, PartialEq, Eq)]
struct Expected {
    /// If there: nothing else may be in the tree.
    allowed: Option<Vec<String>>,
    /// What must not be in the tree: a crate, or a crate's feature as `crate/feature`.
    forbidden: Vec<String>,
    /// The last line of standard output.
    last_line: String,
}

impl Expected {
    fn parse(text: &str) -> Result<Expected, Failure> {
        let value: Value = basic_toml::from_str(text)
            .map_err(|error| Failure(format!("outsider.toml: {error}")))?;
        let known = ["about", "allowed", "forbidden", "last_line"];
        let keys = value.as_object().into_iter().flatten().map(|(key, _)| key);
        if let Some(unknown) = keys.into_iter().find(|key| !known.contains(&key.as_str())) {
            let known = known.join(", ");
            return Err(Failure(format!("outsider.toml: unknown key {unknown}, known: {known}")));
        }
        let last_line = value.get("last_line").and_then(Value::as_str);
        Ok(Expected {
            allowed: value.get("allowed").map(metadata::texts),
            forbidden: value.get("forbidden").map(metadata::texts).unwrap_or_default(),
            last_line: last_line
                .ok_or_else(|| Failure::new("outsider.toml: lacks last_line"))?
                .to_owned(),
        })
    }

    fn check_tree(&self, tree: &BTreeSet<InTree>) -> Result<(), Failure> {
        let mut faults = BTreeSet::new();
        for used in tree {
            let name = &used.name;
            if self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(name)) {
                faults.insert(format!("{name} is not among the allowed"));
            }
            let features = used.features.iter().map(|feature| format!("{name}/{feature}"));
            for what in features.chain([name.clone()]) {
                if self.forbidden.contains(&what) {
                    faults.insert(format!("{what} is forbidden"));
                }
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        let faults = faults.into_iter().collect::<Vec<_>>().join("; ");
        Err(Failure(format!("its dependency tree: {faults}")))
    }

    fn check_output(&self, lines: &[String]) -> Result<(), Failure> {
        let last = lines.last().map(String::as_str).unwrap_or_default();
        if last == self.last_line {
            return Ok(());
        }
        Err(Failure(format!("its last line is {last:?}, not {:?}", self.last_line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(name: &str, features: &[&str]) -> BTreeSet<InTree> {
        let features = features.iter().map(|feature| (*feature).to_owned()).collect();
        BTreeSet::from([InTree { name: name.to_owned(), version: "1.0.0".to_owned(), features }])
    }

    #[test]
    fn trees_are_held_against_the_table() {
        let text = "allowed = [\"tokio\"]\nforbidden = [\"tokio/rt\"]\nlast_line = \"ok\"\n";
        let expected = Expected::parse(text).unwrap();
        assert!(expected.check_tree(&tree("tokio", &["io-util"])).is_ok());
        assert!(expected.check_tree(&tree("tokio", &["rt"])).is_err());
        assert!(expected.check_tree(&tree("mio", &[])).is_err());
    }

    #[test]
    fn the_last_line_is_compared() {
        let expected = Expected::parse("last_line = \"ok\"").unwrap();
        assert!(expected.check_output(&["x".to_owned(), "ok".to_owned()]).is_ok());
        assert!(expected.check_output(&["ok".to_owned(), "x".to_owned()]).is_err());
        assert!(expected.check_output(&[]).is_err());
    }

    #[test]
    fn mistakes_in_the_table_are_told() {
        assert!(Expected::parse("last_line = \"ok\"\nforbiden = []").is_err());
        assert!(Expected::parse("forbidden = []").is_err());
    }
}
