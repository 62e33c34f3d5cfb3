//! What `cargo metadata` says, as far as the checks need it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::context::{Context, Failure};
use crate::shell::Run;

/// A workspace: its members and the resolved tree.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) members: Vec<Package>,
    pub(crate) target: PathBuf,
    nodes: BTreeMap<String, Node>,
}

/// One member of the workspace.
#[derive(Debug, Default, Clone)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) description: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) metadata: Value,
}

/// One declared dependency.
#[derive(Debug, Default, Clone)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// What code calls it: `webpki` for rustls-webpki. Unknown if it is for another platform.
    pub(crate) code_name: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
    pub(crate) features: Vec<String>,
}

/// What a dependency is for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Normal,
    Dev,
    Build,
}

/// One package of the resolved tree.
#[derive(Debug, Default)]
struct Node {
    name: String,
    version: String,
    features: Vec<String>,
    /// The packages it needs at run time or to be built, without those of its own tests.
    needs: Vec<String>,
}

/// A package in a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InTree {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) features: Vec<String>,
}

impl Metadata {
    /// Reads the workspace that `folder` is in, for one platform or for all. With `--locked`: a
    /// lock file that is not up to date is an error.
    pub(crate) fn read(
        context: &Context,
        folder: &Path,
        platform: Option<&str>,
    ) -> Result<Metadata, Failure> {
        let run = Run::new(context, "cargo metadata --format-version 1 --all-features --locked");
        let run = match platform {
            Some(platform) => run.args(["--filter-platform", platform]),
            None => run,
        };
        let text = run.folder(folder).read()?;
        let value: Value = serde_json::from_str(&text)
            .map_err(|error| Failure(format!("cargo metadata's answer: {error}")))?;
        Ok(Metadata::from_value(&value))
    }

    /// A workspace of these members that needs nothing else.
    #[cfg(test)]
    pub(crate) fn of(members: Vec<Package>) -> Metadata {
        Metadata { members, ..Metadata::default() }
    }

    fn from_value(value: &Value) -> Metadata {
        let mut members = Vec::new();
        let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
        let ids: BTreeSet<String> = strings(value, "workspace_members").into_iter().collect();
        for package in list(value, "packages") {
            let id = string(package, "id");
            let node = Node {
                name: string(package, "name"),
                version: string(package, "version"),
                ..Node::default()
            };
            nodes.insert(id.clone(), node);
            if ids.contains(&id) {
                members.push(Package::from_value(package));
            }
        }
        for resolved in value.get("resolve").map(|r| list(r, "nodes")).unwrap_or_default() {
            if let Some(node) = nodes.get_mut(&string(resolved, "id")) {
                node.features = strings(resolved, "features");
                let needed = list(resolved, "deps").iter().filter(|dep| is_needed(dep));
                node.needs = needed.map(|dep| string(dep, "pkg")).collect();
            }
        }
        for resolved in value.get("resolve").map(|r| list(r, "nodes")).unwrap_or_default() {
            let member = members.iter_mut().find(|member| member.id == string(resolved, "id"));
            for dependency in member.into_iter().flat_map(|member| &mut member.dependencies) {
                let named = |used: &&Value| {
                    let node = nodes.get(&string(used, "pkg"));
                    node.is_some_and(|node| node.name == dependency.name)
                };
                let used = list(resolved, "deps").iter().find(named);
                let name = used.map(|used| string(used, "name"));
                dependency.code_name = dependency.code_name.take().or(name);
            }
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Metadata { members, target: PathBuf::from(string(value, "target_directory")), nodes }
    }

    /// Everything that a package needs, tests apart, itself not included.
    pub(crate) fn tree(&self, package: &Package) -> BTreeSet<InTree> {
        let mut seen = BTreeSet::new();
        let mut open = vec![package.id.as_str()];
        while let Some(id) = open.pop() {
            let Some(node) = self.nodes.get(id).filter(|_| seen.insert(id)) else { continue };
            open.extend(node.needs.iter().map(String::as_str));
        }
        seen.remove(package.id.as_str());
        let node = |id| self.nodes.get(id);
        seen.into_iter().filter_map(node).map(Node::in_tree).collect()
    }
}

impl Node {
    fn in_tree(&self) -> InTree {
        let Node { name, version, features, .. } = self;
        InTree { name: name.clone(), version: version.clone(), features: features.clone() }
    }
}

impl Package {
    fn from_value(value: &Value) -> Package {
        let manifest = PathBuf::from(string(value, "manifest_path"));
        let features = value.get("features").and_then(Value::as_object);
        let features = features.into_iter().flatten();
        Package {
            id: string(value, "id"),
            name: string(value, "name"),
            folder: manifest.parent().map(PathBuf::from).unwrap_or_default(),
            description: value.get("description").and_then(Value::as_str).map(str::to_owned),
            dependencies: list(value, "dependencies").iter().map(Dependency::from_value).collect(),
            features: features.map(|(name, list)| (name.clone(), texts(list))).collect(),
            metadata: value.get("metadata").cloned().unwrap_or_default(),
        }
    }
}

impl Dependency {
    fn from_value(value: &Value) -> Dependency {
        Dependency {
            name: string(value, "name"),
            code_name: value.get("rename").and_then(Value::as_str).map(str::to_owned),
            kind: match value.get("kind").and_then(Value::as_str) {
                Some("dev") => Kind::Dev,
                Some("build") => Kind::Build,
                _ => Kind::Normal,
            },
            optional: value.get("optional").and_then(Value::as_bool).unwrap_or_default(),
            features: strings(value, "features"),
        }
    }
}

fn is_needed(dependency: &Value) -> bool {
    let kinds = list(dependency, "dep_kinds");
    kinds.iter().any(|kind| kind.get("kind").and_then(Value::as_str) != Some("dev"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn string(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    value.get(key).map(texts).unwrap_or_default()
}

pub(crate) fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
