//! `trees`: how many crates a user takes on, held against what README says and against a bound.

use std::collections::BTreeSet;

use crate::context::{Context, Failure, Outcome, Report};
use crate::shell::Run;

/// The rows of README's table.
const TREES: &[Tree] = &[
    Tree { row: "`jabber`, default features", packages: &["jabber"], most: 90 },
    Tree {
        row: "`jabber-xmpp` and `jabber-connection`, your own I/O",
        packages: &["jabber-xmpp", "jabber-connection"],
        most: 40,
    },
    Tree { row: "`jabber-status`", packages: &["jabber-status"], most: 0 },
];

/// What the table counts for; elsewhere other crates take the place of some.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

#[derive(Debug)]
struct Tree {
    /// The first cell of its row.
    row: &'static str,
    packages: &'static [&'static str],
    /// How many crates of others there may be.
    most: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    all: usize,
    of_others: usize,
}

/// `trees`.
pub(crate) fn run(context: &Context, _args: &[String]) -> Outcome {
    let readme = std::fs::read_to_string(context.root.join("README.md"))?;
    let mut wrong = Vec::new();
    let mut told = Vec::new();
    for tree in TREES {
        let count = tree.count(context)?;
        told.push(format!("{} {}", tree.packages.join("+"), count.of_others));
        wrong.extend(tree.check(count, &readme));
    }
    if wrong.is_empty() {
        return Ok(Report::of(format!("crates of others: {}", told.join(", "))));
    }
    Err(Failure(wrong.join("\n")))
}

impl Tree {
    fn count(&self, context: &Context) -> Result<Count, Failure> {
        let packages = self.packages.iter().flat_map(|package| ["-p", package]);
        let tree = Run::new(context, "cargo tree --locked --edges normal --prefix none --target")
            .arg(PLATFORM)
            .args(packages)
            .read()?;
        Ok(Count::of(&tree))
    }

    fn check(&self, count: Count, readme: &str) -> Option<String> {
        let Count { all, of_others } = count;
        let Self { row, most, .. } = self;
        if of_others > *most {
            return Some(format!("{row}: {of_others} crates of others, {most} at most"));
        }
        let line = format!("| {row} | {all} | {of_others} |");
        let is_told = readme.lines().any(|it| it == line);
        (!is_told).then(|| format!("README.md has to say: {line}"))
    }
}

impl Count {
    /// Counts what `cargo tree` prints: a name, a version, and in brackets where it is from.
    fn of(tree: &str) -> Self {
        let names = tree.lines().map(|line| {
            let mut words = line.split_whitespace();
            (words.next().unwrap_or_default(), words.next().unwrap_or_default())
        });
        let crates: BTreeSet<_> = names.filter(|(name, _)| !name.is_empty()).collect();
        let ours = |name: &str| name == "jabber" || name.starts_with("jabber-");
        let of_others = crates.iter().filter(|(name, _)| !ours(name)).count();
        Self { all: crates.len(), of_others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "jabber v0.1.0 (/somewhere)\nbytes v1.0.0\njabber-xml v0.1.0\n\
                        bytes v1.0.0 (*)\n\nbytes v2.0.0\n";

    #[test]
    fn each_version_counts_once() {
        assert_eq!(Count::of(TREE), Count { all: 4, of_others: 2 });
    }

    #[test]
    fn the_bound_and_the_readme_are_kept() {
        let tree = Tree { row: "`x`", packages: &["x"], most: 2 };
        let count = Count { all: 4, of_others: 2 };
        assert_eq!(tree.check(count, "\n| `x` | 4 | 2 |\n"), None);
        assert!(tree.check(count, "| `x` | 5 | 2 |").is_some());
        let more = Count { all: 5, of_others: 3 };
        assert!(tree.check(more, "| `x` | 5 | 3 |").is_some());
    }
}
