//! `unused`: dependencies that no source file of their crate names.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::context::{Context, Failure, Outcome, Report};
use crate::metadata::{self, Metadata, Package};
use crate::source;

/// `unused`.
pub(crate) fn run(context: &Context, _args: &[String]) -> Outcome {
    let metadata = Metadata::read(context, &context.root, None)?;
    let mut found = Vec::new();
    for package in &metadata.members {
        let folder = source::relative(&context.root, &package.folder);
        let files = source::files(&context.root, &folder)?;
        let sources = files.iter().filter(|file| file.path.ends_with(".rs"));
        let mut words = BTreeSet::new();
        for file in sources {
            // Examples in documentation use dependencies too.
            words.extend(source::words(&file.text).map(|(_, word)| word.to_owned()));
        }
        found.extend(unused(package, &words).map(|name| format!("{}: {name}", package.name)));
    }
    if found.is_empty() {
        return Ok(Report::of(format!("{} crates", metadata.members.len())));
    }
    Err(Failure(format!("dependencies that nothing names:\n  {}", found.join("\n  "))))
}

fn unused<'a>(
    package: &'a Package,
    words: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a str> + 'a {
    let ignored = package.metadata.pointer("/unused/ignored");
    let ignored = metadata::texts(ignored.unwrap_or(&Value::Null));
    package.dependencies.iter().filter_map(move |dependency| {
        let name = &dependency.name;
        let code_name = dependency.code_name.as_ref().unwrap_or(name).replace('-', "_");
        let used = words.contains(&code_name) || ignored.contains(name);
        (!used).then_some(name.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    #[test]
    fn names_are_compared_as_code_writes_them() {
        let dependency = |name: &str| Dependency { name: name.to_owned(), ..Dependency::default() };
        let mut package = Package {
            dependencies: vec![dependency("quick-xml"), dependency("bytes")],
            ..Package::default()
        };
        let words = BTreeSet::from(["quick_xml".to_owned()]);
        assert_eq!(unused(&package, &words).collect::<Vec<_>>(), ["bytes"]);
        package.metadata = serde_json::json!({ "unused": { "ignored": ["bytes"] } });
        assert_eq!(unused(&package, &words).count(), 0);
    }
}
